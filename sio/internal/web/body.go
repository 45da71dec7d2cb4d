package web

import (
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/tornadio/tornadio/httpparse"
)

// requestBody is the body of an ordinary request: the loop feeds it, the
// handler's goroutine reads it. What the handler has not read yet is held in
// memory, which Config.MaxBody bounds.
type requestBody struct {
	conn *Conn
	dec  httpparse.Body // the loop's
	ask  bool           // the client waits for "100 Continue"; under mu
	// broken, the loop's: it can't be read to its end. What still comes of it
	// is thrown away, so that the answer is not lost in a reset.
	broken bool

	mu   sync.Mutex
	cond sync.Cond
	buf  []byte
	done bool
	err  error
}

func newRequestBody(w *Conn, expect100 bool) *requestBody {
	b := &requestBody{conn: w, ask: expect100}
	b.cond.L = &b.mu
	return b
}

// open reports whether more of the body is to come. On the loop.
func (b *requestBody) open() bool { return !b.dec.Done() && !b.ended() }

func (b *requestBody) ended() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.done
}

// feed brings a part. On the loop.
func (b *requestBody) feed(p []byte) {
	if len(p) == 0 {
		return
	}
	b.mu.Lock()
	if !b.done {
		b.buf = append(b.buf, p...)
	}
	b.mu.Unlock()
	b.cond.Signal()
}

// end says that nothing more comes; err nil is the regular end.
func (b *requestBody) end(err error) {
	b.mu.Lock()
	if !b.done {
		b.done, b.err = true, err
	}
	b.mu.Unlock()
	b.cond.Broadcast()
}

// status is that of an answer which the handler leaves to us.
func (b *requestBody) status() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	var long *http.MaxBytesError
	var bad *httpparse.Error
	switch {
	case b.err == errBodyTimeout:
		return 408
	case errors.As(b.err, &long):
		return 413
	case errors.As(b.err, &bad):
		return bad.Status
	}
	return 200
}

// Read implements io.Reader for the handler. The first one asks a client that
// waits for it to go on.
func (b *requestBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ask && len(b.buf) == 0 && !b.done {
		b.sayContinue()
	}
	for len(b.buf) == 0 && !b.done {
		b.cond.Wait()
	}
	if len(b.buf) > 0 {
		n := copy(p, b.buf)
		b.buf = b.buf[n:]
		return n, nil
	}
	if b.err != nil {
		return 0, b.err
	}
	return 0, io.EOF
}

func (b *requestBody) sayContinue() {
	b.ask = false
	w := b.conn
	_ = w.sh.loop.Post(func() {
		if w.serving != nil && w.serving.body == b && !w.serving.writer.begun() {
			w.c.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n"))
		}
	})
}

// Close implements io.Closer.
func (b *requestBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf = nil
	return nil
}
