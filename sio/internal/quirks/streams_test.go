package quirks

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

const reload = "<script>location.replace(location.href);</script>"

// The page of htmlfile (6.1): its head, its beginning of more than 256 bytes,
// and chunks; of HTTP/1.0 it ends with the connection.
func TestHTMLFilePage(t *testing.T) {
	g := start(t, sio.Config{})
	sid := g.handshake("")
	r := g.w.HTTP()
	r.Send("GET", "/socket.io/1/htmlfile/"+sid+"?t=1", "", origin)
	g.w.Advance(time.Second)
	head, body, _ := strings.Cut(string(r.Bytes()), "\r\n\r\n")
	for _, line := range []string{"HTTP/1.1 200 OK", "Content-Type: text/html; charset=UTF-8", "Connection: keep-alive",
		"Transfer-Encoding: chunked", "Cache-Control: no-store", "Access-Control-Allow-Origin: http://page.example"} {
		if !strings.Contains(head+"\r\n", line+"\r\n") {
			t.Errorf("no %q in %q", line, head)
		}
	}
	const first = "<html><body><script>var _ = function (msg) { parent.s._(msg, document); };</script>"
	page := first + strings.Repeat(" ", 176)
	one := `<script>_("1::");</script>`
	if want := fmt.Sprintf("%x\r\n%s\r\n%x\r\n%s\r\n", len(page), page, len(one), one); body != want || len(page) <= 256 {
		t.Errorf("body %q, want %q", body, want)
	}

	old := g.w.HTTP()
	old.Write("GET /socket.io/1/htmlfile/" + g.handshake("") + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
	g.scripts(old, one)
	if s := old.Body(); s != page+one {
		t.Errorf("page of HTTP/1.0: %q", s)
	}
}

// A silent stream gets a comment every PollDuration, which is no packet.
func TestHTMLFileComment(t *testing.T) {
	g := start(t, sio.Config{PollDuration: 7 * time.Second, HeartbeatInterval: 20 * time.Second, HeartbeatTimeout: 30 * time.Second})
	page := g.stream(g.handshake("who=ann"))
	g.w.Advance(15 * time.Second)
	g.scripts(page, `_("1::");</script><!-- --><!-- -->`)
	g.w.Advance(6 * time.Second)
	g.scripts(page, `<!-- --><!-- --><script>_("2::");</script>`)
	g.w.Advance(31 * time.Second)
	g.ended("ann ping timeout") // comments don't keep a client alive
	g.scripts(page, `<script>_("7:::1+0");</script>`)
}

// Config.MaxStream, below, at and above it: the page ends with the script that
// has it loaded again, and nothing is lost or doubled between two pages.
func TestMaxStream(t *testing.T) {
	message := `<script>_("3:::abc");</script>`
	for past, ends := range map[int]bool{-1: true, 0: true, 1: false} {
		g := start(t, sio.Config{MaxStream: pageStart(t) + len(message) + past})
		sid := g.handshake("")
		page := g.stream(sid)
		g.post("/socket.io/1/htmlfile/"+sid, "3:::abc")
		if ends {
			g.scripts(page, message+reload)
		} else {
			g.scripts(page, message)
		}
	}
}

// pageStart is the length of a page that has connected.
func pageStart(t *testing.T) int {
	g := start(t, sio.Config{})
	return len(g.stream(g.handshake("")).Body())
}

func TestHTMLFileReloads(t *testing.T) {
	g := start(t, sio.Config{MaxStream: 1000})
	c := g.w.Connect(siotest.Client{Generation: sio.Legacy, Transport: "htmlfile"})
	for n := range 200 {
		g.last.Do(func() { _ = g.last.Emit("n", n, strings.Repeat("</script>", n%30)) })
		if n%7 == 0 {
			g.w.Advance(time.Millisecond)
		}
	}
	for n := range 200 {
		var got int
		if c.Wait("n").Decode(&got); got != n {
			t.Fatalf("event %d came as number %d", got, n)
		}
	}
	if len(g.open) != 1 || len(g.shut) != 0 {
		t.Errorf("opened %q, closed %q", g.open, g.shut)
	}
	g.w.Advance(5 * time.Minute) // heartbeats go on
	if c.Ended() {
		t.Errorf("closed: %q", c.Closed())
	}
	g.last.Disconnect()
	if why := c.WaitClosed(); why != "io server disconnect" {
		t.Errorf("closed: %q", why)
	}
}

// Between two pages: what is queued, and the end of the session from either
// side, or because nobody comes.
func TestHTMLFileBetweenPages(t *testing.T) {
	rest := func(t *testing.T) (g *rig, target string, page *siotest.Raw) {
		g = start(t, sio.Config{MaxStream: 1})
		sid := g.handshake("who=ann")
		target = "/socket.io/1/htmlfile/" + sid
		page = g.w.HTTP()
		page.Send("GET", target, "")
		if r := page.Response(); !strings.HasSuffix(string(r.Body), `<script>_("1::");</script>`+reload) {
			t.Fatalf("the page is %q", r.Body)
		}
		return g, target, page
	}
	t.Run("queued", func(t *testing.T) {
		g, target, page := rest(t)
		g.post(target, "3:::a")
		page.Send("GET", target, "") // over the connection of the last page
		if r := page.Response(); !strings.HasSuffix(string(r.Body), `<script>_("3:::a");</script>`+reload) {
			t.Errorf("the page is %q", r.Body)
		}
		g.post(target, "3:::b")
		g.w.Advance(50 * time.Second)
		g.want(g.post(target, "2::"), 200, "1")
		page = g.w.HTTP()
		page.Send("GET", target, "")
		if r := page.Response(); !strings.Contains(string(r.Body), "3:::b") || !strings.HasSuffix(string(r.Body), reload) {
			t.Errorf("the page is %q", r.Body)
		}
	})
	t.Run("kicked", func(t *testing.T) {
		g, target, page := rest(t)
		g.last.Disconnect()
		g.w.Advance(time.Second)
		page.Send("GET", target, "")
		if r := page.Response(); !strings.HasSuffix(string(r.Body), `<script>_("0::");</script>`) {
			t.Errorf("the page is %q", r.Body)
		}
		if n := g.srv.Stats().Sessions; n != 0 {
			t.Errorf("%d sessions", n)
		}
	})
	t.Run("client leaves", func(t *testing.T) {
		g, target, _ := rest(t)
		g.want(g.post(target, "0::"), 200, "1")
		g.ended("ann client namespace disconnect")
	})
	t.Run("nobody comes", func(t *testing.T) {
		g, _, _ := rest(t)
		g.w.Advance(61 * time.Second)
		g.ended("ann ping timeout")
		if n := g.srv.Stats().Sessions; n != 0 {
			t.Errorf("%d sessions", n)
		}
	})
}

// A second page for a session replaces the first, which stays open in silence.
func TestHTMLFileTwice(t *testing.T) {
	g := start(t, sio.Config{})
	sid := g.handshake("who=ann")
	first := g.stream(sid)
	had := len(first.Body())
	second := g.stream(sid)
	g.post("/socket.io/1/htmlfile/"+sid, "3:::x")
	g.scripts(second, `<script>_("3:::x");</script>`)
	if closed, _ := first.Closed(); closed || len(first.Body()) != had {
		t.Errorf("the first page: closed %v, %q", closed, first.Body())
	}
	first.Close()
	g.w.Advance(time.Second)
	if len(g.shut) != 0 {
		t.Errorf("ends %q", g.shut)
	}
}

// Section 10.3, websocket_check: only a heartbeat is sent till the client has
// been heard; then the session opens, and what waits is sent.
func TestWebSocketCheck(t *testing.T) {
	check := sio.Config{WebSocketCheck: true}
	t.Run("websocket", func(t *testing.T) {
		g := start(t, check)
		ws := g.websocket(g.handshake(""))
		g.texts(ws, "2::")
		g.w.Advance(4 * time.Second)
		if len(g.open) != 0 {
			t.Error("opened before the client was heard")
		}
		ws.WriteFrame(siotest.Text, "2::")
		g.texts(ws, "1::")
		g.w.Advance(10 * time.Second)
		ws.WriteFrame(siotest.Text, "3:::x")
		g.texts(ws, "3:::x")
	})
	t.Run("hixie", func(t *testing.T) {
		g := start(t, check)
		r := g.hixie("/socket.io/1/flashsocket/"+g.handshake(""), "http://x")
		g.bytes(r, frames("2::"))
		r.Write(frames("2::", "3:::x")) // coalesced
		g.bytes(r, frames("1::", "3:::x"))
	})
	t.Run("held back", func(t *testing.T) {
		g := start(t, check)
		sid := g.handshake("who=ann")
		ws, flash := g.websocket(sid), g.hixie("/socket.io/1/flashsocket/"+sid, "http://x")
		g.texts(ws, "2::")
		g.bytes(flash, frames("2::"))
		g.w.Advance(4900 * time.Millisecond)
		if closed, _ := ws.Closed(); closed {
			t.Error("closed before ClientTimeout")
		}
		if f := ws.Frame(); f.Op != siotest.CloseFrame {
			t.Errorf("frame %d %q", f.Op, f.Payload)
		}
		g.bytes(flash, "\xff\x00")
		g.want(g.get("/socket.io/1/xhr-polling/"+sid), 200, "1::") // the session is there for the next transport
		if len(g.open) != 1 || len(g.shut) != 0 {
			t.Errorf("opened %q, closed %q", g.open, g.shut)
		}
	})
	t.Run("session gone", func(t *testing.T) {
		g := start(t, sio.Config{WebSocketCheck: true, SessionExpiry: time.Second})
		sid := g.handshake("")
		ws, flash := g.websocket(sid), g.hixie("/socket.io/1/flashsocket/"+sid, "http://x")
		g.texts(ws, "2::")
		g.bytes(flash, frames("2::"))
		g.w.Advance(2 * time.Second)
		ws.WriteFrame(siotest.Text, "2::")
		g.texts(ws, "7:::1+0")
		flash.Write(frames("2::"))
		g.bytes(flash, frames("7:::1+0")+"\xff\x00")
	})
	t.Run("clients", func(t *testing.T) {
		g := start(t, check)
		for _, name := range []string{"websocket", "flashsocket", "htmlfile", "xhr-polling", "jsonp-polling"} {
			c := g.w.Connect(siotest.Client{Generation: sio.Legacy, Transport: name})
			c.Send("x")
			if text := c.Wait("message").Text(); text != "x" {
				t.Errorf("%s: %q", name, text)
			}
		}
	})
}

// The 8 bytes of hixie-76 that never come: the connection ends at
// Config.HeaderTimeout, the session stays for another transport.
func TestHixieWithoutKey3(t *testing.T) {
	g := start(t, sio.Config{})
	sid := g.handshake("")
	hs := g.w.NewHixie("/socket.io/1/websocket/"+sid, "http://x")
	r := g.w.HTTP()
	r.Write(hs.Request + hs.Key3[:7])
	g.head(r, hs)
	g.w.Advance(9 * time.Second)
	if closed, _ := r.Closed(); closed {
		t.Error("closed too early")
	}
	r.WaitClosed()
	g.want(g.get("/socket.io/1/xhr-polling/"+sid), 200, "1::")
}

// hixie-75, without keys, is sent by no released client of 0.7 to 0.9: refused,
// as is every version but 7, 8 and 13.
func TestHixie75IsRefused(t *testing.T) {
	g := start(t, sio.Config{})
	sid := g.handshake("")
	r := g.w.HTTP()
	r.Write("GET /socket.io/1/websocket/" + sid + " HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: x\r\nOrigin: http://x\r\n\r\n")
	a := r.Response()
	g.want(a, 426, "Unsupported Sec-WebSocket-Version")
	g.field(a, "Sec-WebSocket-Version", "13, 8, 7")
	r.WaitClosed()
}

// GlobalHeartbeats: real clients answer over polls, and live.
func TestGlobalHeartbeats(t *testing.T) {
	g := start(t, sio.Config{GlobalHeartbeats: true})
	for _, name := range []string{"xhr-polling", "jsonp-polling"} {
		c := g.w.Connect(siotest.Client{Generation: sio.Legacy, Transport: name})
		mute := g.w.Connect(siotest.Client{Generation: sio.Legacy, Transport: name, Mute: true})
		g.w.Advance(5 * time.Minute)
		if c.Ended() || !mute.Ended() {
			t.Errorf("%s: closed %q; a mute one %q", name, c.Closed(), mute.Closed())
		}
	}
}
