package sio_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// TestFaults: what a client does wrong, or what befalls its connection, with the
// reference's word for it and the cause that OnClose can read.
func TestFaults(t *testing.T) {
	const polling = "/socket.io/?EIO=4&transport=polling"
	for _, tt := range []struct {
		name   string
		why    string
		cause  string // "": nil
		polls  bool
		config sio.Config
		do     func(w *siotest.World, s *leaver, r *siotest.Raw, sid string)
	}{
		{name: "a frame with reserved bits", why: "transport error", cause: "reserved bit",
			do: func(_ *siotest.World, _ *leaver, r *siotest.Raw, _ string) { r.Write("\xf1\x80\x00\x00\x00\x00") }},
		{name: "a message above MaxMessage", why: "transport error", cause: "exceeds the limit", config: sio.Config{MaxMessage: 100},
			do: func(_ *siotest.World, _ *leaver, r *siotest.Raw, _ string) {
				r.WriteFrame(siotest.Text, "42"+strings.Repeat("x", 100))
			}},
		{name: "a heartbeat in the wrong direction", why: "transport error", cause: "wrong direction",
			do: func(_ *siotest.World, _ *leaver, r *siotest.Raw, _ string) { r.WriteFrame(siotest.Text, "2") }},
		{name: "an upgrade without a probe", why: "transport error", cause: "out of its place",
			do: func(_ *siotest.World, _ *leaver, r *siotest.Raw, _ string) { r.WriteFrame(siotest.Text, "5") }},
		{name: "no packet of Engine.IO", why: "parse error", cause: "payload:",
			do: func(_ *siotest.World, _ *leaver, r *siotest.Raw, _ string) { r.WriteFrame(siotest.Text, "x") }},
		{name: "no packet of Socket.IO", why: "parse error", cause: "unknown packet type",
			do: func(_ *siotest.World, _ *leaver, r *siotest.Raw, _ string) { r.WriteFrame(siotest.Text, "4x") }},
		{name: "a namespace not joined", why: "forced close", cause: "not joined",
			do: func(_ *siotest.World, _ *leaver, r *siotest.Raw, _ string) { r.WriteFrame(siotest.Text, `42/no,["x"]`) }},
		{name: "more than MaxQueue", why: "transport error", cause: "Config.MaxQueue", config: sio.Config{MaxQueue: 100},
			do: func(_ *siotest.World, s *leaver, _ *siotest.Raw, _ string) {
				s.Do(func() {
					for range 20 {
						_ = s.Emit("x", "0123456789")
					}
				})
			}},
		{name: "two polls", why: "transport error", cause: "two polls", polls: true,
			do: func(w *siotest.World, _ *leaver, r *siotest.Raw, sid string) {
				r.Send("GET", polling+sid, "")
				w.HTTP().Get(polling + sid)
			}},
		{name: "a poll broken off", why: "transport error", cause: "poll that was broken off", polls: true,
			do: func(w *siotest.World, _ *leaver, r *siotest.Raw, sid string) {
				r.Send("GET", polling+sid, "")
				w.Advance(time.Second)
				r.Close()
			}},
		{name: "a POST broken off", why: "transport error", cause: "POST that was broken off", polls: true,
			do: func(w *siotest.World, _ *leaver, r *siotest.Raw, sid string) {
				r.Write("POST " + polling + sid + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n42")
				w.Advance(time.Second)
				r.Close()
			}},
		{name: "a body that is no payload", why: "parse error", cause: "payload:", polls: true,
			do: func(_ *siotest.World, _ *leaver, r *siotest.Raw, sid string) { r.Do("POST", polling+sid, "x") }},
		{name: "a reset", why: "transport close", cause: "reset",
			do: func(_ *siotest.World, _ *leaver, r *siotest.Raw, _ string) { r.Conn().Reset() }},
		{name: "the end of the connection", why: "transport close",
			do: func(_ *siotest.World, _ *leaver, r *siotest.Raw, _ string) { r.Close() }},
		{name: "a close frame", why: "transport close",
			do: func(_ *siotest.World, _ *leaver, r *siotest.Raw, _ string) { r.WriteFrame(siotest.CloseFrame, "") }},
		{name: "the client's goodbye", why: "transport close", polls: true,
			do: func(_ *siotest.World, _ *leaver, r *siotest.Raw, sid string) { r.Do("POST", polling+sid, "1") }},
		{name: "silence", why: "ping timeout",
			do: func(w *siotest.World, _ *leaver, _ *siotest.Raw, _ string) { w.Advance(time.Minute) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := siotest.New(t, siotest.Options{})
			srv := w.Server(tt.config)
			var s *leaver
			sio.Of(srv, "/", func(l *leaver) { s = l })
			var r *siotest.Raw
			sid := ""
			if tt.polls {
				r = w.HTTP()
				_, rest, _ := strings.Cut(string(r.Get(polling).Body), `"sid":"`)
				sid, _, _ = strings.Cut(rest, `"`)
				sid = "&sid=" + sid
				r.Do("POST", polling+sid, "40")
				r.Get(polling + sid)
			} else {
				r = dialRaw(w)
			}
			tt.do(w, s, r, sid)
			w.Until(func() bool { return s.ended })
			if s.why.String() != tt.why || (s.cause == nil) != (tt.cause == "") ||
				s.cause != nil && !strings.Contains(s.cause.Error(), tt.cause) {
				t.Errorf("closed by %q, %v; want %q, %q", s.why, s.cause, tt.why, tt.cause)
			}
		})
	}
}
