package web

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// Ordinary requests. Each runs its http.Handler in a goroutine of its own, so
// that it may block; the loop feeds it the body (body.go) and writes what it
// answers (writer.go). The connection waits for it and takes no other request
// meanwhile.

// serving is an ordinary request in progress.
type serving struct {
	conn   *Conn
	loop   *ioloop.Loop
	body   *requestBody
	writer *responseWriter
	cancel context.CancelFunc
}

// gate counts the handlers that run and closes for shutdown.
type gate struct {
	wg     sync.WaitGroup
	mu     sync.Mutex
	closed bool
	base   context.Context
	cancel context.CancelFunc
	asks   context.Context // ends as soon as the gate closes
	hush   context.CancelFunc
}

// enter reports whether a handler may begin, and the context of all handlers.
func (g *gate) enter() (context.Context, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, false
	}
	if g.base == nil {
		g.base, g.cancel = context.WithCancel(context.Background())
	}
	g.wg.Add(1)
	return g.base, true
}

// ask is enter for a question to the application.
func (g *gate) ask() (context.Context, bool) {
	base, ok := g.enter()
	if !ok {
		return nil, false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.asks == nil {
		g.asks, g.hush = context.WithCancel(base)
		if g.closed {
			g.hush()
		}
	}
	return g.asks, true
}

// CloseHandlers takes no further ordinary requests, and waits until those that
// run have returned. When ctx ends first their contexts are cancelled, and it
// returns ctx's error at once.
func (f *Front) CloseHandlers(ctx context.Context) error {
	g := &f.busy
	g.mu.Lock()
	g.closed = true
	if g.hush != nil {
		g.hush()
	}
	cancel := g.cancel
	g.mu.Unlock()
	done := make(chan struct{})
	go func() { g.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		if cancel != nil {
			cancel()
		}
		return ctx.Err()
	}
}

// serve begins an ordinary request.
func (w *Conn) serve(req *httpparse.Request) {
	if h := w.sh.front.cfg.Handler; h != nil {
		w.serveBy(h, req)
		return
	}
	w.finish(404, transport.TextUTF8, []byte("404 page not found\n"))
}

func (w *Conn) serveBy(h http.Handler, req *httpparse.Request) {
	f := w.sh.front
	r, err := w.httpRequest(req)
	if err != nil {
		w.malformed(&httpparse.Error{Status: 400, Reason: "bad request target"})
		return
	}
	s := &serving{conn: w, loop: w.sh.loop, body: newRequestBody(w, req.Expect100)}
	if err := s.body.dec.Start(req, &f.limits); err != nil {
		w.close = true
		w.answerBodyError(err)
		return
	}
	w.unread = false
	base, ok := f.busy.enter()
	if !ok {
		w.close = true
		w.finish(503, transport.TextUTF8, []byte("server shutting down\n"))
		return
	}
	if s.body.dec.Done() {
		s.body.end(nil)
	} else {
		w.deadline(f.cfg.BodyTimeout)
	}
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(base)
	r.Body = s.body
	s.writer = newResponseWriter(s, r)
	w.serving = s
	r = r.WithContext(ctx)
	s.loop.Group().Go(func() { s.run(h, r) })
}

func (w *Conn) answerBodyError(err error) {
	status, text := 400, "Bad Request"
	var he *httpparse.Error
	if errors.As(err, &he) {
		status, text = he.Status, he.Reason
	}
	w.finish(status, transport.TextUTF8, []byte(text))
}

// run is the goroutine of one ordinary request.
func (s *serving) run(h http.Handler, r *http.Request) {
	defer s.conn.sh.front.busy.wg.Done()
	defer s.cancel()
	defer func() {
		v := recover()
		if v != nil && v != http.ErrAbortHandler {
			s.conn.sh.front.cfg.Log.Error("sio: panic in an http.Handler", "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
		}
		s.writer.finish(v != nil)
	}()
	h.ServeHTTP(s.writer, r)
}

// abandon is called on the loop when the peer is gone.
func (s *serving) abandon() {
	s.cancel()
	s.body.end(errPeerGone)
	s.writer.abandon()
}

var (
	errPeerGone    = errors.New("web: the client closed the connection")
	errBodyTimeout = errors.New("web: the request body came too slowly")
)

// takeServedBody feeds an ordinary request's body to its handler.
func (w *Conn) takeServedBody(data []byte) int {
	b := w.serving.body
	used := 0
	for !b.dec.Done() && used < len(data) {
		chunk, n, err := b.dec.Next(data[used:])
		if err != nil {
			b.broken = true
			b.end(w.bodyError(err))
			w.close = true
			w.sh.loop.StopTimer(&w.timer)
			return len(data)
		}
		used += n
		b.feed(chunk)
		if n == 0 {
			break
		}
	}
	if b.dec.Done() {
		w.sh.loop.StopTimer(&w.timer)
		b.end(nil)
	} else {
		w.deadline(w.sh.front.cfg.BodyTimeout)
	}
	return used
}

// bodyError is err in net/http's form, which handlers know.
func (w *Conn) bodyError(err error) error {
	var he *httpparse.Error
	if errors.As(err, &he) && he.Status == 413 {
		return &http.MaxBytesError{Limit: w.sh.front.cfg.MaxBody}
	}
	return err
}

// httpRequest makes net/http's form of a request. It copies all it keeps.
func (w *Conn) httpRequest(req *httpparse.Request) (*http.Request, error) {
	target := string(req.Target)
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil, err
	}
	from, _ := w.client(req)
	r := &http.Request{
		Method: string(req.Method), URL: u, RequestURI: target,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: Header(req.Fields), Host: string(req.Host),
		ContentLength: max(req.ContentLength, 0), Close: req.Close,
		RemoteAddr: remoteText(from), TLS: w.c.TLS(),
	}
	if req.Minor == 0 {
		r.Proto, r.ProtoMinor = "HTTP/1.0", 0
	}
	if req.Chunked {
		r.ContentLength = -1
		r.TransferEncoding = []string{"chunked"}
	}
	r.Header.Del("Host")
	return r, nil
}

// Header copies fields into net/http's form.
func Header(fields []httpparse.Field) http.Header {
	h := make(http.Header, len(fields))
	for _, f := range fields {
		h.Add(string(f.Name), string(f.Value))
	}
	return h
}

func remoteText(a netip.AddrPort) string {
	if !a.IsValid() {
		return "@" // a Unix socket's peer, as net/http shows it
	}
	return strings.TrimPrefix(a.String(), "::ffff:")
}
