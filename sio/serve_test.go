package sio_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// TestServe: listeners of package net are honoured, wrapped ones refused, and
// Shutdown ends it.
func TestServe(t *testing.T) {
	t.Parallel()
	srv := sio.New(sio.Config{Loops: 2, Logger: slog.New(slog.DiscardHandler)})
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	unix, err := net.Listen("unix", t.TempDir()+"/s")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(tcp, unix) }()
	for _, ln := range []net.Listener{tcp, unix} {
		c := http.Client{Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				return net.Dial(ln.Addr().Network(), ln.Addr().String())
			},
		}, Timeout: 20 * time.Second}
		res, err := c.Get("http://server/socket.io/?EIO=4&transport=polling")
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if !strings.HasPrefix(string(b), `0{"sid":"`) {
			t.Errorf("over %s: %q", ln.Addr().Network(), b)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if err := <-ended; !errors.Is(err, sio.ErrServerClosed) {
		t.Errorf("Serve: %v, want ErrServerClosed", err)
	}
	if err := srv.ListenAndServe("127.0.0.1:0"); err == nil {
		t.Error("a server that was shut down listens again")
	}
}

// TestServeRefusesWrappedConnections: on a reactor a listener that wraps its
// connections can't be honoured, and says so by closing them.
func TestServeRefusesWrappedConnections(t *testing.T) {
	t.Parallel()
	srv := sio.New(sio.Config{Loops: 1, Logger: slog.New(slog.DiscardHandler)})
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(tls.NewListener(inner, &tls.Config{})) }()
	c, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if b, err := io.ReadAll(c); len(b) > 0 || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("read %q, %v; want the end", b, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_ = srv.Shutdown(ctx)
	<-ended
}
