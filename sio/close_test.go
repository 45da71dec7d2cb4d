package sio_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// leaver notes what OnClose sees.
type leaver struct {
	sio.Socket
	why   sio.Reason
	cause error
	rooms []string
	ended bool
}

func (l *leaver) OnOpen(*sio.Handshake) error { return l.Join("a", "b") }

func (l *leaver) OnClose(why sio.Reason) {
	l.why, l.cause, l.rooms, l.ended = why, l.CloseCause(), l.Rooms(), true
	_ = l.To("a").Emit("left", why.String())
}

// TestReasonsHaveTheReferencesWords: each end of a socket, made by what causes
// it, in the words of socket.io 4.8.
func TestReasonsHaveTheReferencesWords(t *testing.T) {
	for want, c := range map[string]struct {
		client siotest.Client
		end    func(w *siotest.World, srv *sio.Server, c *siotest.Conn, s *leaver)
	}{
		"transport close": {end: func(_ *siotest.World, _ *sio.Server, c *siotest.Conn, _ *leaver) { c.Drop() }},
		"ping timeout": {client: siotest.Client{Mute: true}, end: func(w *siotest.World, _ *sio.Server, _ *siotest.Conn, _ *leaver) {
			w.Advance(2 * time.Minute)
		}},
		"client namespace disconnect": {end: func(_ *siotest.World, _ *sio.Server, c *siotest.Conn, _ *leaver) { c.Close() }},
		"server namespace disconnect": {end: func(_ *siotest.World, _ *sio.Server, _ *siotest.Conn, s *leaver) { s.Close() }},
		"forced server close": {end: func(_ *siotest.World, _ *sio.Server, c *siotest.Conn, _ *leaver) {
			c.Emit("panic")
		}},
		"server shutting down": {end: func(_ *siotest.World, srv *sio.Server, _ *siotest.Conn, _ *leaver) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_ = srv.Shutdown(ctx)
		}},
	} {
		t.Run(want, func(t *testing.T) {
			w := siotest.New(t, siotest.Options{})
			srv := w.Server(sio.Config{})
			var s *leaver
			sio.On0(sio.Of(srv, "/x", func(l *leaver) { s = l }), "panic", func(*leaver) { panic("oops") })
			c.client.Namespace = "/x"
			conn := w.Connect(c.client)
			c.end(w, srv, conn, s)
			w.Until(func() bool { return s.ended })
			if s.why.String() != want {
				t.Errorf("closed by %q", s.why)
			}
		})
	}
}

// TestClientsPingIsATransportError, and a connection that is reset has closed,
// as in engine.io 6 with ws.
func TestClientsPingIsATransportError(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	var s *leaver
	sio.Of(w.Server(sio.Config{}), "/", func(l *leaver) { s = l })
	dialRaw(w).WriteFrame(siotest.Text, "2")
	w.Until(func() bool { return s.ended })
	if s.why.String() != "transport error" {
		t.Errorf("closed by %q", s.why)
	}
	w.Connect(siotest.Client{}).Reset()
	w.Until(func() bool { return s.ended })
	if s.why.String() != "transport close" {
		t.Errorf("a reset is %q", s.why)
	}
}

// TestDisconnectingHasRooms: OnClose is the reference's "disconnecting". The
// rooms are still there and can be told; afterwards the socket is in none.
func TestDisconnectingHasRooms(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{Loops: 1})
	var all []*leaver
	ns := sio.Of(srv, "/", func(l *leaver) { all = append(all, l) })
	a, b := w.Connect(siotest.Client{}), w.Connect(siotest.Client{})
	a.Close()
	if got := b.Wait("left").Text(); got != "client namespace disconnect" {
		t.Errorf("the room heard %q", got)
	}
	slices.Sort(all[0].rooms)
	if !slices.Equal(all[0].rooms, []string{"a", "b"}) {
		t.Errorf("in OnClose the rooms were %v", all[0].rooms)
	}
	after := []string{"?"}
	_ = srv.Do(func() { after = all[0].Rooms() })
	w.Until(func() bool { return len(after) == 0 })
	if ns.Len() != 1 {
		t.Errorf("%d clients are left", ns.Len())
	}
}

