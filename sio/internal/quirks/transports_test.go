package quirks

import (
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
	"github.com/tornadio/tornadio/sio/siotest"
)

// Row "0.9.15+: htmlfile turns literal \/ into /": no slash is escaped for the
// page, so only text with a literal \/ of its own changes.
func TestRow12_HTMLFileSlashes(t *testing.T) {
	g := start(t, sio.Config{})
	sid := g.handshake("")
	page := g.stream(sid)
	g.post("/socket.io/1/htmlfile/"+sid, "3:::http://x/y</script>")
	g.scripts(page, `<script>_("3:::http://x/y\u003c/script>");</script>`)
	if strings.Contains(page.Body(), `\/`) {
		t.Errorf("the page is %q", page.Body())
	}
}

// Row "all: fallback to the next transport on the same sid without closing the
// first; the late close of the first one then disconnects the client": the
// session moves, says "1::" again while nothing was heard, and the first one
// stays open, in silence, until the end.
func TestRow12_FallbackWithoutClosing(t *testing.T) {
	first := map[string]func(g *rig, sid string) *siotest.Raw{
		"websocket": func(g *rig, sid string) *siotest.Raw {
			r := g.websocket(sid)
			g.texts(r, "1::")
			return r
		},
		"hixie": func(g *rig, sid string) *siotest.Raw {
			r := g.hixie("/socket.io/1/flashsocket/"+sid, "http://x")
			g.bytes(r, frames("1::"))
			return r
		},
		"htmlfile": (*rig).stream,
		"xhr-polling": func(g *rig, sid string) *siotest.Raw {
			g.get("/socket.io/1/xhr-polling/" + sid)
			r := g.w.HTTP()
			r.Send("GET", "/socket.io/1/xhr-polling/"+sid, "")
			return r
		},
	}
	for name, open := range first {
		t.Run(name, func(t *testing.T) {
			g := start(t, sio.Config{})
			sid := g.handshake("who=ann")
			old := open(g, sid)
			g.w.Advance(10 * time.Second)
			target := "/socket.io/1/jsonp-polling/" + sid + "?i=1"
			g.want(g.get(target), 200, `io.j[1]("1::");`)
			g.post(target, "d=3:::hello")
			g.want(g.get(target), 200, `io.j[1]("3:::hello");`)
			if closed, _ := old.Closed(); closed || len(g.shut) != 0 || len(g.open) != 1 {
				t.Fatalf("the first one is closed: %v; ends %q, opened %q", closed, g.shut, g.open)
			}
			g.want(g.post(target, "d=0::"), 200, "1")
			g.ended("ann client namespace disconnect")
			if name == "xhr-polling" {
				g.want(old.Response(), 200, "8::") // an answer, which ends it
				return
			}
			g.w.Until(func() bool { closed, _ := old.Closed(); return closed || len(old.Bytes()) > 0 })
		})
	}
}

// The client has been heard: a further transport does not say "1::" again.
func TestRow12_FallbackAfterFirstPacket(t *testing.T) {
	g := start(t, sio.Config{})
	sid := g.handshake("")
	ws := g.websocket(sid)
	g.texts(ws, "1::")
	ws.WriteFrame(siotest.Text, "3:::x")
	g.texts(ws, "3:::x")
	target := "/socket.io/1/xhr-polling/" + sid
	r := g.w.HTTP()
	r.Send("GET", target, "")
	g.w.Advance(time.Second)
	if a := r.TryResponse(); a != nil {
		t.Errorf("answered %q", a.Body)
	}
	ws.WriteFrame(siotest.Text, "3:::too late") // the old one is not listened to
	g.post(target, "3:::y")
	g.want(r.Response(), 200, "3:::y")
}

