package sio_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// TestMsgpack: everything of Socket.IO over msgpack, on both transports, and
// clients of 0.9 beside it as ever.
func TestMsgpack(t *testing.T) {
	for _, transport := range []string{"websocket", "polling", "upgrade"} {
		t.Run(transport, func(t *testing.T) {
			w := siotest.New(t, siotest.Options{})
			srv := w.Server(sio.Config{Parser: sio.ParserMsgpack})
			ns := srv.Of("/chat")
			type part struct {
				Name string     `json:"name"`
				Data sio.Binary `json:"data"`
			}
			sio.Answer(ns, "bytes", func(_ *sio.Socket, b []byte) []byte { return append(b, '!') })
			sio.Answer(ns, "part", func(_ *sio.Socket, p part) part { return part{p.Name + "!", append(p.Data, '!')} })
			sio.Answer(ns, "any", func(_ *sio.Socket, v any) any { return v })
			sio.On0(ns, "ask", func(s *sio.Socket) {
				_ = s.EmitAck("question", func(a *sio.Ack) {
					var b []byte
					_ = a.Decode(&b)
					_ = s.To().Emit("told", b)
					_ = s.Send("text")
				}, 1.5)
			})
			srv.Of("/no").Use(func(*sio.Handshake) error { return &sio.RefusedError{Message: "no", Data: []int{1}} })
			sio.On(srv.Of("/"), "hear", func(s *sio.Socket, v any) { _ = srv.Of("/").To().Emit("heard", v) })

			m := siotest.Client{Transport: transport, Parser: sio.ParserMsgpack, Namespace: "/chat"}
			a, b := w.Connect(m), w.Connect(m)
			var got []byte
			if a.EmitAck("bytes", []byte("x")).Wait().Decode(&got); string(got) != "x!" {
				t.Errorf("bytes: %q", got)
			}
			var p part
			if a.EmitAck("part", map[string]any{"name": "n", "data": []byte{0}}).Wait().Decode(&p); p.Name != "n!" || string(p.Data) != "\x00!" {
				t.Errorf("part: %+v", p)
			}
			var v any
			a.EmitAck("any", []any{[]byte("b"), "é", nil, -1.5}).Wait().Decode(&v)
			if s := fmt.Sprint(v); s != fmt.Sprint([]any{[]byte("b"), "é", nil, -1.5}) {
				t.Errorf("any: %s", s)
			}
			var refused *siotest.RefusedError
			if errors.As(a.Join("/no", nil).Err(), &refused); refused == nil || string(refused.Data) != "[1]" {
				t.Errorf("refusal: %+v", refused)
			}
			if errors.As(a.Join("/none", nil).Err(), &refused); refused.Message != "Invalid namespace" {
				t.Errorf("refusal: %+v", refused)
			}
			a.Emit("ask")
			a.Wait("question").Reply([]byte("yes"))
			if b.Wait("told").Decode(&got); string(got) != "yes" {
				t.Errorf("told %q", got)
			}
			if text := a.Wait("message").Text(); text != "text" {
				t.Errorf("message %q", text)
			}
			asked := make(chan []*sio.Ack, 1)
			_ = ns.To().EmitAck("all?", func(acks []*sio.Ack, _ error) { asked <- acks }, []byte("q"))
			for _, s := range []*siotest.Conn{a, b} {
				s.Wait("all?").Reply([]byte("r"))
			}
			w.Until(func() bool { return len(asked) == 1 })
			for _, ack := range <-asked {
				if _ = ack.Decode(&got); string(got) != "r" {
					t.Errorf("an answer is %q", got)
				}
			}
			root, old := a.Join("/", nil), w.Connect(siotest.Client{Generation: sio.Legacy})
			root.Emit("hear", "all")
			for _, s := range []*siotest.Socket{root, old.Socket} {
				if text := s.Wait("heard").Text(); text != "all" {
					t.Errorf("heard %q", text)
				}
			}
			a.Close()
			b.Close()
			old.Close()
			w.Until(func() bool { return srv.Stats().Sessions == 0 })
			if n := srv.Stats().Violations; n != 0 {
				t.Errorf("%d violations", n)
			}
		})
	}
}

// TestMsgpackClassic: clients 1.x and 2.x speak the server's parser too, with
// the type byte of their engine in front, and a query behind the namespace.
func TestMsgpackClassic(t *testing.T) {
	for _, transport := range []string{"websocket", "polling", "upgrade"} {
		t.Run(transport, func(t *testing.T) {
			w := siotest.New(t, siotest.Options{})
			srv := w.Server(sio.Config{Parser: sio.ParserMsgpack})
			ns := srv.Of("/chat")
			ns.Use(func(h *sio.Handshake) error {
				var auth struct{ Token string }
				if err := h.Auth(&auth); err != nil || auth.Token != "t" {
					return &sio.RefusedError{Message: "no token", Data: map[string]int{"code": 401}}
				}
				return nil
			})
			sio.On(ns, "all", func(s *sio.Socket, b []byte) { _ = ns.To().Emit("all", b) })
			sio.Answer(ns, "echo", func(_ *sio.Socket, b []byte) []byte { return b })
			c := siotest.Client{
				Generation: sio.Classic, Transport: transport, Parser: sio.ParserMsgpack,
				Namespace: "/chat", Auth: map[string]string{"token": "t"},
			}
			old := w.Connect(c)
			c.Generation = sio.Modern
			today := w.Connect(c)
			var got []byte
			if old.EmitAck("echo", []byte("x")).Wait().Decode(&got); string(got) != "x" {
				t.Errorf("echo: %q", got)
			}
			old.Emit("all", []byte("y"))
			for _, s := range []*siotest.Conn{old, today} {
				if s.Wait("all").Decode(&got); string(got) != "y" {
					t.Errorf("all: %q", got)
				}
			}
			c.Generation, c.Auth = sio.Classic, nil
			if err := w.Connect(c).Err(); err == nil || err.Error() != "siotest: refused: no token" {
				t.Errorf("refusal: %v", err)
			}
			old.Close()
			today.Close()
			w.Until(func() bool { return srv.Stats().Connections == 0 })
			if n := srv.Stats().Violations; n != 0 {
				t.Errorf("%d violations", n)
			}
		})
	}
}

