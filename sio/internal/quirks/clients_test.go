package quirks

import (
	"errors"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// Row "0.7: no newline/U+2028 in type 3 (drops the packet); raw U+2028 in JSON
// drops the packet". Text can't be escaped and passes as it is, which is right
// for all others; JSON, which can carry the same, is.
func TestRow12_LineEndsIn07(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	g.last.Do(func() { _ = g.last.Send("a\nb\u2028c") })
	g.want(g.get(target), 200, "3:::a\nb\u2028c")
	g.last.Do(func() { _ = g.last.Send(map[string]string{"t": "a\nb\u2028c"}) })
	g.want(g.get(target), 200, `4:::{"t":"a\nb\u2028c"}`)
	g.last.Do(func() { _ = g.last.Emit("e", "a\nb\u2029c") })
	g.want(g.get(target), 200, `5:::{"name":"e","args":["a\nb\u2029c"]}`)
	// Packets of 0.8 and 0.9 may hold them raw.
	g.post(target, "3:::one\ntwo\u2028three\r\n")
	g.want(g.get(target), 200, "3:::one\ntwo\u2028three\r\n")
}

// Row "0.7: jsonp POST not JSON-quoted; cross-domain handshake always JSONP".
func TestRow12_JSONPOf07(t *testing.T) {
	g := start(t, sio.Config{})
	r := g.get("/socket.io/1/?t=1&jsonp=0", origin)
	sid, _, _ := strings.Cut(strings.TrimPrefix(string(r.Body), `io.j[0]("`), ":")
	target := "/socket.io/1/jsonp-polling/" + sid + "?t=2&i=1"
	g.want(g.get(target), 200, `io.j[1]("1::");`)
	body := "\uFFFD5\uFFFD3:::a\uFFFD7\uFFFD3:::b\nc"
	// The browser makes CRLF of a LF in a form; the lengths are from before.
	form := "d=" + url.QueryEscape(strings.ReplaceAll(body, "\n", "\r\n"))
	g.want(g.post(target, form, "Content-Type: application/x-www-form-urlencoded"), 200, "1")
	g.want(g.get(target), 200, "io.j[1](\"\uFFFD5\uFFFD3:::a\uFFFD7\uFFFD3:::b\\nc\");")
}

// Row "0.7: a lost transport is noticed only after the close timeout; 0.7.11
// restarts that timer at each body": so each transport hears something within
// it.
func TestRow12_CloseTimeoutOf07(t *testing.T) {
	const announced = 60 * time.Second
	g := start(t, sio.Config{})
	ws := g.websocket(g.handshake(""))
	g.texts(ws, "1::")
	page := g.stream(g.handshake(""))
	had := len(page.Body())
	target := g.poll("")
	poll := g.w.HTTP()
	poll.Send("GET", target, "")
	g.w.Advance(announced - time.Second)
	g.texts(ws, "2::")
	if len(page.Body()) == had || !strings.Contains(page.Body(), "2::") {
		t.Error("nothing on the page")
	}
	g.want(poll.Response(), 200, "8::")
}

// Row "0.7, 0.8: handshake may be issued twice; sync disconnect on unload builds
// a broken URL". The second session expires unseen; the URL, /1/<sid>, hits
// nothing.
func TestRow12_HandshakeTwice(t *testing.T) {
	g := start(t, sio.Config{})
	g.handshake("who=ann")
	target := g.poll("who=ann")
	sid := target[strings.LastIndexByte(target, '/')+1:]
	g.want(g.get("/socket.io/1/"+sid), 404, "Transport unknown")
	g.want(g.get("/socket.io/1/"+sid+"/"), 404, "Transport unknown")
	g.w.Advance(31 * time.Second)
	if n := g.srv.Stats().Sessions; n != 1 || len(g.open) != 1 || len(g.shut) != 0 {
		t.Errorf("%d sessions, opened %q, closed %q", n, g.open, g.shut)
	}
}

// Row "0.7, 0.8 in Node: websocket is hixie-76: Origin http://www.example.com
// always, ignores a plain TCP close": it is told by FF 00.
func TestRow12_NodeWebSocketOf07(t *testing.T) {
	g := start(t, sio.Config{})
	r := g.hixie("/socket.io/1/websocket/"+g.handshake("who=ann"), "http://www.example.com")
	g.bytes(r, frames("1::"))
	if n := g.srv.Stats().Transports["websocket"]; n != 1 {
		t.Errorf("%d websockets", n)
	}
	g.last.Disconnect()
	g.bytes(r, frames("0::")+"\xff\x00")
	r.Write("\xff\x00") // answered, it is not answered again
	r.WaitClosed()
	if len(r.Bytes()) > 0 {
		t.Errorf("more: %q", r.Bytes())
	}
}

// Row "0.8: close timeout never armed: a dead polling server is noticed only by
// the HTTP failure": so a server that goes answers the polls it holds, or at
// least ends their connections.
func TestRow12_DeadServerOf08(t *testing.T) {
	for _, c := range []struct {
		name, want string
		loops      int
	}{
		{"xhr-polling", "7:::1+0", 1}, {"jsonp-polling", `io.j[0]("7:::1+0");`, 1}, {"xhr-polling", "7:::1+0", 3},
	} {
		g := start(t, sio.Config{Loops: c.loops})
		target := "/socket.io/1/" + c.name + "/" + g.handshake("")
		g.get(target)
		r := g.w.HTTP()
		r.Send("GET", target, "")
		g.w.Advance(time.Second)
		if err := g.srv.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		g.w.Advance(time.Second)
		if a := r.TryResponse(); a != nil {
			g.want(a, 200, c.want)
		} else if closed, _ := r.Closed(); !closed || c.loops == 1 {
			t.Errorf("%s: a poll is left open (closed: %v)", c.name, closed)
		}
	}
}

// Row "0.7, 0.8 to 0.9.3: 7:::1+0 before 1:: loops the poll": a second goes by
// between two rounds.
func TestRow12_NotHandshakenLoop(t *testing.T) {
	g := start(t, sio.Config{})
	r := g.w.HTTP()
	before := g.w.Now()
	for range 5 {
		g.want(r.Get("/socket.io/1/xhr-polling/AAAAAAAAAAAAAAAAAAAA"), 200, "7:::1+0")
	}
	if d := g.w.Now().Sub(before); d < 5*time.Second {
		t.Errorf("5 polls in %v", d)
	}
}

// Row "0.9.1+: empty heartbeat field prevents connecting; heartbeat timer starts
// at the handshake": both fields are positive, whatever is configured, and the
// time is far above that between two heartbeats.
func TestRow12_HeartbeatField(t *testing.T) {
	g := start(t, sio.Config{
		HeartbeatTimeout: 1999 * time.Millisecond, CloseTimeout: time.Second,
		HeartbeatInterval: 500 * time.Millisecond, PollDuration: 500 * time.Millisecond,
	})
	f := strings.Split(string(g.get("/socket.io/1/").Body), ":")
	if len(f) != 4 || f[1] != "1" || f[2] != "1" {
		t.Errorf("announced %q", f)
	}
	f = strings.Split(string(start(t, sio.Config{}).get("/socket.io/1/").Body), ":")
	if n, err := strconv.Atoi(f[1]); err != nil || n < 25+10+10 { // a heartbeat, and two transports tried in vain
		t.Errorf("announced %q", f)
	}
}

// Row "0.9.1-0.9.9: heartbeat timer also on polling": a poll is answered within
// the announced time; a Config that says otherwise is a mistake.
func TestRow12_HeartbeatTimerOnPolling(t *testing.T) {
	g := start(t, sio.Config{HeartbeatTimeout: 17 * time.Second, HeartbeatInterval: 12 * time.Second, PollDuration: 15 * time.Second})
	target := g.poll("")
	r := g.w.HTTP()
	r.Send("GET", target, "")
	g.w.Advance(16 * time.Second)
	g.want(r.Response(), 200, "8::")
	quiet := slog.New(slog.DiscardHandler)
	if sio.New(sio.Config{HeartbeatTimeout: 17 * time.Second, HeartbeatInterval: 12 * time.Second, Logger: quiet}).Err() == nil {
		t.Error("a poll of 20 s against 17 s is no mistake")
	}
}

// Row "0.9.10+: handshake 403 leaves the socket connecting: no retry": 403 is
// for refusals that hold; a server that is full says 503, one with a fault 500.
func TestRow12_Handshake403(t *testing.T) {
	g := start(t, sio.Config{MaxSessions: 1})
	g.want(g.get("/socket.io/1/?who=nobody"), 403, "handshake unauthorized")
	g.want(g.get("/socket.io/1/?who=bug"), 500, "handshake error")
	g.handshake("")
	g.want(g.get("/socket.io/1/"), 503, "too many sessions")
	g.want(g.get("/socket.io/1/?jsonp=1"), 200, `io.j[1](new Error("too many sessions"));`)
}

// Row "all: transports given as an option is merged into the global default
// list: other transports may be tried": any that is on carries any session.
func TestRow12_OtherTransportsTried(t *testing.T) {
	g := start(t, sio.Config{Transports: []string{"jsonp-polling", "websocket", "xhr-polling"}})
	r := g.get("/socket.io/1/")
	if !strings.HasSuffix(string(r.Body), ":jsonp-polling,websocket,xhr-polling") {
		t.Errorf("announced %q", r.Body)
	}
	sid := g.handshake("")
	g.want(g.get("/socket.io/1/htmlfile/"+sid), 404, "Transport unknown")
	g.want(g.get("/socket.io/1/flashsocket/"+sid), 404, "Transport unknown")
	g.want(g.get("/socket.io/1/polling/"+sid), 404, "Transport unknown")
	g.want(g.get("/socket.io/1/xhr-polling/"+sid), 200, "1::")
	g.want(g.get("/socket.io/?EIO=4&transport=polling"), 400, `{"code":0,"message":"Transport unknown"}`)

	// With none in the list, clients would try all that they know: refused.
	g = start(t, sio.Config{Transports: []string{"polling"}})
	g.want(g.get("/socket.io/1/"), 403, "No transport for this client")
}

// Row "all: acks with raw U+2028/2029 lose their arguments": they are escaped.
func TestRow12_AcksWithLineSeparators(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	g.post(target, "5:7+::{\"name\":\"reply\",\"args\":[\"a\u2028\",{\"\u2029\":1}]}")
	g.want(g.get(target), 200, `6:::7+["a\u2028",{"\u2029":1}]`)
}

// Row "all: type 5 with an id but no + is never acknowledged" by a client. One
// that comes from a client is, without arguments.
func TestRow12_EventWithIDWithoutPlus(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	g.post(target, `5:3::{"name":"echo","args":[1]}`)
	got := string(g.get(target).Body)
	if !strings.Contains(got, "6:::3") || strings.Contains(got, "6:::3+") {
		t.Errorf("answered %q", got)
	}
}

// Row "all: events named like internal ones reach listeners": none is sent, and
// none that comes reaches a handler. ("error" is an ordinary event to all later
// clients, and to a handler here.)
func TestRow12_InternalEventNames(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	for _, name := range []string{"connect", "disconnect", "newListener"} {
		if err := g.last.Emit(name); !errors.Is(err, sio.ErrReserved) {
			t.Errorf("Emit(%q) returned %v", name, err)
		}
		g.post(target, `5:::{"name":"`+name+`"}`)
	}
	if len(g.last.got) != 0 || len(g.shut) != 0 {
		t.Errorf("handlers got %q, closed %q", g.last.got, g.shut)
	}
}

// Row "all: 0:: from a client may be lost (page unload, POST in flight)": the
// session expires.
func TestRow12_LostDisconnect(t *testing.T) {
	g := start(t, sio.Config{})
	g.poll("who=ann")
	g.w.Advance(61 * time.Second)
	g.ended("ann ping timeout")

	g = start(t, sio.Config{})
	target := g.poll("who=bob")
	r := g.w.HTTP()
	r.Write("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n0:")
	g.w.Advance(time.Second)
	r.Close()
	g.w.Advance(61 * time.Second)
	g.ended("bob ping timeout")
}

// Row "all: query parameters only at the handshake, never per endpoint;
// parameters repeat on each request": later ones change nothing.
func TestRow12_QueryParameters(t *testing.T) {
	g := start(t, sio.Config{})
	sid := g.handshake("who=ann&disconnect=0&t=1")
	target := "/socket.io/1/xhr-polling/" + sid + "?who=bob&i=x&disconnect=&t=2&t=3"
	g.want(g.get(target), 200, "1::")
	g.want(g.post(target, "3:::x"), 200, "1")
	if g.last.who != "ann" {
		t.Errorf("the name is %q", g.last.who)
	}
}

// Row "all: unknown packet types: send only 0-8". What comes with another one is
// a parse error, and nobody else notices.
func TestRow12_UnknownPacketTypes(t *testing.T) {
	g := start(t, sio.Config{})
	other := g.poll("who=bob")
	for i, packet := range []string{"9:::", "x", "-1::", "10::", ":::", "\uFFFD"} {
		g.shut = nil
		target := g.poll("who=ann")
		g.want(g.post(target, packet), 200, "1")
		g.w.Advance(time.Second)
		if len(g.shut) > 0 && g.shut[0] != "ann parse error" {
			t.Errorf("%d: %q ended with %q", i, packet, g.shut)
		}
	}
	g.post(other, "3:::x")
	g.want(g.get(other), 200, "3:::x")
}

// Row "all (Node XHR): Host without port".
func TestRow12_HostWithoutPort(t *testing.T) {
	g := start(t, sio.Config{})
	r := g.w.HTTP()
	r.Write("GET /socket.io/1/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if a := r.Response(); a.Status != 200 {
		t.Errorf("status %d", a.Status)
	}
}

// Row "XDomainRequest (IE 8/9): no cookies, no custom headers, content type
// text/plain or none, needs Access-Control-Allow-Origin".
func TestRow12_XDomainRequest(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	for _, typ := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream"} {
		fields := []string{origin}
		if typ != "" {
			fields = append(fields, "Content-Type: "+typ)
		}
		r := g.post(target, "3:::x", fields...)
		g.want(r, 200, "1")
		g.field(r, "Access-Control-Allow-Origin", "http://page.example")
		r = g.get(target, origin)
		g.want(r, 200, "3:::x")
		g.field(r, "Access-Control-Allow-Origin", "http://page.example")
	}
}
