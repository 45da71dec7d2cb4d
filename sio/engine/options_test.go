package engine_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/sio/engine"
	"github.com/tornadio/tornadio/sio/siotest"
)

type valueKey struct{}

// TestAsked: middlewares, AllowRequest and GenerateID see the request and have
// their say; the id is the client's, and finds it.
func TestAsked(t *testing.T) {
	n := 0
	r := newRecord(t, engine.Config{
		Middleware: []func(http.Handler) http.Handler{func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				w.Header().Set("X-Middleware", "yes")
				next.ServeHTTP(w, q.WithContext(context.WithValue(q.Context(), valueKey{}, "value")))
			})
		}},
		AllowRequest: func(q *http.Request) error {
			if q.URL.Query().Get("name") == "eve" {
				return errors.New("not eve")
			}
			return nil
		},
		GenerateID: func(*http.Request) (string, error) {
			n++
			return fmt.Sprint("id-", n), nil
		},
	})
	var s *engine.Socket
	r.srv.OnOpen(func(c *engine.Socket, h *engine.Handshake) error {
		s = c
		if h.Value(valueKey{}) != "value" {
			t.Errorf("the middleware's value is %v", h.Value(valueKey{}))
		}
		return nil
	})
	resp := r.w.HTTP().Get(polls)
	if resp.Header.Get("X-Middleware") != "yes" || sidOf(t, string(resp.Body)) != "id-1" || s.ID() != "id-1" {
		t.Errorf("answer %s with %v, id %s", resp.Body, resp.Header, s.ID())
	}
	r.srv.With("id-1", func(c *engine.Socket) { _ = c.Send("found") })
	r.srv.With("id-2", func(c *engine.Socket) { t.Error("found another") })
	r.eq("the poll", string(r.w.HTTP().Get(polls+"&sid=id-1").Body), "4found")
	r.eq("the refusal", string(r.w.HTTP().Get(polls+"&name=eve").Body), `{"code":4,"message":"not eve"}`)
	if n != 1 {
		t.Errorf("GenerateID was called %d times", n)
	}
}

// TestAnswers: what options add to answers, and take away.
func TestAnswers(t *testing.T) {
	r := newRecord(t, engine.Config{
		Path: "/e/", NoUpgrades: true, Transports: []string{"polling"},
		Cookie: &engine.Cookie{Name: "k"}, CORS: &engine.CORS{Origins: []string{"http://a"}, Credentials: true},
		InitialHeaders:  func(h http.Header, _ *http.Request) { h.Set("X-Initial", "1") },
		Headers:         func(h http.Header, _ *http.Request) { h.Set("X-Every", "1") },
		HTTPCompression: 10,
	})
	resp := r.w.HTTP().Get("/e/?EIO=4&transport=polling", "Origin: http://a", "Accept-Encoding: gzip")
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": "http://a", "Access-Control-Allow-Credentials": "true",
		"X-Initial": "1", "X-Every": "1", "Content-Encoding": "gzip",
	} {
		r.eq(name, resp.Header.Get(name), want)
	}
	if got := resp.Header.Get("Set-Cookie"); !strings.HasPrefix(got, "k=") || !strings.HasSuffix(got, "; Path=/; HttpOnly; SameSite=Lax") {
		t.Errorf("cookie %q", got)
	}
	if resp := r.w.HTTP().Get("/e/?EIO=4&transport=polling"); !strings.Contains(string(resp.Body), `"upgrades":[]`) {
		t.Errorf("open packet %s", resp.Body)
	}
	r.eq("a transport that is off", string(r.w.HTTP().Get("/e/?EIO=4&transport=websocket").Body), `{"code":0,"message":"Transport unknown"}`)
}

// TestNotSocketIO: requests of Socket.IO's first clients mean nothing here, and
// beside the path there are ordinary routes.
func TestNotSocketIO(t *testing.T) {
	r := newRecord(t, engine.Config{})
	r.srv.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) { fmt.Fprint(w, "route ", q.URL.Path) })
	r.eq("a handshake of 0.9", string(r.w.HTTP().Get("/engine.io/1/").Body), `{"code":0,"message":"Transport unknown"}`)
	r.eq("the bare path", string(r.w.HTTP().Get("/engine.io").Body), "route /engine.io")
	r.eq("another path", string(r.w.HTTP().Get("/socket.io/?EIO=4&transport=polling").Body), "route /socket.io/")
	r.eq("a client file", string(r.w.HTTP().Get("/engine.io/socket.io.js").Body), `{"code":0,"message":"Transport unknown"}`)
}

// TestDeflate: what a client offers is agreed on, and a text is shared between
// compressed and plain receivers.
func TestDeflate(t *testing.T) {
	r := newRecord(t, engine.Config{PerMessageDeflate: &engine.Deflate{Threshold: 1}})
	k := r.w.HTTP()
	resp := k.Upgrade(sockets, "Sec-WebSocket-Extensions: permessage-deflate")
	if got := resp.Header.Get("Sec-WebSocket-Extensions"); !strings.HasPrefix(got, "permessage-deflate") {
		t.Errorf("agreed on %q", got)
	}
	plain := r.w.HTTP()
	plain.Upgrade(sockets)
	plain.Text()
	if err := r.srv.SendPacket(engine.Text(strings.Repeat("x", 1000))); err != nil {
		t.Fatal(err)
	}
	if got := plain.Frame(); got.Op != siotest.Text || len(got.Payload) != 1001 {
		t.Errorf("%d bytes", len(got.Payload))
	}
}
