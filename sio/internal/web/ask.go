package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
)

// Some options ask the application about a request, and it may take its time:
// middlewares, AllowRequest, GenerateID. Each asks in a goroutine, while the
// request's bytes stay where they are; with the answer the head is read again
// from the start, and finds what was said in the connection's extra. So the
// checks stand in routing in their order, whoever waits between them, and a
// connection may even move to another loop in between.

// stage is how far the application has been asked about a request.
type stage uint8

const (
	stageScreened stage = iota + 1 // by the middlewares
	stageAllowed                   // by AllowRequest
	stageNamed                     // by GenerateID
)

// asking is a request about which the application is being asked.
type asking struct {
	conn   *Conn
	loop   *ioloop.Loop
	at     stage
	cancel context.CancelFunc
	id     string // GenerateID's
}

// The verdicts of the server itself. Their text is what the peer reads.
var (
	errAskTimeout  = errors.New("timed out")
	errAskMany     = errors.New("too many requests wait")
	errAskShutdown = errors.New("server shutting down")
	errAskPanic    = errors.New("internal error")
)

// asked gives what the application said at a stage; nil lets the request go
// on. It has the application asked where that is due, and reports false: the
// request is routed again with the answer.
func (w *Conn) asked(req *httpparse.Request, at stage, f func(*http.Request, *asking) error) (verdict error, ok bool) {
	x := w.more()
	switch {
	case x.asked > at:
		return nil, true
	case x.asked == at:
		verdict, x.verdict = x.verdict, nil
		return verdict, true
	}
	x.asked = at
	fr := w.sh.front
	if fr.asks.Add(1) > int64(fr.cfg.MaxAsking) {
		fr.asks.Add(-1)
		return errAskMany, true
	}
	base, ok := fr.busy.ask()
	if !ok {
		fr.asks.Add(-1)
		return errAskShutdown, true
	}
	r := x.request
	if r == nil {
		var err error
		if r, err = w.httpRequest(req); err != nil {
			fr.asks.Add(-1)
			fr.busy.wg.Done()
			return err, true
		}
		r.Body = http.NoBody
	}
	x.request = r
	a := &asking{conn: w, loop: w.sh.loop, at: at}
	r = a.bound(r, base)
	x.asking = a
	w.deadline(fr.cfg.AskTimeout)
	a.loop.Group().Go(func() { a.run(fr, f, r) })
	return nil, false
}

// bound gives the request's context its end: the answer, the peer's going, or
// the server's shutdown. What middlewares have put into it stays.
func (a *asking) bound(r *http.Request, base context.Context) *http.Request {
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(base, cancel)
	a.cancel = func() { stop(); cancel() }
	return r.WithContext(ctx)
}

// run asks, in a goroutine.
func (a *asking) run(fr *Front, f func(*http.Request, *asking) error, r *http.Request) {
	defer fr.busy.wg.Done()
	err := a.protect(fr.cfg.Log, f, r)
	fr.asks.Add(-1)
	_ = a.loop.Post(func() { a.conn.answered(a, err) })
}

// protect runs f and survives its panic.
func (a *asking) protect(log *slog.Logger, f func(*http.Request, *asking) error, r *http.Request) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = errAskPanic
			log.Error("sio: panic in a function of Config", "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
		}
	}()
	return f(r, a)
}

// answered takes the application's answer, on the connection's loop. One that
// nobody waits for any more is dropped.
func (w *Conn) answered(a *asking, verdict error) {
	x := w.extra
	if x == nil || x.asking != a || w.phase != phaseBusy {
		return
	}
	a.cancel()
	x.asking, x.verdict, x.again = nil, verdict, true
	if verdict == nil && a.at == stageNamed {
		x.id = a.id
	}
	w.sh.loop.StopTimer(&w.timer)
	w.phase = phaseHead
	w.scanned = 0
	w.c.SetHandler(w) // offers the head again
}

// waits reports whether the head has to stay where it is.
func (w *Conn) waits() bool { return w.extra != nil && w.extra.asking != nil }

// forbidden asks AllowRequest about a handshake of Engine.IO. It reports true
// if the handshake ends here, or waits.
func (w *Conn) forbidden(req *httpparse.Request) bool {
	f := w.sh.front.cfg.AllowRequest
	if f == nil {
		return false
	}
	verdict, ok := w.asked(req, stageAllowed, func(r *http.Request, _ *asking) error { return f(r) })
	if verdict != nil {
		w.refuseText(codeForbidden, wordsOr(verdict, engineMessage[codeForbidden]), req.Upgrade)
	}
	return !ok || verdict != nil
}

// forbiddenRev1 and unnamedRev1 are the same for a handshake of revision 1.
func (w *Conn) forbiddenRev1(req *httpparse.Request) bool {
	f := w.sh.front.cfg.AllowRequest
	if f == nil {
		return false
	}
	verdict, ok := w.asked(req, stageAllowed, func(r *http.Request, _ *asking) error { return f(r) })
	if verdict != nil {
		w.refuseRev1(req, 403, wordsOr(verdict, "handshake unauthorized"))
	}
	return !ok || verdict != nil
}

func (w *Conn) unnamedRev1(req *httpparse.Request) bool {
	ok, bad := w.named(req)
	if bad {
		w.refuseRev1(req, 500, "handshake error")
	}
	return !ok || bad
}

// wordsOr is what a peer reads of an error.
func wordsOr(err error, words string) string {
	if text := err.Error(); text != "" {
		return text
	}
	return words
}

// unnamed asks GenerateID for a handshake's id. It reports true if the
// handshake ends here, or waits.
func (w *Conn) unnamed(req *httpparse.Request) bool {
	ok, bad := w.named(req)
	if bad {
		w.refuseBad("ID_GENERATION_ERROR", req.Upgrade)
	}
	return !ok || bad
}

// named gets an id from GenerateID and keeps it for the session to be opened.
// ok is false while the application is being asked.
func (w *Conn) named(req *httpparse.Request) (ok, bad bool) {
	f := w.sh.front.cfg.GenerateID
	if f == nil {
		return true, false
	}
	verdict, ok := w.asked(req, stageNamed, func(r *http.Request, a *asking) error {
		id, err := f(r)
		if err == nil {
			err = checkID(id)
		}
		a.id = id
		return err
	})
	return ok, verdict != nil || ok && !w.sh.m.ReserveName(w.extra.id)
}

// maxID is the length of the longest id that an application may make.
const maxID = 128

var errID = errors.New("an id has 1 to 128 letters, digits, '-', '_', '.' or '~'")

// checkID refuses what has a meaning in a URL, in revision 1's handshake or in
// a cookie.
func checkID(id string) error {
	if len(id) == 0 || len(id) > maxID {
		return errID
	}
	for _, c := range []byte(id) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '~':
		default:
			return errID
		}
	}
	return nil
}