// Row "all, jsonp: answering a heartbeat aborts the POST in flight": there are
// none by themselves.
func TestRow12_JSONPHeartbeats(t *testing.T) {
	g := start(t, sio.Config{})
	target := "/socket.io/1/jsonp-polling/" + g.handshake("") + "?i=1"
	g.want(g.get(target), 200, `io.j[1]("1::");`)
	for range 10 {
		r := g.w.HTTP()
		r.Send("GET", target, "")
		g.w.Advance(20*time.Second + time.Millisecond)
		g.want(r.Response(), 200, `io.j[1]("8::");`)
	}
}

// Row "current Chromium: messages above 131000 bytes are fragmented inside
// characters".
func TestRow12_ChromiumFragments(t *testing.T) {
	g := start(t, sio.Config{})
	ws := g.websocket(g.handshake(""))
	g.texts(ws, "1::")
	text := "3:::" + strings.Repeat("日本", 60000)
	const piece = 131000 // 4 + 3n + 2: in the middle of a character
	mask := [4]byte{9, 8, 7, 6}
	b := wsproto.AppendMasked(nil, wsproto.OpText, false, mask, []byte(text[:piece]))
	b = wsproto.AppendMasked(b, wsproto.OpContinuation, false, mask, []byte(text[piece:2*piece]))
	b = wsproto.AppendMasked(b, wsproto.OpContinuation, true, mask, []byte(text[2*piece:]))
	for len(b) > 0 { // in reads of odd sizes
		n := min(7777, len(b))
		ws.Write(string(b[:n]))
		b = b[n:]
	}
	g.texts(ws, text)
}

// Row "all: an empty jsonp body stops polling for good": every poll is answered
// by a call, at the time-out, when replaced, when the session is gone.
func TestRow12_EmptyJSONPBody(t *testing.T) {
	g := start(t, sio.Config{})
	target := "/socket.io/1/jsonp-polling/" + g.handshake("") + "?i=2"
	g.want(g.get(target), 200, `io.j[2]("1::");`)
	first, second := g.w.HTTP(), g.w.HTTP()
	first.Send("GET", target, "")
	g.w.Advance(time.Second)
	second.Send("GET", target, "")
	g.want(first.Response(), 200, `io.j[2]("8::");`)
	g.w.Advance(20*time.Second + time.Millisecond)
	g.want(second.Response(), 200, `io.j[2]("8::");`)
	second.Send("GET", target, "")
	g.w.Advance(time.Second)
	g.want(g.get(replaceSID("/socket.io/1//SID?disconnect=1", target[len("/socket.io/1/jsonp-polling/"):len(target)-len("?i=2")])), 200, "")
	g.want(second.Response(), 200, `io.j[2]("0::");`)
	g.want(g.get(target), 200, `io.j[2]("7:::1+0");`)
}

// Row "Flash: always hixie-76; see 6.3": head first, then the digest; its answer
// has the fields that Flash compares; its closing is FF 00.
func TestRow12_Flash(t *testing.T) {
	g := start(t, sio.Config{})
	hs := g.w.NewHixie("/socket.io/1/flashsocket/"+g.handshake("who=ann"), "HTTP://Page.example:8080")
	r := g.w.HTTP()
	r.Write(hs.Request)
	g.head(r, hs)
	g.w.Advance(3 * time.Second) // a proxy holds the 8 bytes back
	for i := range len(hs.Key3) {
		if len(r.Bytes()) > 0 || len(g.open) > 0 {
			t.Fatal("the digest came too early")
		}
		r.Write(hs.Key3[i : i+1])
		g.w.Advance(time.Millisecond)
	}
	g.bytes(r, hs.Digest+frames("1::"))
}

// The closing handshake of hixie-76: the client's FF 00 is answered by one.
func TestRow12_FlashClosing(t *testing.T) {
	g := start(t, sio.Config{})
	r := g.hixie("/socket.io/1/flashsocket/"+g.handshake("who=ann"), "http://x")
	g.bytes(r, frames("1::"))
	if n := g.srv.Stats().Transports["flashsocket"]; n != 1 {
		t.Errorf("%d flashsockets", n)
	}
	r.Write("\xff\x00")
	g.bytes(r, "\xff\x00")
	g.ended("ann transport close")
	r.WaitClosed()
}
