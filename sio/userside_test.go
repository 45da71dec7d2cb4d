package sio_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// What a TornadIO2 programmer has, seen with clients of both generations.

var generations = []sio.Generation{sio.Legacy, sio.Modern}

// TestOnOpenData: arguments, cookies and address; an error refuses.
func TestOnOpenData(t *testing.T) {
	for _, g := range generations {
		w := siotest.New(t, siotest.Options{})
		srv := w.Server(sio.Config{})
		var got string
		sio.Of(srv, "/private", func(c *opener) {
			c.open = func(h *sio.Handshake) error {
				got = fmt.Sprint(h.Query("id"), h.Queries()["tag"], h.Cookie("user"), h.Header("X-Thing"), h.RemoteAddr().IsValid(), h.Namespace(), h.Generation())
				if h.Query("id") == "" {
					return errors.New("who are you?")
				}
				return nil
			}
		})
		header := http.Header{"Cookie": {"a=b; user=ann"}, "X-Thing": {"x"}}
		c := w.Connect(siotest.Client{Generation: g, Namespace: "/private", Header: header, Query: url.Values{"id": {"7 ü"}, "tag": {"a", "b"}}})
		if want := fmt.Sprint("7 ü", []string{"a", "b"}, "ann", "x", true, "/private", g); c.Err() != nil || got != want {
			t.Errorf("%v: %v, got %s, want %s", g, c.Err(), got, want)
		}
		if err := w.Connect(siotest.Client{Generation: g, Namespace: "/private"}).Err(); err == nil {
			t.Errorf("%v: was let in", g)
		}
	}
}

type opener struct {
	sio.Socket
	open func(*sio.Handshake) error
}

func (c *opener) OnOpen(h *sio.Handshake) error { return c.open(h) }

// TestMessages: text and JSON, in and out, with acknowledgements both ways.
func TestMessages(t *testing.T) {
	for _, g := range generations {
		w := siotest.New(t, siotest.Options{})
		srv := w.Server(sio.Config{})
		var got []string
		acked := ""
		sio.Of(srv, "/", func(c *listener) {
			c.message = func(m sio.Message) {
				var v map[string]int
				if err := m.Decode(&v); err == nil && !m.IsText() {
					got = append(got, fmt.Sprint("json ", v["n"]))
				} else {
					got = append(got, "text "+m.Text())
				}
				_ = c.Send(m.Text())
				_ = c.SendAck(map[string]int{"n": 2}, func(a *sio.Ack) { acked = fmt.Sprint("acknowledged ", a.Err()) })
			}
		})
		c := w.Connect(siotest.Client{Generation: g, OnEvent: func(e *siotest.Event) {
			if e.WantsReply() { // not of a message of 0.x: the client has acknowledged it
				e.Reply()
			}
		}})
		c.Send("plain: 1:2")
		c.Send(map[string]int{"n": 1})
		w.Until(func() bool { return len(got) == 2 && acked != "" })
		if strings.Join(got, ", ") != "text plain: 1:2, json 1" || acked != "acknowledged <nil>" {
			t.Errorf("%v: %q, %s", g, got, acked)
		}
		if text := c.Wait("message").Text(); text != "plain: 1:2" {
			t.Errorf("%v: came back as %q", g, text)
		}
	}
}

type listener struct {
	sio.Socket
	message func(sio.Message)
}

func (c *listener) OnMessage(m sio.Message) { c.message(m) }

