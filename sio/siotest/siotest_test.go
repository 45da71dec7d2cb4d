package siotest_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// talker is what the tests' server does with each client.
type talker struct {
	sio.Socket
	name string
	log  *[]string
}

func (k *talker) OnOpen(h *sio.Handshake) error {
	if h.Query("no") != "" {
		return &sio.RefusedError{Message: "not you", Data: map[string]int{"code": 7}}
	}
	k.name = h.Query("name")
	*k.log = append(*k.log, "open "+k.name)
	return k.Emit("hello", k.name)
}

func (k *talker) OnMessage(m sio.Message) { _ = k.Send(m.Text()) }
func (k *talker) OnClose(why sio.Reason)  { *k.log = append(*k.log, "close "+why.String()) }

// server is a server of talkers, and what they noted.
func server(w *siotest.World) (*sio.Server, *[]string) {
	log := new([]string)
	srv := w.Server(sio.Config{})
	for _, ns := range []string{"/", "/room"} {
		n := sio.Of(srv, ns, func(k *talker) { k.log = log })
		sio.On(n, "say", func(k *talker, text string) { _ = k.Emit("said", k.name, text) })
		sio.On(n, "binary", func(k *talker, b []byte) { _ = k.Emit("binary", len(b), b) })
		sio.Answer(n, "double", func(k *talker, n int) int { return 2 * n })
		sio.On0(n, "ask", func(k *talker) {
			_ = k.EmitAck("question", func(a *sio.Ack) {
				var s string
				_ = a.Decode(&s)
				_ = k.Emit("heard", s)
			}, 1)
		})
		sio.On0(n, "leave", func(k *talker) { k.Close() })
		sio.On0(n, "kick", func(k *talker) { k.Disconnect() })
	}
	return srv, log
}

// kinds are all kinds of clients.
var kinds = []siotest.Client{
	{},
	{Transport: "polling"},
	{Transport: "upgrade"},
	{Generation: sio.Legacy},
	{Generation: sio.Legacy, Transport: "xhr-polling"},
	{Generation: sio.Legacy, Transport: "jsonp-polling"},
	{Generation: sio.Legacy, Transport: "htmlfile"},
	{Generation: sio.Legacy, Transport: "flashsocket"},
	{Transport: "jsonp"},
	{Generation: sio.Classic},
	{Generation: sio.Classic, Twice: true},
	{Generation: sio.Classic, Base64: true},
	{Generation: sio.Classic, Transport: "polling"},
	{Generation: sio.Classic, Transport: "polling", Twice: true},
	{Generation: sio.Classic, Transport: "polling", Twice: true, TextBodies: true},
	{Generation: sio.Classic, Transport: "polling", Base64: true},
	{Generation: sio.Classic, Transport: "polling", Base64: true, Twice: true},
	{Generation: sio.Classic, Transport: "jsonp", Twice: true},
	{Generation: sio.Classic, Transport: "upgrade"},
	{Generation: sio.Classic, Transport: "upgrade", Base64: true},
}

// networks are how the network may behave.
var networks = map[string]ioloop.SimConfig{
	"perfect": {},
	"slow":    {LatencyMin: time.Millisecond, LatencyMax: 80 * time.Millisecond, Split: true, Stall: 0.05},
}

func each(t *testing.T, f func(t *testing.T, w *siotest.World, opt siotest.Client)) {
	for name, network := range networks {
		for _, opt := range kinds {
			t.Run(fmt.Sprintf("%s/%v-%s-%v-%v-%v", name, opt.Generation, opt.Transport, opt.Base64, opt.Twice, opt.TextBodies), func(t *testing.T) {
				t.Parallel()
				f(t, siotest.New(t, siotest.Options{Network: network}), opt)
			})
		}
	}
}

