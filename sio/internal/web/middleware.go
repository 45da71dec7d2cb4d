package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/tornadio/tornadio/httpparse"
)

// Middlewares are those of net/http. They see a request of Engine.IO without
// its body. The innermost handler lets it go on; the fields that they have set
// by then are added to its answer. One that answers by itself ends it.

// held is the http.ResponseWriter of the middlewares.
type held struct {
	header http.Header
	status int
	body   []byte
	passed *http.Request // as the innermost handler got it
}

type heldKey struct{}

// maxHeld bounds the body of a middleware's own answer.
const maxHeld = 1 << 20

var (
	errHeldLong = errors.New("web: a middleware's answer has more than 1 MiB")
	errScreened = errors.New("web: a middleware neither went on nor answered")
)

// Header implements http.ResponseWriter.
func (h *held) Header() http.Header { return h.header }

// WriteHeader implements http.ResponseWriter.
func (h *held) WriteHeader(status int) {
	if h.status == 0 && h.passed == nil && status >= 200 && status <= 999 {
		h.status = status
	}
}

// Write implements http.ResponseWriter.
func (h *held) Write(p []byte) (int, error) {
	h.WriteHeader(200)
	if len(h.body)+len(p) > maxHeld {
		return 0, errHeldLong
	}
	h.body = append(h.body, p...)
	return len(p), nil
}

// chain is all middlewares in front of the handler that lets requests go on.
func chain(all []func(http.Handler) http.Handler) http.Handler {
	var h http.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if x, ok := r.Context().Value(heldKey{}).(*held); ok && x.status == 0 {
			x.passed = r
		}
	})
	for i := len(all) - 1; i >= 0; i-- {
		h = all[i](h)
	}
	return h
}

// runMiddleware runs in a goroutine.
func (f *Front) runMiddleware(x *held, r *http.Request) error {
	f.chain.ServeHTTP(x, r.WithContext(context.WithValue(r.Context(), heldKey{}, x)))
	if x.passed == nil && x.status == 0 {
		return errScreened
	}
	return nil
}

// screenBy runs the middlewares. It reports false if the request is answered,
// or waits.
func (w *Conn) screenBy(req *httpparse.Request) bool {
	f := w.sh.front
	if len(f.cfg.Middleware) == 0 || w.more().asked > stageScreened {
		return true
	}
	x := w.more()
	if x.held == nil {
		x.held = &held{header: make(http.Header)}
	}
	h := x.held
	verdict, ok := w.asked(req, stageScreened, func(r *http.Request, _ *asking) error { return f.runMiddleware(h, r) })
	switch {
	case !ok:
		return false
	case verdict != nil:
		w.refuseBad("MIDDLEWARE_FAILURE", req.Upgrade)
		return false
	case h.passed == nil:
		w.addHeader(h.header)
		w.close = w.close || req.Upgrade
		w.refuse(h.status, h.header.Get("Content-Type"), string(h.body))
		return false
	}
	if x.request != nil { // what the middlewares have put into it
		x.request = h.passed.WithContext(context.WithoutCancel(h.passed.Context()))
	}
	w.addHeader(h.header)
	x.held.header = nil // once
	return true
}