// TestDetail14: what closes the connection in protocol 5, with the reason and
// the cause that the server's side sees; and what does not.
func TestDetail14(t *testing.T) {
	for _, c := range []struct {
		name    string
		packets []string // "b:" in front: binary
		cause   string   // "": stays
	}{
		{"an event for a namespace not joined", []string{`42/no,["x"]`}, "not joined"},
		{"a second CONNECT", []string{"40"}, "second request"},
		{"a reserved event name", []string{`42["disconnecting"]`}, "reserved event name"},
		{"a reserved event name in escapes", []string{`42["connect\u005ferror"]`}, "reserved event name"},
		{"text while attachments are due", []string{`451-["x",{"_placeholder":true,"num":0}]`, `42["x"]`}, "text while"},
		{"10 attachments", append([]string{`4510-["x"]`}, slices.Repeat([]string{"b:x"}, 10)...), ""},
		{"more than 10 attachments", []string{`4511-["x"]`}, "too many attachments"},
		{"a bad placeholder", []string{`451-["x",{"_placeholder":true,"num":1}]`, "b:x"}, "illegal attachments"},
		{"an attachment without a packet", []string{"b:x"}, "an attachment without"},
		{"an event that is no array", []string{`42{}`}, "invalid payload"},
		{"an event without a name", []string{`42[]`}, "event without a name"},
		{"CONNECT_ERROR from a client", []string{`44{"message":"x"}`}, "only servers"},
		{"an unknown type", []string{`47`}, "unknown packet type"},
		{"an acknowledgement without an id", []string{`43[]`}, "without an id"},
		{"an unknown acknowledgement", []string{`4399[]`}, ""},
		{"an unknown event", []string{`42["what?"]`}, ""},
		{"an event with a number for a name", []string{`42[5]`}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := siotest.New(t, siotest.Options{})
			var s *leaver
			ns := sio.Of(w.Server(sio.Config{}), "/", func(l *leaver) { s = l })
			sio.Answer(ns, "echo", func(_ *leaver, n int) int { return n })
			r := dialRaw(w)
			for _, p := range c.packets {
				if b, ok := strings.CutPrefix(p, "b:"); ok {
					r.WriteFrame(siotest.Binary, b)
				} else {
					r.WriteFrame(siotest.Text, p)
				}
			}
			if c.cause == "" {
				r.WriteFrame(siotest.Text, `420["echo",5]`)
				if got := r.Text(); got != "430[5]" {
					t.Errorf("got %q", got)
				}
				return
			}
			if f := r.Frame(); f.Op != siotest.CloseFrame || f.Code != 1005 {
				t.Errorf("frame %+v, want a close frame without a code", f)
			}
			want := sio.ParseError
			if c.cause == "not joined" {
				want = sio.ForcedClose
			}
			if s.why != want || s.cause == nil || !strings.Contains(s.cause.Error(), c.cause) {
				t.Errorf("closed by %q, %v; want %q, %s", s.why, s.cause, want, c.cause)
			}
		})
	}
}

// TestDetail12: nothing of Socket.IO comes before the client's CONNECT, and the
// id in its answer is not the session's.
func TestDetail12(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{PingInterval: time.Hour, ConnectTimeout: 2 * time.Hour})
	sio.Of(srv, "/", func(*leaver) {})
	r := w.HTTP()
	r.Upgrade("/socket.io/?EIO=4&transport=websocket")
	_, rest, _ := strings.Cut(r.Text(), `0{"sid":"`)
	engine, _, _ := strings.Cut(rest, `"`)
	_ = srv.Of("/x").To().Emit("early")
	w.Advance(time.Minute)
	if got := r.Bytes(); len(got) > 0 {
		t.Errorf("before CONNECT came %q", got)
	}
	r.WriteFrame(siotest.Text, "40")
	id, ok := strings.CutPrefix(r.Text(), `40{"sid":"`)
	if !ok || len(id) != 22 || strings.HasPrefix(id, engine) || len(engine) != 20 {
		t.Errorf("engine %q, socket %q", engine, id)
	}
}

// TestDetail13: a refusal is an object, without data when there is none, and
// the connection stays.
func TestDetail13(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	srv.Of("/data").Use(func(*sio.Handshake) error { return &sio.RefusedError{Message: "no", Data: 0} })
	srv.Of("/none").Use(func(*sio.Handshake) error { return &sio.RefusedError{Message: "no \"you\""} })
	sio.Answer(srv.Of("/"), "echo", func(_ *sio.Socket, n int) int { return n })
	r := dialRaw(w)
	for packet, want := range map[string]string{
		"40/data,":    `44/data,{"message":"no","data":0}`,
		"40/none":     `44/none,{"message":"no \"you\""}`,
		"40/random,":  `44/random,{"message":"Invalid namespace"}`,
		"40/q?a=b,{}": `44/q?a=b,{"message":"Invalid namespace"}`,
	} {
		r.WriteFrame(siotest.Text, packet)
		if got := r.Text(); got != want {
			t.Errorf("%s: got %s, want %s", packet, got, want)
		}
	}
	r.WriteFrame(siotest.Text, `420["echo",5]`)
	if got := r.Text(); got != "430[5]" {
		t.Errorf("got %q", got)
	}
}

// TestConnectTimeout: a connection without a namespace is closed at that time,
// one that has joined, or left, one is not.
func TestConnectTimeout(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{ConnectTimeout: 10 * time.Second})
	r := w.HTTP()
	r.Upgrade("/socket.io/?EIO=4&transport=websocket")
	r.Text()
	joined := w.Connect(siotest.Client{})
	w.Advance(9 * time.Second)
	if n := srv.Stats().Sessions; n != 2 {
		t.Errorf("%d sessions before the time", n)
	}
	if f := r.Frame(); f.Op != siotest.CloseFrame {
		t.Errorf("frame %+v", f)
	}
	w.Advance(time.Minute)
	if n := srv.Stats().Sessions; n != 1 || !joined.Joined() {
		t.Errorf("%d sessions after the time", n)
	}
}

// A client that is sent away while it upgrades hears so, whatever the order in
// which the goodbye, the noops and the end of the probe reach it.
func TestKickedWhileUpgrading(t *testing.T) {
	for seed := int64(1); seed <= 80; seed++ {
		w := siotest.New(t, siotest.Options{Seed: seed, Network: ioloop.SimConfig{LatencyMin: 20 * time.Millisecond, LatencyMax: 300 * time.Millisecond}})
		srv := w.Server(sio.Config{})
		sio.On0(srv.Of("/"), "kick", func(s *sio.Socket) { s.Disconnect() })
		c := w.Connect(siotest.Client{Transport: "upgrade"})
		c.Emit("kick")
		if why := c.WaitClosed(); why != "io server disconnect" {
			t.Errorf("seed %d: %q", seed, why)
		}
		w.Until(func() bool { return srv.Stats().Sessions == 0 && srv.Stats().Conns == 0 })
		w.Close()
	}
}
