package sio

import (
	"crypto/tls"

	"github.com/tornadio/tornadio/sio/internal/host"
)

// CertReloader gives a certificate that is read from two files, and read again
// when these change.
type CertReloader struct{ r *host.CertReloader }

// ReloadCertificate reads a certificate (the server's first, then those that
// lead to its root) and its key from PEM files. Its method GetCertificate is
// for tls.Config: it looks at the files when a handshake comes, every ten
// seconds at most, and takes up a pair that has changed. While the two don't
// fit together, as between the writing of the one and of the other, the old
// pair stays, and the fault is logged once. Open connections live on.
func ReloadCertificate(certFile, keyFile string) (*CertReloader, error) {
	r, err := host.ReloadCertificate("sio", certFile, keyFile)
	if err != nil {
		return nil, err
	}
	return &CertReloader{r}, nil
}

// Reload reads the files now, e.g. on a signal. After an error the pair read
// before stays. Any goroutine.
func (r *CertReloader) Reload() error { return r.r.Reload() }

// GetCertificate is for the field of tls.Config of this name. Any goroutine.
func (r *CertReloader) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	return r.r.GetCertificate(hello)
}
