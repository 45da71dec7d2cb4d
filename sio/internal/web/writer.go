package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
)

const (
	// hold is how much of an answer is gathered before its head is written: a
	// short one gets its Content-Length by itself, as in net/http.
	hold = 4 << 10
	// window is how much of an answer may be on its way to a slow client
	// before Write blocks.
	window = 256 << 10
)

// responseWriter is the http.ResponseWriter of an ordinary request. The
// handler's goroutine fills it; what it writes goes to the loop as whole
// buffers. It implements http.Flusher; it can't be hijacked.
type responseWriter struct {
	s      *serving
	header http.Header
	head   bool // the request is HEAD
	http10 bool // keep-alive has to be said
	began  time.Time

	// The handler's goroutine alone.
	status   int
	extra    []byte // lines of the head that are not the handler's
	held     []byte
	sentHead bool
	noBody   bool
	chunked  bool
	toClose  bool  // HTTP/1.0 without a length: the body ends with the connection
	close    bool  // the connection ends after this answer
	length   int64 // declared, -1 if not
	written  int64

	stuck int // bytes of pending that wait in the client's connection; the loop's

	mu      sync.Mutex
	cond    sync.Cond
	pending int // bytes that the loop has and the client's socket has not
	started bool
	gone    bool
}

func newResponseWriter(s *serving, r *http.Request) *responseWriter {
	w := &responseWriter{s: s, header: make(http.Header), length: -1,
		head: r.Method == "HEAD", http10: s.conn.http10, close: s.conn.close,
		toClose: r.ProtoMinor == 0, began: s.loop.Now(), extra: s.conn.extraFields()}
	w.cond.L = &w.mu
	return w
}

// Header implements http.ResponseWriter.
func (w *responseWriter) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *responseWriter) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic("sio: invalid WriteHeader code " + strconv.Itoa(status))
	}
	if w.status != 0 {
		return
	}
	if status < 200 && status != 101 {
		w.informational(status)
		return
	}
	w.status = status
	w.noBody = w.head || status == 204 || status == 304
	if n, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		w.length = n
	} else {
		w.header.Del("Content-Length")
	}
}

// informational sends a 1xx answer, e.g. 103 Early Hints.
func (w *responseWriter) informational(status int) {
	if status == 100 || w.toClose {
		return // said by reading the body; HTTP/1.0 knows none
	}
	b := httpparse.AppendStatusLine(nil, status)
	w.send(append(appendHeader(b, w.header), "\r\n"...))
}

// Write implements http.ResponseWriter. It blocks while more than a window is
// on its way to the client.
func (w *responseWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(200)
	}
	if w.length >= 0 && w.written+int64(len(p)) > w.length {
		return 0, http.ErrContentLength
	}
	w.written += int64(len(p))
	if w.noBody {
		if w.head {
			return len(p), nil
		}
		return 0, http.ErrBodyNotAllowed
	}
	if len(w.held)+len(p) > hold {
		if err := w.release(p); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	w.held = append(w.held, p...)
	return len(p), nil
}

