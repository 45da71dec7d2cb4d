package host

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certInterval is how often at most the files of a certificate are looked at.
const certInterval = 10 * time.Second

// CertReloader gives a certificate that is read from two files, and read again
// when these change.
type CertReloader struct {
	certFile, keyFile string
	name              string       // of the package, in front of errors
	log               *slog.Logger // nil: slog.Default()

	mu      sync.Mutex
	cert    *tls.Certificate
	seen    [2]fileState
	looked  time.Time
	lastErr string // said already
}

// fileState is what tells a changed file.
type fileState struct {
	modified time.Time
	size     int64
}

// ReloadCertificate reads a certificate and its key from PEM files; name is the
// package's that does it.
func ReloadCertificate(name, certFile, keyFile string) (*CertReloader, error) {
	r := &CertReloader{certFile: certFile, keyFile: keyFile, name: name}
	if err := r.Reload(); err != nil {
		return nil, err
	}
	return r, nil
}

// Reload reads the files now, e.g. on a signal. After an error the pair read
// before stays. Any goroutine.
func (r *CertReloader) Reload() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reload(r.state())
}

// reload is called with r.mu held.
func (r *CertReloader) reload(now [2]fileState) error {
	r.looked = time.Now()
	cert, err := tls.LoadX509KeyPair(r.certFile, r.keyFile)
	if err != nil {
		return fmt.Errorf("%s: certificate %s with key %s: %w", r.name, r.certFile, r.keyFile, err)
	}
	r.cert, r.seen, r.lastErr = &cert, now, ""
	return nil
}

func (r *CertReloader) state() (s [2]fileState) {
	for i, name := range []string{r.certFile, r.keyFile} {
		if fi, err := os.Stat(name); err == nil {
			s[i] = fileState{fi.ModTime(), fi.Size()}
		}
	}
	return s
}

// GetCertificate is for the field of tls.Config of this name: it looks at the
// files when a handshake comes, every ten seconds at most, and takes up a pair
// that has changed. While the two don't fit together the old pair stays, and
// the fault is logged once. Any goroutine.
func (r *CertReloader) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.looked) < certInterval {
		return r.cert, nil
	}
	r.looked = time.Now()
	if now := r.state(); now != r.seen {
		if err := r.reload(now); err != nil {
			r.complain(err)
		}
	}
	return r.cert, nil
}

// complain logs a fault once.
func (r *CertReloader) complain(err error) {
	if err.Error() == r.lastErr {
		return
	}
	r.lastErr = err.Error()
	log := r.log
	if log == nil {
		log = slog.Default()
	}
	log.Error(r.name+": a renewed certificate can't be used; the old one stays", "err", err)
}
