package sio_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

var bothGenerations = map[string]siotest.Client{
	"4.x":         {},
	"4.x polling": {Transport: "polling"},
	"0.x":         {Generation: sio.Legacy},
	"0.x polling": {Generation: sio.Legacy, Transport: "xhr-polling"},
}

// TestUseContext: middlewares that wait and such that don't are asked in their
// order, and the client joins when all have agreed.
func TestUseContext(t *testing.T) {
	for name, client := range bothGenerations {
		for _, ns := range []string{"/", "/other"} {
			t.Run(name+ns, func(t *testing.T) {
				w := siotest.New(t, siotest.Options{})
				srv := w.Server(sio.Config{})
				var asked []string
				n := srv.Of(ns)
				n.Use(func(*sio.Handshake) error { asked = append(asked, "first"); return nil })
				n.UseContext(func(_ context.Context, h *sio.Handshake) error {
					if h.Namespace() != ns || h.Query("q") != "1" {
						return fmt.Errorf("namespace %q, query %q", h.Namespace(), h.Query("q"))
					}
					asked = append(asked, "waits")
					return nil
				})
				n.Use(func(*sio.Handshake) error { asked = append(asked, "last"); return nil })
				sio.Answer(n, "echo", func(_ *sio.Socket, n int) int { return n })
				client.Namespace, client.Query = ns, map[string][]string{"q": {"1"}}
				c := w.Connect(client)
				if err := c.Err(); err != nil {
					t.Fatal(err)
				}
				var got int
				c.EmitAck("echo", 5).Wait().Decode(&got)
				if got != 5 || !slices.Equal(asked, []string{"first", "waits", "last"}) {
					t.Errorf("answered %d; asked %v", got, asked)
				}
			})
		}
	}
}

// TestUseContextRefuses, with data, and by a panic.
func TestUseContextRefuses(t *testing.T) {
	for name, f := range map[string]func() error{
		"not authorized": func() error {
			return &sio.RefusedError{Message: "not authorized", Data: map[string]any{"code": 7}}
		},
		"internal error": func() error { panic("x") },
	} {
		t.Run(name, func(t *testing.T) {
			w := siotest.New(t, siotest.Options{})
			srv := w.Server(sio.Config{})
			n := srv.Of("/admin")
			n.UseContext(func(context.Context, *sio.Handshake) error { return f() })
			n.Use(func(*sio.Handshake) error { t.Error("asked after a refusal"); return nil })
			c := w.Connect(siotest.Client{})
			var refused *siotest.RefusedError
			if !errors.As(c.Join("/admin", nil).Err(), &refused) || refused.Message != name {
				t.Fatalf("got %v", refused)
			}
			if name == "not authorized" && string(refused.Data) != `{"code":7}` {
				t.Errorf("data %s", refused.Data)
			}
			if !c.Joined() {
				t.Error("the connection did not stay")
			}
			w.Until(func() bool { return srv.Stats().Waiting == 0 })
		})
	}
}

// TestUseContextClientLeaves: the context ends, the answer has no effect.
func TestUseContextClientLeaves(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	n := srv.Of("/slow")
	began, left := make(chan struct{}), make(chan error, 1)
	n.UseContext(func(ctx context.Context, _ *sio.Handshake) error {
		close(began)
		<-ctx.Done()
		left <- ctx.Err()
		return nil
	})
	c := w.Connect(siotest.Client{})
	c.StartJoin("/slow", nil)
	w.Until(func() bool { return srv.Stats().Waiting == 1 })
	<-began
	c.Drop()
	w.Until(func() bool { return srv.Stats().Waiting == 0 })
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the context ended with %v", err)
	}
	w.Advance(time.Second)
	if s := srv.Stats(); s.Connections != 0 || s.Sessions != 0 || n.Len() != 0 {
		t.Errorf("%d sockets, %d sessions are left", s.Connections, s.Sessions)
	}
}

// TestUseContextLimit: above Config.MaxHandlers clients are refused.
func TestUseContextLimit(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{MaxHandlers: 1})
	release := make(chan struct{})
	srv.Of("/slow").UseContext(func(context.Context, *sio.Handshake) error { <-release; return nil })
	a := w.Connect(siotest.Client{})
	b := w.Connect(siotest.Client{})
	first := a.StartJoin("/slow", nil)
	w.Until(func() bool { return srv.Stats().Waiting == 1 })
	if err := b.Join("/slow", nil).Err(); err == nil || !strings.Contains(err.Error(), "server is busy") {
		t.Errorf("above the limit: %v", err)
	}
	close(release)
	w.Until(func() bool { return first.Joined() })
}

