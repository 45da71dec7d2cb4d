package web

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// Sessions over WebTransport do not come over a Conn: HTTP/3 is spoken by a
// package beside this one, in goroutines of its own. It brings each request for
// a WebTransport session here, and asks for the session once it has read the
// first packet:
//
//	Admit        CORS, middlewares, AllowRequest, GenerateID, in its goroutine
//	Open, Find   a new session, or one that polls and wants to change, on the loop
//
// The reference asks nobody: it has no request there, and closes every
// WebTransport session where a middleware is in use, cors among them. Here the
// request is known, so that each has its say.

// Outside is a request for a WebTransport session that was let in.
type Outside struct {
	f      *Front
	req    *http.Request // as the middlewares have passed it on
	remote netip.AddrPort
	tls    *tls.ConnectionState
	head   []byte            // the request as HTTP/1.1 would have it
	parsed httpparse.Request // of head
	id     string            // GenerateID's
	fresh  bool              // may begin a session; one that named a session was not asked about
}

// MaxHead bounds the head of a request, in bytes.
func (f *Front) MaxHead() int { return f.cfg.Limits.MaxHead }

// MaxMessage bounds a message, in bytes.
func (f *Front) MaxMessage() int { return f.cfg.MaxMessage }

// Serves reports whether a path is one of Engine.IO's.
func (f *Front) Serves(path string) bool {
	_, ours := f.match([]byte(path))
	return ours
}

// Admit decides about a request, which it answers itself if it refuses it. It
// blocks as long as the application does, each question for up to AskTimeout.
func (f *Front) Admit(w http.ResponseWriter, r *http.Request, remote netip.AddrPort) (*Outside, bool) {
	o := &Outside{f: f, req: r, remote: remote, tls: r.TLS, head: requestHead(r), fresh: r.URL.Query().Get("sid") == ""}
	if _, err := o.parsed.Parse(o.head, &f.cfg.Limits); err != nil {
		return nil, f.refuseOutside(w, 400, engineMessage[codeBadRequest])
	}
	if !f.originAllowed(r.Header.Get("Origin")) {
		return nil, f.refuseOutside(w, 403, engineMessage[codeForbidden])
	}
	if len(f.cfg.Middleware) > 0 && !o.screen(w) {
		return nil, false
	}
	return o, !o.fresh || o.allowed(w) && o.named(w)
}

// allowed asks AllowRequest about a request that may begin a session.
func (o *Outside) allowed(w http.ResponseWriter) bool {
	ask := o.f.cfg.AllowRequest
	if ask == nil {
		return true
	}
	if _, err := o.f.askOutside(o.req, func(r *http.Request, _ *asking) error { return ask(r) }); err != nil {
		return o.f.refuseOutside(w, 403, wordsOr(err, engineMessage[codeForbidden]))
	}
	return true
}

// named asks GenerateID for the id of the session that may begin.
func (o *Outside) named(w http.ResponseWriter) bool {
	generate := o.f.cfg.GenerateID
	if generate == nil {
		return true
	}
	id, err := o.f.askOutside(o.req, func(r *http.Request, a *asking) (err error) {
		if a.id, err = generate(r); err != nil {
			return err
		}
		return checkID(a.id)
	})
	if err != nil {
		return o.f.refuseOutside(w, 400, engineMessage[codeBadRequest])
	}
	o.id = id
	return true
}

// refuseOutside answers and counts a refusal; it returns false.
func (f *Front) refuseOutside(w http.ResponseWriter, status int, text string) bool {
	f.CountRefused(status)
	http.Error(w, text, status)
	return false
}

// CountRefused counts a refusal that no loop has to do with. Any goroutine.
func (f *Front) CountRefused(status int) { f.hub.RefusedNow(0, status) }

// originAllowed: pages of which origin may come is what CORS says, where it is
// in use. Without it every page may, as over a websocket.
func (f *Front) originAllowed(origin string) bool {
	if f.cfg.CORS == nil || origin == "" {
		return true
	}
	value, _, off, err := f.cfg.CORS.origin(origin)
	return err == nil && !off && (value == "*" || value == origin)
}

// screen runs the middlewares. One that answers by itself ends the request.
func (o *Outside) screen(w http.ResponseWriter) bool {
	h := &held{header: make(http.Header)}
	_, err := o.f.askOutside(o.req, func(r *http.Request, _ *asking) error { return o.f.runMiddleware(h, r) })
	if err != nil {
		return o.f.refuseOutside(w, 400, engineMessage[codeBadRequest])
	}
	for name, values := range h.header {
		w.Header()[name] = values
	}
	if h.passed == nil {
		o.f.CountRefused(h.status)
		w.WriteHeader(h.status)
		_, _ = w.Write(h.body)
		return false
	}
	o.req = h.passed.WithContext(context.WithoutCancel(h.passed.Context()))
	return true
}

