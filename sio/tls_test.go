package sio_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// TestTLSMatrix: every transport of both generations, with both versions.
func TestTLSMatrix(t *testing.T) {
	t.Parallel()
	for _, v := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for name, carrier := range allCarriers() {
			t.Run(tls.VersionName(v)+"/"+name, func(t *testing.T) {
				t.Parallel()
				srv := tlsEchoServer(sio.Config{Loops: 3})
				var secure, plain atomic.Int64
				srv.Of("/").Use(func(h *sio.Handshake) error {
					if s := h.TLS(); h.Secure() && s != nil && s.Version == v && s.ServerName == "server" {
						secure.Add(1)
					} else {
						plain.Add(1)
					}
					return nil
				})
				s := startTLS(t, srv, &tls.Config{})
				cfg := s.client.Clone()
				cfg.MinVersion, cfg.MaxVersion = v, v
				carrier(s.browser(cfg))
				if secure.Load() == 0 || plain.Load() > 0 {
					t.Errorf("%d handshakes were told TLS, %d not", secure.Load(), plain.Load())
				}
				st := srv.Stats().TLS
				if st.Handshakes == 0 || st.Failed+st.NotTLS+st.Broken+st.TimedOut > 0 {
					t.Errorf("%+v", st)
				}
			})
		}
	}
}

// TestPlainAndTLSPorts: one server, one room, two kinds of ports; each kind
// turns the other's peers away.
func TestPlainAndTLSPorts(t *testing.T) {
	t.Parallel()
	srv := tlsEchoServer(sio.Config{Loops: 2})
	srv.HandleFunc("/who", func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil {
			_, _ = io.WriteString(w, "tls "+r.TLS.NegotiatedProtocol)
		} else {
			_, _ = io.WriteString(w, "plain")
		}
	})
	plain, err := srv.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := startTLS(t, srv, &tls.Config{})
	c := s.dial(&tls.Config{RootCAs: s.client.RootCAs, ServerName: "server", NextProtos: []string{"h2", "http/1.1"}})
	_, _ = io.WriteString(c, "GET /who HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n")
	if b, err := io.ReadAll(c); err != nil || !bytes.HasSuffix(b, []byte("tls http/1.1")) {
		t.Errorf("%q, %v", b, err)
	}
	res, err := http.Get("http://" + plain.String() + "/who")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); string(b) != "plain" {
		t.Errorf("%q", b)
	}
	for _, request := range []string{"GET / HTTP/1.1\r\nHost: server\r\n\r\n", "G"} {
		if got := exchange(t, s.addr, request); got != "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n" {
			t.Errorf("plain HTTP to the TLS port: %q", got)
		}
	}
	if got := exchange(t, s.addr, "\x00\x01garbage"); got != "" {
		t.Errorf("garbage to the TLS port: %q", got)
	}
	before := srv.Stats().RefusedBy[400]
	if got := exchange(t, plain.String(), "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"); !strings.HasPrefix(got, "HTTP/1.1 400 ") {
		t.Errorf("TLS to the plain port: %q", got)
	}
	if n := srv.Stats().RefusedBy[400] - before; n != 1 {
		t.Errorf("TLS on the plain port counted %d times", n)
	}
	if st := srv.Stats().TLS; st.NotTLS != 3 {
		t.Errorf("%+v", st)
	}
}

// exchange sends p and reads to the end.
func exchange(t testing.TB, addr, p string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = io.WriteString(c, p)
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("%q: %v", p, err)
	}
	return string(b)
}

// TestTLSDefaults: what scanners look for. No old versions, no weak suites, no
// protocol that is not spoken.
func TestTLSDefaults(t *testing.T) {
	t.Parallel()
	s := startTLS(t, tlsEchoServer(sio.Config{Loops: 1}), &tls.Config{NextProtos: []string{"h2"}})
	with := func(change func(*tls.Config)) error {
		cfg := s.client.Clone()
		change(cfg)
		c, err := tls.Dial("tcp", s.addr, cfg)
		if err == nil {
			_ = c.Close()
		}
		return err
	}
	for _, v := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		if err := with(func(c *tls.Config) { c.MinVersion, c.MaxVersion = v, v }); err == nil || !strings.Contains(err.Error(), "protocol version") {
			t.Errorf("%s: %v", tls.VersionName(v), err)
		}
	}
	good := map[uint16]bool{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: true, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: true,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: true,
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if suite.SupportedVersions[0] == tls.VersionTLS13 {
			continue
		}
		err := with(func(c *tls.Config) { c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{suite.ID} })
		if (err == nil) != good[suite.ID] {
			t.Errorf("%s: %v", suite.Name, err)
		}
	}
	if err := with(func(c *tls.Config) { c.NextProtos = []string{"h2"} }); err == nil || !strings.Contains(err.Error(), "no application protocol") {
		t.Errorf("h2 alone: %v", err)
	}
}

