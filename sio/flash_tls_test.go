package sio

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/flashpolicy"
	"github.com/tornadio/tornadio/ioloop"
)

// TestTLSPort: a port with TLS answers no request for Flash's policy, neither in
// the clear nor within TLS, and its handshakes are secure.
func TestTLSPort(t *testing.T) {
	ca := httptest.NewTLSServer(nil)
	cfg := &tls.Config{Certificates: ca.TLS.Certificates, MinVersion: tls.VersionTLS12}
	ca.Close()
	s := New(Config{Loops: 1, Logger: silent})
	secure := make(chan bool, 1)
	s.Of("/").Use(func(h *Handshake) error { secure <- h.Secure(); return nil })
	addr, err := s.host.Group().ListenTLS("tcp", "127.0.0.1:0", ioloop.TLS{Config: cfg}, s.host.Front().Accept)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Shutdown(context.Background()) }()
	talk := func(c net.Conn, err error, text string) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = io.WriteString(c, text)
		b, _ := io.ReadAll(c)
		return string(b)
	}
	within := &tls.Config{InsecureSkipVerify: true}
	c, err := tls.Dial("tcp", addr.String(), within)
	if got := talk(c, err, flashpolicy.Request); !strings.HasPrefix(got, "HTTP/1.1 400 ") {
		t.Errorf("within TLS: %q, want what garbage gets", got)
	}
	plain, err := net.Dial("tcp", addr.String())
	if got := talk(plain, err, flashpolicy.Request); strings.Contains(got, "cross-domain") {
		t.Errorf("in the clear: %q", got)
	}
	c, err = tls.Dial("tcp", addr.String(), within)
	if got := talk(c, err, "GET /socket.io/1/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200 ") || !<-secure {
		t.Errorf("a handshake: %q, or it is not secure", got)
	}
}
