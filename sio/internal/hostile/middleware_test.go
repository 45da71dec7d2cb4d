package hostile

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/tornadio/tornadio/sio"
)

type userKey struct{}

// gatekeeper is a middleware as they are written for net/http.
func gatekeeper(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("who") {
		case "unknown":
			w.Header().Set("WWW-Authenticate", "Basic")
			http.Error(w, "who are you", http.StatusUnauthorized)
		case "nobody":
		case "panics":
			panic("on purpose")
		default:
			w.Header().Set("X-Frame-Options", "DENY")
			w.Header().Set("Content-Length", "7") // an answer has its own
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, "ann")))
		}
	})
}

// TestMiddleware: fields are added, context goes on, one that answers ends the
// request, one that does nothing is code 3; before every other check.
func TestMiddleware(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{Loops: 2, Middleware: []func(http.Handler) http.Handler{gatekeeper},
		AllowRequest: func(r *http.Request) error {
			if r.Context().Value(userKey{}) != "ann" {
				return errors.New("the middleware's context is lost")
			}
			return nil
		}}, nil)
	for range 4 { // over both loops
		target := g.polling("ann")
		for _, a := range []answer{g.post(target, `42["echo",1]`), g.get(target), g.get(engine + "tobi")} {
			if a.header.Get("X-Frame-Options") != "DENY" || a.header.Get("Content-Length") == "7" {
				t.Errorf("answered %d %v", a.status, a.header)
			}
		}
		// The body is waited for while the middleware runs.
		body := `42["other",1,"` + repeat("x", 500_000) + `"]`
		g.post(target, body).same(t, 200, "ok")
		if a := g.do("GET", engine+"websocket&sid="+sid(target), upgradeHeader, ""); a.status != 101 || a.header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("a websocket is answered %d %v", a.status, a.header)
		}
	}
	a := g.get(engine + "tobi&who=unknown")
	a.same(t, 401, "who are you\n")
	if a.header.Get("WWW-Authenticate") != "Basic" {
		t.Errorf("answered %v", a.header)
	}
	g.do("GET", engine+"websocket&who=unknown", upgradeHeader, "").same(t, 401, "who are you\n")
	g.get(engine+"tobi&who=nobody").same(t, 400, `{"code":3,"message":"Bad request"}`)
	g.get(engine+"polling&who=panics").same(t, 400, `{"code":3,"message":"Bad request"}`)
	g.do("GET", engine+"websocket&who=nobody", upgradeHeader, "").same(t, 400, "Bad request")
}