// askOutside is Conn.asked for a goroutine that may wait. id is what the
// question has left in its asking.
func (f *Front) askOutside(r *http.Request, question func(*http.Request, *asking) error) (id string, err error) {
	if f.asks.Add(1) > int64(f.cfg.MaxAsking) {
		f.asks.Add(-1)
		return "", errAskMany
	}
	base, ok := f.busy.ask()
	if !ok {
		f.asks.Add(-1)
		return "", errAskShutdown
	}
	ctx, cancel := context.WithTimeout(r.Context(), f.cfg.AskTimeout)
	defer cancel()
	defer context.AfterFunc(base, cancel)()
	a, said := new(asking), make(chan error, 1)
	go func() {
		defer f.busy.wg.Done()
		err := a.protect(f.cfg.Log, question, r.WithContext(ctx))
		f.asks.Add(-1)
		said <- err
	}()
	select {
	case err := <-said:
		return a.id, err
	case <-ctx.Done():
		return "", errAskTimeout
	}
}

// requestHead is a request as a client of HTTP/1.1 would have sent it: a
// handshake is kept in this form.
func requestHead(r *http.Request) []byte {
	b := append([]byte("GET "), r.URL.RequestURI()...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, r.Host...)
	for _, name := range slices.Sorted(headerNames(r.Header)) {
		for _, value := range r.Header[name] {
			b = append(append(append(b, "\r\n"...), name...), ": "...)
			b = append(b, value...)
		}
	}
	return append(b, "\r\n\r\n"...)
}

func headerNames(h http.Header) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range h {
			if name != "Host" && name != "Content-Length" && name != "Transfer-Encoding" && !yield(name) {
				return
			}
		}
	}
}

// Home is the loop and the id of the session that a client names.
func (f *Front) Home(sid string) (*ioloop.Loop, session.ID, bool) {
	id, ok := f.sessionID([]byte(sid))
	if !ok {
		return nil, id, false
	}
	return f.shards[id.Loop()].loop, id, true
}

// Find is the session of this loop that has the id and can change its
// transport, or nil. It counts a refusal.
func (o *Outside) Find(loop *ioloop.Loop, id session.ID) *session.Session {
	sh := o.f.shards[loop.Index()]
	from := o.remote.Addr()
	if s := sh.findFrom(id, session.Rev4, from); s != nil && s.Rev() == session.Rev4 && s.Upgradable() {
		return s
	}
	o.f.hub.RefusedNow(loop.Index(), 400)
	return nil
}

// Open begins a session on this loop, or gives nil and counts a refusal.
func (o *Outside) Open(loop *ioloop.Loop) *session.Session {
	sh := o.f.shards[loop.Index()]
	if !o.fresh || o.f.names != nil && !sh.m.ReserveName(o.id) {
		o.f.hub.RefusedNow(loop.Index(), 400)
		return nil
	}
	req := &OpenRequest{Rev: session.Rev4, Transport: transport.NameWebTransport, Head: o.head,
		Req: &o.parsed, Remote: o.remote, Secure: true, TLS: o.tls, sh: sh}
	if len(o.f.cfg.Middleware) > 0 {
		req.Context = o.req.Context()
	}
	s, no := o.f.hub.Open(sh.m, req)
	if no != nil {
		o.f.hub.RefusedNow(loop.Index(), no.Status)
		return nil
	}
	req.Greet(s)
	return s
}

// UpgradeTimeout is how long a client may take to say what it wants, and then
// for the change of its transport.
func (f *Front) UpgradeTimeout() time.Duration { return f.shards[0].m.Config().UpgradeTimeout }

// Silence is how long a client that is there may be silent.
func (f *Front) Silence() time.Duration {
	cfg := f.shards[0].m.Config()
	return max(cfg.PingInterval+cfg.PingTimeout, cfg.UpgradeTimeout) + 5*time.Second
}

// KeepAlive is how often a connection needs a sign of life beside the pings of
// Engine.IO, since browsers give up one that has been silent for 30 s. 0: not at
// all.
func (f *Front) KeepAlive() time.Duration {
	if f.shards[0].m.Config().PingInterval <= 25*time.Second {
		return 0
	}
	return 15 * time.Second
}