// TestSendAckEnds: it fails when the client leaves, and on a closed socket at
// once.
func TestSendAckEnds(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	var s *sio.Socket
	var err error
	sio.On0(srv.Of("/"), "go", func(k *sio.Socket) {
		s = k
		_ = k.SendAck("x", func(a *sio.Ack) { err = a.Err() })
	})
	c := w.Connect(siotest.Client{})
	c.Emit("go")
	c.Wait("message")
	c.Close()
	w.Until(func() bool { return err != nil })
	if !errors.Is(err, sio.ErrClosed) || !errors.Is(s.SendAck("y", nil), sio.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// TestAnswers: the result of a handler with any count of arguments is the
// acknowledgement.
func TestAnswers(t *testing.T) {
	for _, g := range generations {
		w := siotest.New(t, siotest.Options{})
		ns := w.Server(sio.Config{}).Of("/")
		sio.Answer0(ns, "0", func(*sio.Socket) string { return "none" })
		sio.Answer(ns, "1", func(_ *sio.Socket, a int) int { return a })
		sio.Answer2(ns, "2", func(_ *sio.Socket, a, b int) int { return a + b })
		sio.Answer3(ns, "3", func(_ *sio.Socket, a, b, c int) []int { return []int{c, b, a} }, sio.Concurrent)
		c := w.Connect(siotest.Client{Generation: g})
		var none string
		var one, two int
		var three []int
		c.EmitAck("0", "surplus").Wait().Decode(&none)
		c.EmitAck("1", 1).Wait().Decode(&one)
		c.EmitAck("2", 1, 2).Wait().Decode(&two)
		c.EmitAck("3", 1, 2, 3).Wait().Decode(&three)
		if got := fmt.Sprint(none, one, two, three); got != fmt.Sprint("none", 1, 3, []int{3, 2, 1}) {
			t.Errorf("%v: %s", g, got)
		}
	}
}

// TestEndpointsOpenAndCloseInOrder: each endpoint is an object of its own; the
// root opens first and closes last.
func TestEndpointsOpenAndCloseInOrder(t *testing.T) {
	for _, how := range []string{"client", "server", "drop"} {
		for _, g := range generations {
			w := siotest.New(t, siotest.Options{})
			srv := w.Server(sio.Config{})
			var order []string
			objects := map[*logged]bool{}
			for _, name := range []string{"/", "/clock", "/game"} {
				ns := sio.Of(srv, name, func(c *logged) { c.note, objects[c] = &order, true })
				sio.On0(ns, "out", func(c *logged) { c.Disconnect() })
			}
			c := w.Connect(siotest.Client{Generation: g})
			c.Join("/clock", nil)
			c.Join("/game", nil)
			switch how {
			case "client":
				if g == sio.Modern {
					continue // its client leaves each namespace by itself
				}
				c.SendPacket("0::")
			case "server":
				c.Emit("out")
			default:
				c.Drop()
			}
			w.Until(func() bool { return srv.Stats().Connections == 0 && len(order) == 6 })
			want := "open / open /clock open /game close /game close /clock close /"
			if got := strings.Join(order, " "); got != want || len(objects) != 3 {
				t.Errorf("%v, by the %s: %s, with %d objects", g, how, got, len(objects))
			}
		}
	}
}

type logged struct {
	sio.Socket
	note *[]string
}

func (c *logged) OnOpen(*sio.Handshake) error {
	*c.note = append(*c.note, "open "+c.Namespace())
	return nil
}

func (c *logged) OnClose(sio.Reason) { *c.note = append(*c.note, "close "+c.Namespace()) }

// TestWaitingHandlerPanics: it costs its client the connection, and no one else
// anything.
func TestWaitingHandlerPanics(t *testing.T) {
	for _, o := range []sio.Option{sio.Ordered, sio.Concurrent} {
		w := siotest.New(t, siotest.Options{})
		srv := w.Server(sio.Config{})
		sio.On0(srv.Of("/"), "oops", func(*sio.Socket) { panic("oops") }, o)
		sio.Answer0(srv.Of("/"), "fine", func(*sio.Socket) string { return "fine" }, o)
		a, b := w.Connect(siotest.Client{}), w.Connect(siotest.Client{})
		a.Emit("oops")
		w.Until(func() bool { return a.Ended() && srv.Stats().Waiting == 0 }) // its goroutine ends a little later
		if s := srv.Stats(); s.Panics != 1 {
			t.Errorf("%+v", s)
		}
		var got string
		b.EmitAck("fine").Wait().Decode(&got)
		if got != "fine" {
			t.Errorf("the other client got %q", got)
		}
	}
}

// TestShutdownWithWaitingHandlers: they are told by their contexts, Shutdown
// waits for them, and OnClose follows them.
func TestShutdownWithWaitingHandlers(t *testing.T) {
	for _, o := range []sio.Option{sio.Ordered, sio.Concurrent} {
		w := siotest.New(t, siotest.Options{})
		srv := w.Server(sio.Config{})
		var order []string
		ns := sio.Of(srv, "/", func(c *logged) { c.note = &order })
		returned := false
		begun := make(chan struct{})
		sio.On0(ns, "wait", func(c *logged) {
			close(begun)
			<-c.Context().Done()
			returned = true
		}, o)
		c := w.Connect(siotest.Client{})
		c.Emit("wait")
		w.Until(func() bool { return srv.Stats().Waiting == 1 })
		<-begun
		if err := srv.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if got := strings.Join(order, " "); !returned || got != "open / close /" || srv.Stats().Waiting != 0 {
			t.Errorf("%v: returned %v, %s", o, returned, got)
		}
	}
}

// TestShutdownDoesNotWaitForEver: a handler that does not look at its context
// holds Shutdown until its own context ends.
func TestShutdownDoesNotWaitForEver(t *testing.T) {
	srv := sio.New(sio.Config{Loops: 1})
	w := siotest.New(t, siotest.Options{})
	_ = srv.Shutdown(context.Background())
	srv = w.Server(sio.Config{})
	release := make(chan struct{})
	sio.On0(srv.Of("/"), "wait", func(*sio.Socket) { <-release }, sio.Ordered)
	c := w.Connect(siotest.Client{})
	c.Emit("wait")
	w.Until(func() bool { return srv.Stats().Waiting == 1 })
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := srv.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Shutdown: %v, want that of its context", err)
	}
	close(release)
}