func TestTalk(t *testing.T) {
	each(t, func(t *testing.T, w *siotest.World, opt siotest.Client) {
		srv, log := server(w)
		opt.Query = url.Values{"name": {"ann"}}
		c := w.Connect(opt)
		if c.Err() != nil || !c.Joined() {
			t.Fatal("not joined:", c.Err())
		}
		if name := c.Wait("hello").Text(); name != "ann" {
			t.Errorf("hello %q", name)
		}
		c.Emit("say", "hi")
		var who, text string
		c.Wait("said").Decode(&who, &text)
		if who != "ann" || text != "hi" {
			t.Errorf("said %q, %q", who, text)
		}
		c.Send("Grüße 😀")
		if text := c.Wait("message").Text(); text != "Grüße 😀" {
			t.Errorf("message %q", text)
		}
		var n int
		c.EmitAck("double", 21).Wait().Decode(&n)
		if n != 42 {
			t.Errorf("answer %d", n)
		}
		c.Emit("ask")
		c.Wait("question").Reply("because")
		if text := c.Wait("heard").Text(); text != "because" {
			t.Errorf("heard %q", text)
		}
		c.Close()
		w.Until(c.Ended)
		if c.Closed() != "io client disconnect" {
			t.Errorf("closed: %q", c.Closed())
		}
		w.Until(func() bool { return srv.Stats().Sessions == 0 && len(*log) == 2 })
	})
}

func TestUpgrade(t *testing.T) {
	w := siotest.New(t, siotest.Options{Network: networks["slow"]})
	server(w)
	c := w.Connect(siotest.Client{Transport: "upgrade"})
	w.Until(func() bool { return c.Transport() == "websocket" })
	c.Emit("say", "hi")
	c.Wait("said")
	late := w.Connect(siotest.Client{Transport: "polling"})
	late.Emit("say", "hi")
	late.Wait("said")
	late.Upgrade()
	w.Until(func() bool { return late.Transport() == "websocket" })
	late.Emit("say", "hi")
	late.Wait("said")
}

func TestBinary(t *testing.T) {
	for _, opt := range kinds[:3] {
		w := siotest.New(t, siotest.Options{Network: networks["slow"]})
		server(w)
		c := w.Connect(opt)
		want := bytes.Repeat([]byte{0, 1, 0x1e, 255}, 5000)
		c.Emit("binary", want)
		var n int
		var b []byte
		c.Wait("binary").Decode(&n, &b)
		if n != len(want) || !bytes.Equal(b, want) {
			t.Errorf("%v: got %d bytes, told %d", c, len(b), n)
		}
	}
}

func TestRefused(t *testing.T) {
	each(t, func(t *testing.T, w *siotest.World, opt siotest.Client) {
		srv, _ := server(w)
		opt.Query = url.Values{"no": {"1"}}
		c := w.Connect(opt)
		var no *siotest.RefusedError
		if !errors.As(c.Err(), &no) || c.Joined() {
			t.Fatalf("error %v", c.Err())
		}
		message := "not you"
		if opt.Generation == sio.Classic { // either the one or the other
			message = ""
		}
		if opt.Generation != sio.Legacy && (no.Message != message || string(no.Data) != `{"code":7}`) {
			t.Errorf("refused with %q, %s", no.Message, no.Data)
		}
		w.Until(func() bool { return c.Ended() && srv.Stats().Sessions == 0 })
	})
}

func TestMiddlewareRefuses(t *testing.T) {
	each(t, func(t *testing.T, w *siotest.World, opt siotest.Client) {
		srv := w.Server(sio.Config{})
		srv.Of("/").Use(func(h *sio.Handshake) error {
			if h.Header("X-Key") != "sesame" {
				return errors.New("no key")
			}
			return nil
		})
		c := w.Connect(opt)
		var no *siotest.RefusedError
		if !errors.As(c.Err(), &no) || no.Message != "no key" {
			t.Errorf("error %v", c.Err())
		}
		opt.Header = http.Header{"X-Key": {"sesame"}}
		if c := w.Connect(opt); c.Err() != nil {
			t.Error(c.Err())
		}
	})
}

func TestNamespaces(t *testing.T) {
	each(t, func(t *testing.T, w *siotest.World, opt siotest.Client) {
		srv, _ := server(w)
		c := w.Connect(opt)
		room := c.Join("/room", nil)
		room.Emit("say", "inside")
		room.Wait("said")
		c.Emit("say", "outside")
		c.Wait("said")
		if n := len(room.Events()); n != 2 { // hello, said
			t.Errorf("%d events in the room", n)
		}
		room.Emit("leave")
		if why := room.WaitClosed(); why != "io server disconnect" {
			t.Errorf("closed: %q", why)
		}
		room = c.Join("/room", nil)
		room.Leave()
		c.Emit("say", "still here")
		c.Wait("said")
		direct := opt
		direct.Namespace = "/room"
		d := w.Connect(direct)
		d.Emit("say", "hi")
		d.Wait("said")
		d.Close()
		c.Close()
		w.Until(func() bool { return srv.Stats().Sessions == 0 })
	})
}

