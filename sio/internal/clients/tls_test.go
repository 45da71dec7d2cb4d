package clients

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Real clients over TLS, with a certificate that is its own issuer: Node is
// told of it by its environment and checks it, Chromium is told to take any.

// startTLS runs the server of the matrix with a certificate.
func startTLS(t *testing.T, args ...string) *program {
	t.Helper()
	cert, key := makeCert(t)
	p := startRev1(t, append([]string{"-cert", cert, "-key", key}, args...)...)
	p.env = []string{"NODE_EXTRA_CA_CERTS=" + cert}
	return p
}

// makeCert makes a certificate for this machine, as files.
func makeCert(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "127.0.0.1"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// TestBrowserTLS09: the steps of TestBrowser09 by 0.9.17 over HTTPS and WSS.
func TestBrowserTLS09(t *testing.T) {
	t.Parallel()
	m := &matrix{p: startTLS(t), script: []string{"scripts/rev1/browser.mjs"}, browser: true}
	m.run(t, []string{"0.9"}, browserTransports)
}

// TestNodeTLS09: the steps of TestNode09 by 0.9.17 over HTTPS and WSS.
func TestNodeTLS09(t *testing.T) {
	t.Parallel()
	(&matrix{p: startTLS(t), script: []string{"scripts/rev1/node.mjs"}}).run(t, []string{"0.9"}, nodeTransports)
}

// TestNodeTLS: later clients over WSS, polls over HTTPS, and the upgrade.
func TestNodeTLS(t *testing.T) {
	t.Parallel()
	for _, client := range []string{"1.7.4", "2.5.0", "modern"} {
		for _, transports := range []string{"websocket", "polling", "polling,websocket"} {
			t.Run(client+"/"+strings.ReplaceAll(transports, ",", "-then-"), func(t *testing.T) {
				t.Parallel()
				script(t, startTLS(t), "tls.mjs", client, transports)
			})
		}
	}
}