// TestTLSMistakes: what is wrong with a tls.Config is said at once.
func TestTLSMistakes(t *testing.T) {
	t.Parallel()
	cert := makeCert(t, "server")
	certs := []tls.Certificate{cert}
	for want, cfg := range map[string]*tls.Config{
		"is nil":         nil,
		"no certificate": {},
		"MinVersion is":  {Certificates: certs, MinVersion: tls.VersionTLS11},
		"MaxVersion is":  {Certificates: certs, MaxVersion: tls.VersionTLS11},
		"which is insecure": {Certificates: certs, CipherSuites: []uint16{
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_RC4_128_SHA}},
	} {
		srv := tlsEchoServer(sio.Config{Loops: 1})
		if _, err := srv.ListenTLS("tcp", "127.0.0.1:0", cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
		runServer(t, srv)
	}
	srv := tlsEchoServer(sio.Config{Loops: 1})
	if err := srv.ListenAndServeTLS("127.0.0.1:0", "no such file", "no such key"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("ListenAndServeTLS: %v", err)
	}
	runServer(t, srv)
}

// TestClientCertificates: asked for, verified, and shown to the handshake.
func TestClientCertificates(t *testing.T) {
	t.Parallel()
	alice, mallory := makeCert(t, "alice"), makeCert(t, "mallory")
	srv := tlsEchoServer(sio.Config{Loops: 2})
	names := make(chan string, 10)
	srv.Of("/").Use(func(h *sio.Handshake) error {
		if s := h.TLS(); len(s.VerifiedChains) > 0 {
			names <- s.PeerCertificates[0].Subject.CommonName
			return nil
		}
		return errors.New("who are you")
	})
	s := startTLS(t, srv, &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: poolOf(alice)})
	for _, v := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		cfg := s.client.Clone()
		cfg.MaxVersion = v
		cfg.Certificates = []tls.Certificate{alice}
		for name, carrier := range allCarriers() {
			carrier(s.browser(cfg))
			if got := <-names; got != "alice" {
				t.Errorf("%s: %q", name, got)
			}
			for len(names) > 0 {
				<-names
			}
		}
		for _, certs := range [][]tls.Certificate{nil, {mallory}} {
			cfg := cfg.Clone()
			cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				if certs == nil {
					return &tls.Certificate{}, nil
				}
				return &certs[0], nil
			}
			c, err := tls.Dial("tcp", s.addr, cfg)
			if err == nil { // with 1.3 the client hears it only when it reads
				_, err = io.ReadAll(c)
				_ = c.Close()
			}
			if err == nil || err == io.EOF {
				t.Errorf("%s with %d certificates: %v", tls.VersionName(v), len(certs), err)
			}
		}
	}
}

// TestCertificateRenewed: files that change are taken up, while connections
// live on; a pair that does not fit leaves the old one.
func TestCertificateRenewed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	old, renewed := makeCert(t, "server"), makeCert(t, "server")
	writeCert(t, old, certFile, keyFile)
	r, err := sio.ReloadCertificate(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	s := startTLS(t, tlsEchoServer(sio.Config{Loops: 2}), &tls.Config{GetCertificate: r.GetCertificate})
	trust := func(c tls.Certificate) *tls.Config { return &tls.Config{ServerName: "server", RootCAs: poolOf(c)} }
	b := s.browser(trust(old))
	w := b.webSocket("?EIO=4&transport=websocket")
	w.expect("0{")

	if err := os.WriteFile(keyFile, []byte("half writ"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r.Reload() == nil {
		t.Error("a broken key was taken")
	}
	carriers["4.x polling"](b)
	writeCert(t, renewed, certFile, keyFile)
	if err := r.Reload(); err != nil {
		t.Fatal(err)
	}
	carriers["4.x websocket"](s.browser(trust(renewed)))
	if _, err := tls.Dial("tcp", s.addr, trust(old)); err == nil {
		t.Error("the old certificate is still shown")
	}
	w.send("40")
	w.expect("40{")
}

// TestSNI: a certificate for each name.
func TestSNI(t *testing.T) {
	t.Parallel()
	certs := map[string]tls.Certificate{"one": makeCert(t, "one"), "two": makeCert(t, "two")}
	s := startTLS(t, tlsEchoServer(sio.Config{Loops: 1}), &tls.Config{
		GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			c, ok := certs[h.ServerName]
			if !ok {
				return nil, errors.New("unknown name")
			}
			return &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS10}, nil
		}, Certificates: []tls.Certificate{}})
	for name, c := range certs {
		cfg := &tls.Config{ServerName: name, RootCAs: poolOf(c)}
		carriers["4.x websocket"](s.browser(cfg))
		cfg.MaxVersion = tls.VersionTLS11
		if _, err := tls.Dial("tcp", s.addr, cfg); err == nil {
			t.Error("a config of a name brought an old version in")
		}
	}
	if _, err := tls.Dial("tcp", s.addr, &tls.Config{ServerName: "three", InsecureSkipVerify: true}); err == nil {
		t.Error("an unknown name was served")
	}
}

// TestListenAndServeTLS: the short way, until Shutdown.
func TestListenAndServeTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert := makeCert(t, "server")
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeCert(t, cert, certFile, keyFile)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	_ = ln.Close()
	srv := sio.New(sio.Config{Loops: 1, Logger: slog.New(slog.DiscardHandler)})
	ended := make(chan error, 1)
	go func() { ended <- srv.ListenAndServeTLS(addr, certFile, keyFile) }()
	s := &tlsServer{Server: srv, t: t, addr: addr, client: &tls.Config{ServerName: "server", RootCAs: poolOf(cert)}}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			break
		}
	}
	b := s.browser(s.client)
	b.contains(b.get("?EIO=4&transport=polling"), `0{"sid"`)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	b.http.CloseIdleConnections()
	if err := srv.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, sio.ErrServerClosed) {
		t.Errorf("ended with %v", err)
	}
}
