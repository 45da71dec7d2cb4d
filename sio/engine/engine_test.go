package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio/engine"
	"github.com/tornadio/tornadio/sio/siotest"
)

func TestWebSocket(t *testing.T) {
	r := newRecord(t, engine.Config{})
	k := r.w.HTTP()
	k.Upgrade(sockets + "&name=ann")
	if sid := sidOf(t, k.Text()); len(sid) != 20 {
		t.Errorf("id %q", sid)
	}
	k.WriteFrame(siotest.Text, "4häl\"é\"lo")
	r.eq("the echo", k.Text(), "4häl\"é\"lo")
	k.WriteFrame(siotest.Binary, "\x00\xff")
	if f := k.Frame(); f.Op != siotest.Binary || string(f.Payload) != "\x00\xff" {
		t.Errorf("got %+v", f)
	}
	r.saw("open websocket", `message true "häl\"é\"lo"`, `message false "\x00\xff"`)
	k.WriteFrame(siotest.CloseFrame, "")
	r.saw("close transport close")
}

func TestPolling(t *testing.T) {
	r := newRecord(t, engine.Config{})
	sid := "&sid=" + r.begin(polls)
	k := r.w.HTTP()
	if resp := k.Do("POST", polls+sid, "4a\x1e4b\x1ebAP8="); string(resp.Body) != "ok" {
		t.Fatalf("POST: %d %s", resp.Status, resp.Body)
	}
	r.eq("the poll", string(k.Get(polls+sid).Body), "4a\x1e4b\x1ebAP8=")
	r.saw("open polling", `message true "a"`, `message true "b"`, `message false "\x00\xff"`)
	k.Do("POST", polls+sid, "1")
	r.saw("close transport close")
	if resp := k.Get(polls + sid); resp.Status != 400 || !strings.Contains(string(resp.Body), "Session ID unknown") {
		t.Errorf("after the close: %d %s", resp.Status, resp.Body)
	}
}

// TestRevision3: text goes as it is, over every transport, JSONP included;
// binary data has its type in front.
func TestRevision3(t *testing.T) {
	r := newRecord(t, engine.Config{})
	target := strings.Replace(polls, "EIO=4", "EIO=3", 1)
	sid := "&sid=" + r.begin(target+"&b64=1")
	k := r.w.HTTP()
	k.Do("POST", target+sid, `8:4say "é"`)
	r.saw("open polling", `message true "say \"é\""`)
	r.eq("the poll", string(k.Get(target+sid).Body), `8:4say "é"`)
	k.Do("POST", target+sid, "6:b4AP8=")
	r.eq("base64", string(k.Get(target+sid).Body), "6:b4AP8=")

	ws := r.w.HTTP()
	ws.Upgrade(strings.Replace(target, "polling", "websocket", 1))
	sidOf(t, ws.Text())
	ws.WriteFrame(siotest.Binary, "\x04\xff")
	if f := ws.Frame(); f.Op != siotest.Binary || string(f.Payload) != "\x04\xff" {
		t.Errorf("got %+v", f)
	}
	ws.WriteFrame(siotest.Text, "2")
	r.eq("the pong", ws.Text(), "3")
	if err := r.srv.SendPacket(engine.Binary([]byte{7})); err != nil {
		t.Fatal(err)
	}
	if f := ws.Frame(); string(f.Payload) != "\x04\x07" {
		t.Errorf("to everyone: %+v", f)
	}

	jsonp := r.w.HTTP().Get(target + "&j=3")
	if !strings.HasPrefix(string(jsonp.Body), "___eio[3](") {
		t.Errorf("JSONP: %s", jsonp.Body)
	}
}

func TestDisableEIO3(t *testing.T) {
	r := newRecord(t, engine.Config{DisableEIO3: true})
	resp := r.w.HTTP().Get(strings.Replace(polls, "EIO=4", "EIO=3", 1))
	r.eq("the answer", string(resp.Body), `{"code":5,"message":"Unsupported protocol version"}`)
}

func TestUpgrade(t *testing.T) {
	r := newRecord(t, engine.Config{})
	sid := "&sid=" + r.begin(polls)
	ws := r.w.HTTP()
	ws.Upgrade(sockets + sid)
	ws.WriteFrame(siotest.Text, "2probe")
	r.eq("the probe's answer", ws.Text(), "3probe")
	r.eq("the poll that is let go", string(r.w.HTTP().Get(polls+sid).Body), "6")
	ws.WriteFrame(siotest.Text, "5")
	ws.WriteFrame(siotest.Text, "4x")
	r.eq("the echo", ws.Text(), "4x")
	r.saw("open polling", "upgrade websocket", `message true "x"`)
	if got := r.srv.Stats().Transports; got["websocket"] != 1 || got["polling"] != 0 {
		t.Errorf("transports %v", got)
	}
}