// WriteString implements io.StringWriter.
func (w *responseWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// Flush implements http.Flusher.
func (w *responseWriter) Flush() { _ = w.FlushError() }

// FlushError serves http.ResponseController.
func (w *responseWriter) FlushError() error {
	if w.status == 0 {
		w.WriteHeader(200)
	}
	return w.release(nil)
}

// release sends the head, if it is still due, and the body so far with p.
func (w *responseWriter) release(p []byte) error {
	buf := ioloop.NewBuf()
	b := buf.Bytes()
	if !w.sentHead {
		b = w.appendHead(b, false, p)
	}
	if n := len(w.held) + len(p); n > 0 && !w.noBody {
		if w.chunked {
			b = httpparse.AppendChunkSize(b, n)
		}
		b = append(append(b, w.held...), p...)
		if w.chunked {
			b = append(b, "\r\n"...)
		}
	}
	w.held = w.held[:0]
	buf.SetBytes(b)
	return w.hand(buf)
}

// appendHead appends the head; whole says that held is all of the body.
func (w *responseWriter) appendHead(b []byte, whole bool, p []byte) []byte {
	w.sentHead = true
	b = httpparse.AppendStatusLine(b, w.status)
	if w.header.Get("Date") == "" {
		b = append(b, "Date: "...)
		b = httpparse.AppendDate(b, w.began)
		b = append(b, "\r\n"...)
	}
	w.sniff(p)
	switch {
	case w.length >= 0 || w.noBody && !(whole && w.head):
	case whole:
		b = httpparse.AppendContentLength(b, w.written)
	case w.toClose:
		w.close = true
	default:
		w.chunked = true
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	}
	if strings.EqualFold(w.header.Get("Connection"), "close") {
		w.close = true
		w.header.Del("Connection")
	}
	b = append(appendHeader(b, w.header), w.extra...)
	b = appendConnection(b, w.close, w.http10)
	return append(b, "\r\n"...)
}

// sniff sets the content type of a body without one, as net/http does.
func (w *responseWriter) sniff(p []byte) {
	_, typed := w.header["Content-Type"]
	if typed || w.noBody && !w.head || w.header.Get("Content-Encoding") != "" {
		return
	}
	if len(w.held)+len(p) == 0 {
		return
	}
	sample := append(w.held[:len(w.held):len(w.held)], p[:min(len(p), 512)]...)
	w.header.Set("Content-Type", http.DetectContentType(sample))
}

func appendHeader(b []byte, h http.Header) []byte {
	for name, values := range h {
		if name == "Transfer-Encoding" || !httpparse.ValidName(name) {
			continue
		}
		for _, v := range values {
			b = httpparse.AppendField(b, name, v)
		}
	}
	return b
}

func (w *responseWriter) send(b []byte) {
	buf := ioloop.NewBuf()
	buf.SetBytes(append(buf.Bytes(), b...))
	_ = w.hand(buf)
}

// hand gives a buffer to the loop and waits while too much is on its way.
func (w *responseWriter) hand(buf *ioloop.Buf) error {
	n := buf.Len()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.started = true
	for w.pending > window && !w.gone {
		w.cond.Wait()
	}
	if w.gone {
		buf.Release()
		return errPeerGone
	}
	w.pending += n
	err := w.s.loop.Post(func() { w.write(buf, n) })
	if err != nil {
		buf.Release()
		return errPeerGone
	}
	return nil
}

// write is hand's other half, on the loop.
func (w *responseWriter) write(buf *ioloop.Buf, n int) {
	if w.s.conn.serving != w.s {
		buf.Release()
		return
	}
	c := w.s.conn.c
	c.WriteBuf(buf, 0)
	c.Flush()
	if c.Congested() {
		w.stuck += n
		w.s.conn.watchReader()
	} else {
		w.took(n)
	}
}

func (w *responseWriter) took(n int) {
	w.mu.Lock()
	w.pending -= n
	w.mu.Unlock()
	w.cond.Signal()
}

// drained is called on the loop when the client has taken all.
func (w *responseWriter) drained() {
	n := w.stuck
	w.stuck = 0
	w.took(n)
}

// abandon is called on the loop when the client is gone.
func (w *responseWriter) abandon() {
	w.mu.Lock()
	w.gone = true
	w.mu.Unlock()
	w.cond.Signal()
}

// begun reports whether anything of the answer was written.
func (w *responseWriter) begun() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.started
}

var errShort = errors.New("web: the handler wrote less than its Content-Length")

// finish ends the answer when the handler has returned, or panicked.
func (w *responseWriter) finish(panicked bool) {
	if panicked && !w.sentHead {
		clear(w.header)
		w.status, w.held, w.written, w.length = 500, nil, 0, -1
		w.noBody = w.head
		_, _ = w.WriteString("Internal Server Error\n")
	}
	if w.status == 0 {
		w.WriteHeader(w.s.body.status())
	}
	broken := w.sentHead && panicked || !w.noBody && w.length >= 0 && w.written < w.length
	if !broken {
		w.last()
	}
	s, shut := w.s, w.close
	_ = s.loop.Post(func() { s.end(broken, shut) })
}

// last sends what is left of the answer.
func (w *responseWriter) last() {
	buf := ioloop.NewBuf()
	b := buf.Bytes()
	if !w.sentHead {
		b = w.appendHead(b, true, nil)
		if !w.noBody {
			b = append(b, w.held...)
		}
	} else if !w.noBody {
		if n := len(w.held); n > 0 && w.chunked {
			b = httpparse.AppendChunk(b, w.held)
		} else {
			b = append(b, w.held...)
		}
		if w.chunked {
			b = httpparse.AppendLastChunk(b)
		}
	}
	buf.SetBytes(b)
	_ = w.hand(buf)
}

// end is called on the loop after the last byte was handed over.
func (s *serving) end(broken, shut bool) {
	w := s.conn
	if w.serving != s {
		return
	}
	w.serving = nil
	if broken {
		w.c.Abort(errShort)
		return
	}
	if shut || !s.body.dec.Done() {
		w.close = true // if only since the rest of the body must not be read as a request
	}
	w.next()
}