// TestSecondConnectWhileOneWaits closes the connection, as one for a joined
// namespace does; what else comes for that namespace closes it too.
func TestSecondConnectWhileOneWaits(t *testing.T) {
	for _, packet := range []string{"40/slow,", `42/slow,["x"]`} {
		w := siotest.New(t, siotest.Options{})
		srv := w.Server(sio.Config{})
		srv.Of("/slow").UseContext(func(ctx context.Context, _ *sio.Handshake) error { <-ctx.Done(); return nil })
		r := dialRaw(w)
		r.WriteFrame(siotest.Text, "40/slow,")
		w.Until(func() bool { return srv.Stats().Waiting == 1 })
		r.WriteFrame(siotest.Text, packet)
		if f := r.Frame(); f.Op != siotest.CloseFrame {
			t.Errorf("%s: frame %+v", packet, f)
		}
		w.Until(func() bool { return srv.Stats().Waiting == 0 })
	}
}

// TestMiddlewareCounts towards MaxNamespaces: a client can't have more under
// way than it may have joined.
func TestMiddlewareCounts(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{MaxNamespaces: 3})
	slow := srv.OfFunc(func(name string, _ *sio.Handshake) bool { return strings.HasPrefix(name, "/slow") })
	slow.UseContext(func(ctx context.Context, _ *sio.Handshake) error { <-ctx.Done(); return nil })
	r := dialRaw(w)
	r.WriteFrame(siotest.Text, "40/slow1,")
	r.WriteFrame(siotest.Text, "40/slow2,")
	w.Until(func() bool { return srv.Stats().Waiting == 2 })
	r.WriteFrame(siotest.Text, "40/slow3,")
	if f := r.Frame(); f.Op != siotest.CloseFrame {
		t.Errorf("frame %+v", f)
	}
	w.Until(func() bool { return srv.Stats().Waiting == 0 })
}

type userKey struct{}

// visitor tells what its handshake knew.
type visitor struct {
	sio.Socket
	got map[string]any
}

func (v *visitor) OnOpen(h *sio.Handshake) error {
	v.got[h.Namespace()] = h.Value(userKey{})
	return nil
}

// TestHandshakeValues: what a middleware finds out reaches those after it and
// OnOpen, in that namespace alone.
func TestHandshakeValues(t *testing.T) {
	for name, client := range bothGenerations {
		for _, waits := range []string{"", ", who waited"} {
			t.Run(name+waits, func(t *testing.T) {
				w := siotest.New(t, siotest.Options{})
				srv := w.Server(sio.Config{})
				got := map[string]any{}
				for _, ns := range []string{"/", "/other"} {
					n := sio.Of(srv, ns, func(v *visitor) { v.got = got })
					n.Use(func(h *sio.Handshake) error {
						if v := h.Value(userKey{}); v != nil {
							t.Errorf("%s begins with %v", ns, v)
						}
						h.SetValue(userKey{}, "ann in "+ns)
						return nil
					})
					if waits != "" {
						n.UseContext(func(_ context.Context, h *sio.Handshake) error {
							h.SetValue(userKey{}, fmt.Sprint(h.Value(userKey{}), waits))
							return nil
						})
					}
				}
				c := w.Connect(client)
				if err := errors.Join(c.Err(), c.Join("/other", nil).Err()); err != nil {
					t.Fatal(err)
				}
				want := map[string]any{"/": "ann in /" + waits, "/other": "ann in /other" + waits}
				if !maps.Equal(got, want) {
					t.Errorf("%v, not %v", got, want)
				}
			})
		}
	}
}

// TestRequestContextReachesHandshake: what a middleware of net/http has put
// into the request's context.
func TestRequestContextReachesHandshake(t *testing.T) {
	for _, transport := range []string{"websocket", "polling", "upgrade"} {
		w := siotest.New(t, siotest.Options{})
		srv := w.Server(sio.Config{Middleware: []func(http.Handler) http.Handler{func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), userKey{}, r.Header.Get("X-User"))))
			})
		}}})
		got := map[string]any{}
		for _, ns := range []string{"/", "/other"} {
			sio.Of(srv, ns, func(v *visitor) { v.got = got })
		}
		c := w.Connect(siotest.Client{Transport: transport, Header: http.Header{"X-User": {"ann"}}})
		if err := errors.Join(c.Err(), c.Join("/other", nil).Err()); err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(got, map[string]any{"/": "ann", "/other": "ann"}) {
			t.Errorf("%s: %v", transport, got)
		}
	}
}