// TestSends: in OnOpen behind the open packet, from everywhere in order.
func TestSends(t *testing.T) {
	r := newRecord(t, engine.Config{InitialPacket: "first"})
	var s *engine.Socket
	r.srv.OnOpen(func(c *engine.Socket, h *engine.Handshake) error {
		s = c
		if !strings.HasPrefix(h.URL(), sockets) || h.Query("name") != "ann" || h.Header("X-A") != "b" ||
			h.Cookie("c") != "d" || h.Protocol() != 4 || c.Protocol() != 4 || h.Secure() || h.TLS() != nil ||
			h.Queries().Get("name") != "ann" || h.Headers().Get("X-A") != "b" || c.RemoteAddr() != h.RemoteAddr() {
			t.Errorf("handshake %s %v", h.URL(), h.Headers())
		}
		h = h.Clone()
		c.Do(func() { _ = c.Send("of " + h.Query("name")) })
		return c.Send("second")
	})
	k := r.w.HTTP()
	k.Upgrade(sockets+"&name=ann", "X-A: b", "Cookie: c=d")
	if sid := sidOf(t, k.Text()); s.ID() != sid || s.Server() != r.srv {
		t.Errorf("ids %s and %s", sid, s.ID())
	}
	_ = s.Send("third") // not on the loop
	_ = r.srv.Send("all")
	r.srv.With(s.ID(), func(c *engine.Socket) { _ = c.SendPacket(engine.Text("with").Compress(false)) })
	r.srv.Each(func(c *engine.Socket) {
		_ = c.Send("each")
		if c.Waiting() < len("4each") || c.Transport() != "websocket" {
			t.Errorf("%d bytes wait on %s", c.Waiting(), c.Transport())
		}
	})
	for _, want := range []string{"4first", "4second", "4of ann", "4third", "4all", "4with", "4each"} {
		r.eq("a message", k.Text(), want)
	}
	for _, bad := range []string{"\xff", "a\x1e1"} { // the second one would end the session of a client that polls
		if err := s.Send(bad); !errors.Is(err, engine.ErrText) {
			t.Errorf("%q: %v", bad, err)
		}
		if err := r.srv.Send(bad); !errors.Is(err, engine.ErrText) {
			t.Errorf("%q, to everyone: %v", bad, err)
		}
	}
	s.Close()
	r.saw("close forced close")
	if err := s.Send("x"); !errors.Is(err, engine.ErrClosed) || !s.Closed() || s.SendBinary(nil) == nil {
		t.Errorf("after the close: %v", err)
	}
	k.Frame()
	k.WaitClosed()
	if (&engine.Socket{}).ID() != "" || (&engine.Socket{}).Send("") == nil {
		t.Error("the zero Socket")
	}
}

// TestRefusals: by OnOpen with its words, by a panic there, by AllowRequest, by
// MaxSessions; and a Close inside OnOpen, which is none.
func TestRefusals(t *testing.T) {
	refusals := 0
	r := newRecord(t, engine.Config{MaxSessions: 1, OnConnectionError: func(e *engine.ConnectionError) { refusals++ }})
	answer := func() string { return string(r.w.HTTP().Get(polls).Body) }
	for _, tt := range []struct {
		open func(c *engine.Socket, _ *engine.Handshake) error
		want string
	}{
		{func(*engine.Socket, *engine.Handshake) error { return errors.New("not today") }, `{"code":4,"message":"not today"}`},
		{func(*engine.Socket, *engine.Handshake) error { return errors.New("") }, `{"code":4,"message":"Forbidden"}`},
		{func(*engine.Socket, *engine.Handshake) error { panic("x") }, `{"code":4,"message":"internal error"}`},
	} {
		r.srv.OnOpen(tt.open)
		r.eq("the answer", answer(), tt.want)
	}
	r.srv.OnOpen(func(c *engine.Socket, _ *engine.Handshake) error {
		_ = c.Send("full")
		c.Close()
		return nil
	})
	resp := r.w.HTTP().Get(polls)
	sid := sidOf(t, string(resp.Body))
	if !strings.HasSuffix(string(resp.Body), "\x1e4full") {
		t.Errorf("closed inside OnOpen: %s", resp.Body)
	}
	r.eq("the next poll", string(r.w.HTTP().Get(polls+"&sid="+sid).Body), "1")
	r.saw("close forced close")
	r.srv.OnOpen(nil)
	r.begin(polls)
	r.eq("above MaxSessions", answer(), `{"code":4,"message":"too many sessions"}`)
	if s := r.srv.Stats(); s.Sessions != 1 || s.Opened != 2 || s.Refused != 4 || s.RefusedBy[403] != 4 || s.Panics != 1 ||
		s.Ended["forced close"] != 1 || refusals != 4 || r.srv.Len() != 1 {
		t.Errorf("stats %+v, %d refusals", s, refusals)
	}
}

