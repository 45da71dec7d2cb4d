package quirks

import (
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
)

const origin = "Origin: http://page.example"

// Row "handshake refusal": 403 with text, and CORS fields.
func TestRow11_HandshakeRefusal(t *testing.T) {
	g := start(t, sio.Config{})
	r := g.get("/socket.io/1/?who=nobody", origin)
	g.want(r, 403, "handshake unauthorized")
	g.field(r, "Content-Type", "text/plain; charset=UTF-8")
	g.field(r, "Access-Control-Allow-Origin", "http://page.example")
	g.want(g.get("/socket.io/1/?who=bug"), 500, "handshake error")
}

// Row "jsonp index": digits only. Anything else is as good as none: it would be
// copied into a script.
func TestRow11_JSONPIndex(t *testing.T) {
	g := start(t, sio.Config{})
	r := g.get("/socket.io/1/?jsonp=12&t=1")
	if body := string(r.Body); !strings.HasPrefix(body, `io.j[12]("`) || !strings.HasSuffix(body, `jsonp-polling");`) {
		t.Errorf("handshake %q", body)
	}
	g.field(r, "Content-Type", "application/javascript")
	for _, bad := range []string{"1];alert(1)//", "-1", "1.0", "", "%31", "0x1", "1e3"} {
		r := g.get("/socket.io/1/?jsonp=" + bad)
		if strings.Contains(string(r.Body), "io.j") || r.Header.Get("Content-Type") != "text/plain; charset=UTF-8" {
			t.Errorf("jsonp=%s is answered %q", bad, r.Body)
		}
		sid := g.handshake("")
		g.want(g.get("/socket.io/1/jsonp-polling/"+sid+"?i="+bad), 200, `io.j[0]("1::");`)
	}
	g.want(g.get("/socket.io/1/jsonp-polling/"+g.handshake("")), 200, `io.j[0]("1::");`)
}

// Row "refusal over jsonp": io.j[n](new Error("…")) with status 200, since the
// client sees no other.
func TestRow11_RefusalOverJSONP(t *testing.T) {
	g := start(t, sio.Config{CORS: &sio.CORS{Origin: "http://good.example"}})
	const good = "Origin: http://good.example"
	r := g.get("/socket.io/1/?jsonp=3&who=nobody", good)
	g.want(r, 200, `io.j[3](new Error("handshake unauthorized"));`)
	g.field(r, "Content-Type", "application/javascript")
	g.want(g.get("/socket.io/1/?jsonp=4&who=bug", good), 200, `io.j[4](new Error("handshake error"));`)
	g.want(g.get("/socket.io/1/?jsonp=5", origin), 200, `io.j[5](new Error("handshake bad origin"));`)
	g.want(g.get("/socket.io/2/?jsonp=6", good), 200, `io.j[6](new Error("Protocol version not supported."));`)
	if n := g.srv.Stats().Refused; n != 4 {
		t.Errorf("Stats.Refused is %d", n)
	}
}

// Row "CORS on errors": on every answer, whatever its status.
func TestRow11_CORSOnErrors(t *testing.T) {
	g := start(t, sio.Config{MaxMessage: 100})
	sid := g.handshake("")
	long := strings.Repeat("x", 101)
	for _, c := range []struct {
		method, target, body string
		status               int
	}{
		{"GET", "/socket.io/1/", "", 200},
		{"GET", "/socket.io/1/?who=nobody", "", 403},
		{"GET", "/socket.io/1/?who=bug", "", 500},
		{"GET", "/socket.io/9/", "", 500},
		{"GET", "/socket.io/1/tobi/" + sid, "", 404},
		{"GET", "/socket.io/1/xhr-polling/none", "", 200},
		{"GET", "/socket.io/1/jsonp-polling/none", "", 200},
		{"GET", "/socket.io/1/htmlfile/none", "", 200},
		{"POST", "/socket.io/1/xhr-polling/none", "2::", 400},
		{"POST", "/socket.io/1/htmlfile/none", "2::", 400},
		{"PUT", "/socket.io/1/xhr-polling/" + sid, "", 405},
		{"POST", "/socket.io/1/xhr-polling/" + sid, long, 413},
		{"POST", "/socket.io/1/jsonp-polling/" + sid, "e=1", 400},
		{"GET", "/socket.io/1/websocket/" + sid, "", 400},
		{"GET", "/socket.io/1/xhr-polling/" + sid + "?disconnect=1", "", 200},
	} {
		r := g.w.HTTP().Do(c.method, c.target, c.body, origin)
		if r.Status != c.status {
			t.Errorf("%s %s: status %d, want %d", c.method, c.target, r.Status, c.status)
		}
		g.field(r, "Access-Control-Allow-Origin", "http://page.example")
		g.field(r, "Access-Control-Allow-Credentials", "true")
		g.field(r, "Vary", "Origin")
	}
	g.field(g.get("/socket.io/1/", "Origin: null"), "Access-Control-Allow-Origin", "null")
	g.field(g.get("/socket.io/1/"), "Access-Control-Allow-Origin", "")
}

