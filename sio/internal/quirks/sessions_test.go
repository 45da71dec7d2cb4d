package quirks

import (
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// Row "websocket drop": the session ends at once, on every transport that is
// one connection. Polling waits for CloseTimeout.
func TestRow11_WebSocketDrop(t *testing.T) {
	for name, open := range map[string]func(g *rig) func(){
		"websocket": func(g *rig) func() {
			r := g.websocket(g.handshake("who=ann"))
			g.texts(r, "1::")
			return r.Close
		},
		"hixie": func(g *rig) func() {
			r := g.hixie("/socket.io/1/websocket/"+g.handshake("who=ann"), "http://x")
			g.bytes(r, frames("1::"))
			return r.Close
		},
		"htmlfile": func(g *rig) func() { return g.stream(g.handshake("who=ann")).Close },
	} {
		t.Run(name, func(t *testing.T) {
			g := start(t, sio.Config{})
			drop := open(g)
			drop()
			g.w.Advance(time.Second)
			g.ended("ann transport close")
			if n := g.srv.Stats().Sessions; n != 0 {
				t.Errorf("%d sessions", n)
			}
		})
	}
	g := start(t, sio.Config{})
	target := g.poll("who=ann")
	r := g.w.HTTP()
	r.Send("GET", target, "")
	g.w.Advance(time.Second)
	r.Close()
	g.w.Advance(59 * time.Second)
	if len(g.shut) != 0 {
		t.Fatal("a dropped poll ended its session at once")
	}
	g.w.Advance(2 * time.Second)
	g.ended("ann ping timeout")
}

// Row "first event time": OnOpen comes with the first transport, not with the
// handshake, so a session that never opens is never seen by the application.
func TestRow11_FirstEventTime(t *testing.T) {
	g := start(t, sio.Config{})
	sid := g.handshake("who=ann")
	g.handshake("who=never")
	g.w.Advance(time.Second)
	if len(g.open) != 0 {
		t.Errorf("opened at the handshake: %q", g.open)
	}
	g.want(g.get("/socket.io/1/xhr-polling/"+sid), 200, "1::")
	if len(g.open) != 1 || g.open[0] != "ann" {
		t.Errorf("opened: %q", g.open)
	}
	g.w.Advance(30 * time.Second)
	if n := g.srv.Stats().Sessions; n != 1 || len(g.open) != 1 || len(g.shut) != 0 {
		t.Errorf("%d sessions, opened %q, closed %q", n, g.open, g.shut)
	}
}

// Section 10.5, both forms of the URL: "?disconnect=1" ends the session as "0::"
// does.
func TestSyncDisconnect(t *testing.T) {
	for _, form := range []string{"/socket.io/1/xhr-polling/SID?disconnect=1", "/socket.io/1//SID/?disconnect=1",
		"/socket.io/1/websocket/SID?t=1&disconnect=1", "/socket.io/1/htmlfile/SID/?disconnect=1"} {
		g := start(t, sio.Config{})
		sid := g.handshake("who=ann")
		ws := g.websocket(sid)
		g.texts(ws, "1::")
		g.want(g.get(replaceSID(form, sid)), 200, "")
		g.ended("ann client namespace disconnect")
		g.texts(ws, "0::")
	}
}

func replaceSID(form, sid string) string {
	for i := range form {
		if form[i:i+3] == "SID" {
			return form[:i] + sid + form[i+3:]
		}
	}
	return form
}

// Section 1: the bare path greets, and a slash behind the sid is accepted.
func TestURLs(t *testing.T) {
	g := start(t, sio.Config{})
	g.want(g.get("/socket.io"), 200, "Welcome to socket.io.")
	g.want(g.get("/socket.io/1/xhr-polling/"+g.handshake("")+"/?t=1&t=2"), 200, "1::")
	if r := g.get("/socket.io/1?t=1"); r.Status != 200 {
		t.Errorf("handshake without the slash: %d", r.Status)
	}
}