// TestReasons: each in the reference's words.
func TestReasons(t *testing.T) {
	for want, end := range map[string]func(*record, *siotest.Raw){
		"transport close": func(_ *record, k *siotest.Raw) { k.Close() },
		"transport error": func(_ *record, k *siotest.Raw) { k.Write("\xff\xff\xff\xff") },
		"ping timeout":    func(r *record, _ *siotest.Raw) { r.w.Advance(46 * time.Second) },
		"parse error":     func(_ *record, k *siotest.Raw) { k.WriteFrame(siotest.Text, "x") },
		"forced close": func(r *record, k *siotest.Raw) {
			r.srv.OnMessage(func(*engine.Socket, engine.Message) { panic("x") })
			k.WriteFrame(siotest.Text, "4x")
		},
		"server shutting down": func(r *record, _ *siotest.Raw) {
			if err := r.srv.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
		},
	} {
		r := newRecord(t, engine.Config{})
		k := r.w.HTTP()
		k.Upgrade(sockets)
		k.Text()
		end(r, k)
		r.saw("open websocket", "close "+want)
		if got := r.srv.Stats().Ended; got[want] != 1 {
			t.Errorf("%s: %v", want, got)
		}
	}
}

func TestHeartbeat(t *testing.T) {
	r := newRecord(t, engine.Config{PingInterval: time.Second, PingTimeout: 2 * time.Second})
	k := r.w.HTTP()
	k.Upgrade(sockets)
	if open := k.Text(); !strings.Contains(open, `"pingInterval":1000,"pingTimeout":2000,"maxPayload":1000000`) {
		t.Errorf("open packet %s", open)
	}
	for range 5 {
		r.eq("the ping", k.Text(), "2")
		k.WriteFrame(siotest.Text, "3")
	}
	r.saw("open websocket")
	r.w.Advance(4 * time.Second)
	r.saw("close ping timeout")
}

// TestLimits: MaxMessage over both transports, MaxQueue for one who does not
// read.
func TestLimits(t *testing.T) {
	r := newRecord(t, engine.Config{MaxMessage: 10, MaxQueue: 100})
	k := r.w.HTTP()
	k.Upgrade(sockets)
	k.Text()
	k.WriteFrame(siotest.Text, "4"+strings.Repeat("x", 9))
	r.eq("at the limit", k.Text(), "4"+strings.Repeat("x", 9))
	k.WriteFrame(siotest.Text, "4"+strings.Repeat("x", 10))
	if f := k.Frame(); f.Code != 1009 {
		t.Errorf("above the limit: %+v", f)
	}
	sid := "&sid=" + r.begin(polls)
	if resp := r.w.HTTP().Do("POST", polls+sid, "4"+strings.Repeat("x", 10)); resp.Status != 413 {
		t.Errorf("above the limit: %d", resp.Status)
	}
	r.all = nil
	for range 11 { // 10 bytes each with their type
		_ = r.srv.Send(strings.Repeat("y", 9))
	}
	r.saw("close transport error")
}

// TestTypes: connections that are values of a struct, whose own methods stand
// in front of the server's functions.
type counted struct {
	engine.Socket
	n int
}

func (c *counted) OnMessage(m engine.Message) {
	c.n += len(m.Raw())
	_ = c.Send(strings.Repeat("*", c.n))
}

func TestTypes(t *testing.T) {
	r := newRecord(t, engine.Config{})
	engine.Accept(r.srv, func(c *counted) { c.n = 1 })
	k := r.w.HTTP()
	k.Upgrade(sockets)
	k.Text()
	k.WriteFrame(siotest.Text, "4ab")
	r.eq("the answer", k.Text(), "4***")
	k.Close()
	r.saw("open websocket", "close transport close")
	engine.Accept(r.srv, func(c *counted) {})
	if err := r.srv.Err(); err == nil || !strings.Contains(err.Error(), "engine: Accept") || !strings.Contains(err.Error(), "engine_test.go") {
		t.Errorf("a second Accept: %v", err)
	}
}

// TestCloseCause: what is known of a fault, while OnClose runs.
func TestCloseCause(t *testing.T) {
	r := newRecord(t, engine.Config{})
	var s *engine.Socket
	r.srv.OnClose(func(c *engine.Socket, why engine.Reason) {
		s = c
		r.note("%v: %v", why, c.CloseCause())
	})
	for _, write := range []string{"2", "x"} {
		k := r.w.HTTP()
		k.Upgrade(sockets)
		k.Text()
		k.WriteFrame(siotest.Text, write)
	}
	r.saw("open websocket", "transport error: a heartbeat in the wrong direction",
		"open websocket", "parse error: payload: unknown packet type at offset 0")
	if s.CloseCause() != nil {
		t.Error("the cause outlives OnClose")
	}
}