func TestUnknownNamespace(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	server(w)
	c := w.Connect(siotest.Client{})
	s := c.Join("/nowhere", nil)
	var no *siotest.RefusedError
	if !errors.As(s.Err(), &no) || no.Message != "Invalid namespace" {
		t.Errorf("error %v", s.Err())
	}
	c.Emit("say", "hi")
	c.Wait("said")
}

func TestKicked(t *testing.T) {
	each(t, func(t *testing.T, w *siotest.World, opt siotest.Client) {
		srv, log := server(w)
		c := w.Connect(opt)
		c.Emit("kick")
		if why := c.WaitClosed(); why != "io server disconnect" {
			t.Errorf("closed: %q", why)
		}
		w.Until(func() bool { return c.Ended() && srv.Stats().Sessions == 0 && srv.Stats().Conns == 0 })
		if len(*log) != 2 || (*log)[1] != "close server namespace disconnect" {
			t.Errorf("server saw %q", *log)
		}
	})
}

func TestHeartbeats(t *testing.T) {
	each(t, func(t *testing.T, w *siotest.World, opt siotest.Client) {
		srv, log := server(w)
		c := w.Connect(opt)
		w.Advance(10 * time.Minute)
		if c.Ended() {
			t.Fatalf("closed: %q, %q", c.Closed(), *log)
		}
		c.Emit("say", "still here")
		c.Wait("said")
		if n := srv.Stats().Sessions; n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

func TestMute(t *testing.T) {
	each(t, func(t *testing.T, w *siotest.World, opt siotest.Client) {
		srv, log := server(w)
		opt.Mute = true
		c := w.Connect(opt)
		w.Advance(3 * time.Minute)
		if strings.HasSuffix(opt.Transport, "-polling") { // which has no heartbeats
			if c.Ended() {
				t.Errorf("closed: %q", c.Closed())
			}
			return
		}
		if !c.Ended() || srv.Stats().Sessions != 0 || len(*log) != 2 || (*log)[1] != "close ping timeout" {
			t.Errorf("closed: %q, %q", c.Closed(), *log)
		}
	})
}

func TestLost(t *testing.T) {
	ways := map[string]func(*siotest.Conn){
		"drop": (*siotest.Conn).Drop, "reset": (*siotest.Conn).Reset, "vanish": (*siotest.Conn).Vanish,
	}
	for name, lose := range ways {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *siotest.World, opt siotest.Client) {
				srv, log := server(w)
				c := w.Connect(opt)
				lose(c)
				if c.Closed() != "transport close" {
					t.Errorf("closed: %q", c.Closed())
				}
				w.Advance(3 * time.Minute)
				if st := srv.Stats(); st.Sessions != 0 || st.Conns != 0 || len(*log) != 2 {
					t.Errorf("%+v, %q", st, *log)
				}
			})
		})
	}
}

func TestPause(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{MaxQueue: 1 << 20})
	sio.On(srv.Of("/"), "flood", func(s *sio.Socket, n int) {
		for range n {
			_ = s.Emit("drop", string(bytes.Repeat([]byte("x"), 1000)))
		}
	})
	c := w.Connect(siotest.Client{})
	c.Emit("flood", 500)
	c.Pause(true)
	w.Advance(time.Second)
	if n := len(c.Events()); n != 0 {
		t.Fatalf("%d events for a client that does not read", n)
	}
	c.Pause(false)
	w.Until(func() bool { return len(c.Events()) == 500 })
	c.Pause(true)
	c.Emit("flood", 3000)
	w.Advance(30 * time.Second)
	if n := srv.Stats().Sessions; n != 0 {
		t.Errorf("%d sessions, of a client that takes nothing any more", n)
	}
}