// TestMsgpackRecovery: what was missed comes back as msgpack.
func TestMsgpackRecovery(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{Parser: sio.ParserMsgpack, Recovery: &sio.Recovery{}})
	var s *sio.Socket
	ns := srv.Of("/")
	sio.On0(ns, "hi", func(k *sio.Socket) { s = k; _ = k.Emit("own", "first") })
	m := siotest.Client{Parser: sio.ParserMsgpack}
	a := w.Connect(m)
	a.Emit("hi")
	a.Wait("own")
	id := a.ID()
	a.Drop()
	w.Until(s.Closed)
	_ = ns.To().Emit("missed", []byte("m"))
	m.Auth = a.Resume()
	b := w.Connect(m)
	var got []byte
	if b.Wait("missed").Decode(&got); string(got) != "m" || b.ID() != id {
		t.Errorf("missed %q, id %s, want %s", got, b.ID(), id)
	}
}

// TestMsgpackLookalike: an object that looks like a placeholder is none.
func TestMsgpackLookalike(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{Parser: sio.ParserMsgpack})
	var got string
	sio.On2(srv.Of("/"), "x", func(_ *sio.Socket, a, b any) { got = fmt.Sprint(a, b) })
	r := w.HTTP()
	r.Upgrade("/socket.io/?EIO=4&transport=websocket")
	r.Text()
	r.WriteFrame(siotest.Binary, "\x82\xa4type\x00\xa3nsp\xa1/")
	r.WriteFrame(siotest.Binary, "\x83\xa4type\x02\xa3nsp\xa1/\xa4data\x93\xa1x\xc4\x01\x07\x82\xac_placeholder\xc3\xa3num\x00")
	w.Until(func() bool { return got != "" })
	if want := fmt.Sprint([]byte{7}, map[string]any{"_placeholder": true, "num": 0.0}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestMsgpackManyBinaries: msgpack has no attachments, so Config.MaxAttachments
// does not count there.
func TestMsgpackManyBinaries(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{Parser: sio.ParserMsgpack})
	sio.Answer(srv.Of("/"), "many", func(_ *sio.Socket, all [][]byte) int { return len(bytes.Join(all, nil)) })
	c := w.Connect(siotest.Client{Parser: sio.ParserMsgpack})
	var many []any
	for range 100 {
		many = append(many, []byte("ab"))
	}
	var n int
	if c.EmitAck("many", many).Wait().Decode(&n); n != 200 {
		t.Errorf("got %d bytes", n)
	}
}

// TestMsgpackHostile: what is not msgpack, or no packet, closes the connection.
func TestMsgpackHostile(t *testing.T) {
	for name, message := range map[string]string{
		"text":          `40`,
		"no msgpack":    "\xc1",
		"empty":         "",
		"huge map":      "\xdf\xff\xff\xff\xff",
		"reserved name": "\x83\xa4type\x02\xa3nsp\xa1/\xa4data\x91\xaadisconnect",
		"not joined":    "\x83\xa4type\x02\xa3nsp\xa3/xx\xa4data\x91\xa1x",
		"joined twice":  "\x82\xa4type\x00\xa3nsp\xa1/",
		"connect error": "\x83\xa4type\x04\xa3nsp\xa1/\xa4data\xa1x",
		"deep":          "\x83\xa4type\x02\xa3nsp\xa1/\xa4data" + string(bytes.Repeat([]byte{0x91}, 100_000)),
	} {
		t.Run(name, func(t *testing.T) {
			w := siotest.New(t, siotest.Options{})
			srv := w.Server(sio.Config{Parser: sio.ParserMsgpack})
			var s *leaver
			sio.Of(srv, "/", func(l *leaver) { s = l })
			r := w.HTTP()
			r.Upgrade("/socket.io/?EIO=4&transport=websocket")
			r.Text()
			r.WriteFrame(siotest.Binary, "\x82\xa4type\x00\xa3nsp\xa1/")
			if f := r.Frame(); f.Op != siotest.Binary {
				t.Fatalf("frame %+v", f)
			}
			op := siotest.Binary
			if name == "text" {
				op = siotest.Text
			}
			r.WriteFrame(op, message)
			if f := r.Frame(); f.Op != siotest.CloseFrame {
				t.Errorf("frame %+v", f)
			}
			w.Advance(time.Second)
			if s.cause == nil {
				t.Error("no cause")
			}
		})
	}
}