// Row "OPTIONS": 200, on every URL.
func TestRow11_OPTIONS(t *testing.T) {
	g := start(t, sio.Config{})
	sid := g.handshake("")
	for _, path := range []string{"", "xhr-polling/" + sid, "jsonp-polling/none", "htmlfile/" + sid, "websocket/" + sid} {
		r := g.w.HTTP().Do("OPTIONS", "/socket.io/1/"+path, "", origin, "Access-Control-Request-Headers: x-mine")
		g.want(r, 200, "")
		g.field(r, "Access-Control-Allow-Origin", "http://page.example")
		g.field(r, "Access-Control-Allow-Credentials", "true")
		g.field(r, "Access-Control-Allow-Methods", "POST, GET, OPTIONS")
		g.field(r, "Access-Control-Allow-Headers", "x-mine")
	}
}

// Row "second poll": the new one replaces the old, which is released by a noop.
func TestRow11_SecondPoll(t *testing.T) {
	for _, c := range []struct{ name, first, noop, echo string }{
		{"xhr-polling", "1::", "8::", `5:::{"name":"echo","args":[1]}`},
		{"jsonp-polling", `io.j[7]("1::");`, `io.j[7]("8::");`, `io.j[7]("5:::{\"name\":\"echo\",\"args\":[1]}");`},
	} {
		g := start(t, sio.Config{})
		target := "/socket.io/1/" + c.name + "/" + g.handshake("") + "?i=7"
		g.want(g.get(target), 200, c.first)
		old, young := g.w.HTTP(), g.w.HTTP()
		old.Send("GET", target, "")
		g.w.Advance(time.Second)
		young.Send("GET", target, "")
		g.want(old.Response(), 200, c.noop)
		g.post(strings.Replace(target, c.name, "xhr-polling", 1), `5:::{"name":"echo","args":[1]}`)
		g.want(young.Response(), 200, c.echo)
	}
}

// Row "kick while not polling": "0::" is kept for the next poll.
func TestRow11_KickWhileNotPolling(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("who=ann")
	g.last.Disconnect()
	g.ended("ann server namespace disconnect")
	g.w.Advance(20 * time.Second)
	g.want(g.get(target), 200, "0::")
	if n := g.srv.Stats().Sessions; n != 0 {
		t.Errorf("%d sessions", n)
	}

	sid := g.handshake("who=bob")
	target = "/socket.io/1/jsonp-polling/" + sid + "?i=4"
	g.want(g.get(target), 200, `io.j[4]("1::");`)
	g.last.Disconnect()
	g.w.Advance(time.Second)
	g.want(g.get(target), 200, `io.j[4]("0::");`)
}

// Row "unknown sid on poll", section 10.5: "7:::1+0" after a second, never at
// once; a POST gets a status of 4xx; a websocket the packet, and its end.
func TestRow11_UnknownSidOnPoll(t *testing.T) {
	g := start(t, sio.Config{})
	for _, sid := range []string{"none", "AAAAAAAAAAAAAAAAAAAA"} {
		for name, want := range map[string]string{
			"xhr-polling": "7:::1+0", "jsonp-polling": `io.j[5]("7:::1+0");`,
		} {
			before := g.w.Now()
			g.want(g.get("/socket.io/1/"+name+"/"+sid+"?i=5"), 200, want)
			if d := g.w.Now().Sub(before); d < time.Second {
				t.Errorf("%s: answered after %v", name, d)
			}
		}
		r := g.get("/socket.io/1/htmlfile/" + sid)
		if body := string(r.Body); len(body) < 256 || !strings.HasSuffix(body, `<script>_("7:::1+0");</script>`) {
			t.Errorf("htmlfile: %q", body)
		}
		for _, name := range []string{"xhr-polling", "jsonp-polling", "htmlfile"} {
			g.want(g.post("/socket.io/1/"+name+"/"+sid, "d=2::"), 400, "Session unknown")
			g.want(g.get("/socket.io/1/"+name+"/"+sid+"?disconnect=1"), 400, "Session unknown")
		}
		ws := g.websocket(sid)
		g.texts(ws, "7:::1+0")
		flash := g.hixie("/socket.io/1/flashsocket/"+sid, "http://x")
		g.bytes(flash, frames("7:::1+0")+"\xff\x00")
		flash.WaitClosed()
	}
}

// Row "heartbeats on polling": a noop below all announced time-outs, and no
// heartbeats, but with GlobalHeartbeats.
func TestRow11_HeartbeatsOnPolling(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	for range 5 {
		before := g.w.Now()
		r := g.w.HTTP()
		r.Send("GET", target, "")
		g.w.Advance(20*time.Second + time.Millisecond)
		g.want(r.Response(), 200, "8::")
		if d := g.w.Now().Sub(before); d > 21*time.Second {
			t.Errorf("noop after %v", d)
		}
	}

	g = start(t, sio.Config{GlobalHeartbeats: true})
	target = g.poll("who=ann")
	r := g.w.HTTP()
	r.Send("GET", target, "")
	g.w.Advance(20*time.Second + time.Millisecond)
	g.want(r.Response(), 200, "8::")
	r.Send("GET", target, "")
	g.w.Advance(6 * time.Second)
	g.want(r.Response(), 200, "2::")
	for range 3 { // polls alone are no answer
		r.Send("GET", target, "")
		g.w.Advance(20*time.Second + time.Millisecond)
		if r.TryResponse() == nil {
			t.Fatal("a poll was not answered")
		}
	}
	g.ended("ann ping timeout")
}