func TestShutdown(t *testing.T) {
	each(t, func(t *testing.T, w *siotest.World, opt siotest.Client) {
		srv, log := server(w)
		c := w.Connect(opt)
		if err := srv.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		w.Until(c.Ended)
		if len(*log) != 2 || (*log)[1] != "close server shutting down" {
			t.Errorf("server saw %q", *log)
		}
		server(w) // another one, to come back to
		if c := w.Connect(opt); c.Err() != nil {
			t.Error(c.Err())
		}
	})
}

func TestOrdinaryHTTP(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv, _ := server(w)
	srv.HandleFunc("/time", func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, "now") })
	h := w.HTTP()
	if r := h.Get("/time"); r.Status != 200 || string(r.Body) != "now" {
		t.Errorf("%d %q", r.Status, r.Body)
	}
	if r := h.Do("HEAD", "/time", ""); r.Status != 200 || len(r.Body) != 0 {
		t.Errorf("%d %q", r.Status, r.Body)
	}
	if r := h.Get("/nowhere"); r.Status != 404 {
		t.Errorf("%d %q", r.Status, r.Body)
	}
}

func TestRaw(t *testing.T) {
	w := siotest.New(t, siotest.Options{Network: networks["slow"]})
	server(w)
	h := w.HTTP()
	if r := h.Get("/socket.io/?EIO=4&transport=smoke"); r.Status != 400 || string(r.Body) != `{"code":0,"message":"Transport unknown"}` {
		t.Errorf("%d %q", r.Status, r.Body)
	}
	ws := w.HTTP()
	if r := ws.Upgrade("/socket.io/?EIO=4&transport=websocket"); r.Status != 101 {
		t.Fatalf("%d %q", r.Status, r.Body)
	}
	if open := ws.Text(); open[:8] != `0{"sid":` {
		t.Errorf("open packet %q", open)
	}
	ws.WriteFrame(siotest.Text, "40")
	ws.Text()
	if hello := ws.Text(); hello != `42["hello",""]` {
		t.Errorf("%q", hello)
	}
	ws.Write("\xff")
	ws.WriteFrame(siotest.Text, "x")
	if f := ws.Frame(); f.Op != siotest.CloseFrame || f.Code != 1002 {
		t.Errorf("%+v", f)
	}
	ws.Close()
}

func TestSameSeedSameWorld(t *testing.T) {
	run := func() string {
		w := siotest.New(t, siotest.Options{Seed: 7, Network: networks["slow"]})
		server(w)
		var trace bytes.Buffer
		for i, opt := range append(kinds, kinds...) {
			c := w.Dial(opt)
			c.OnEvent = func(e *siotest.Event) { fmt.Fprintln(&trace, i, e.At, e.Name, e.Raw()) }
			for n := range 5 {
				c.Emit("say", fmt.Sprint(n))
			}
		}
		w.Advance(30 * time.Second)
		return trace.String()
	}
	if a, b := run(), run(); a != b || a == "" {
		t.Errorf("two runs differ:\n%s\n%s", a, b)
	}
}

// A handler that waits takes no virtual time: no heartbeat is missed meanwhile.
func TestWaitingHandlers(t *testing.T) {
	w := siotest.New(t, siotest.Options{Network: networks["slow"]})
	srv := w.Server(sio.Config{})
	ns := srv.Of("/")
	sio.Answer(ns, "slow", func(_ *sio.Socket, n int) int {
		time.Sleep(5 * time.Millisecond)
		return n
	}, sio.Ordered)
	srv.HandleFunc("/slow", func(rw http.ResponseWriter, _ *http.Request) {
		time.Sleep(5 * time.Millisecond)
		fmt.Fprint(rw, "done")
	})
	for _, opt := range kinds {
		c := w.Connect(opt)
		h := w.HTTP()
		before := w.Now()
		acks := []*siotest.Ack{c.EmitAck("slow", 0), c.EmitAck("slow", 1), c.EmitAck("slow", 2)}
		h.Send("GET", "/slow", "")
		w.Advance(3 * time.Second)
		for i, a := range acks {
			var n int
			if !a.Done() {
				t.Fatalf("%v: answer %d is not there after %v", c, i, w.Now().Sub(before))
			}
			if a.Decode(&n); n != i {
				t.Errorf("answer %d is %d", i, n)
			}
		}
		if r := h.TryResponse(); r == nil || string(r.Body) != "done" {
			t.Errorf("%v: no answer to the request", c)
		}
	}
}
