package sio_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// lockedBuffer takes a log from several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// TestPanicsGoToTheLogger: what panics beside the handlers of sockets is told
// to Config.Logger, like everything else.
func TestPanicsGoToTheLogger(t *testing.T) {
	var log lockedBuffer // http.Handlers run in goroutines
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{
		Logger:       slog.New(slog.NewTextHandler(&log, nil)),
		AllowRequest: func(*http.Request) error { panic("allow-panic") },
	})
	srv.HandleFunc("/page", func(http.ResponseWriter, *http.Request) { panic("page-panic") })
	srv.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if a := w.HTTP().Get("/socket.io/?EIO=4&transport=polling"); a.Status != 403 {
		t.Errorf("the handshake's answer is %d", a.Status)
	}
	for _, path := range []string{"/page", "/abort"} {
		w.HTTP().Send("GET", path, "")
	}
	w.Until(func() bool { return strings.Contains(log.text(), "page-panic") })
	for _, want := range []string{"allow-panic", "page-panic", "stack="} {
		if !strings.Contains(log.text(), want) {
			t.Errorf("the log has no %q:\n%s", want, log.text())
		}
	}
	if strings.Contains(log.text(), "abort") {
		t.Errorf("http.ErrAbortHandler is logged:\n%s", log.text())
	}
}
