package details

import (
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// Detail 4: in revision 4 the server pings, and a client's ping closes the
// connection. In revision 3 the client pings, only a ping restarts the clock,
// and the limit is pingInterval + pingTimeout.
func TestDetail04_Heartbeats(t *testing.T) {
	g := start(t, sio.Config{PingInterval: 10 * time.Second, PingTimeout: 5 * time.Second})
	// All waits are in simulated time.
	ws := g.entered()
	g.quiet(ws, 9*time.Second)
	g.w.Advance(1500 * time.Millisecond)
	g.texts(ws, "2")
	g.say(ws, "3")
	g.quiet(ws, 9*time.Second) // from the pong on
	g.say(ws, "2")
	g.closes(ws, 1005)
	g.sessions(0)

	ws = g.entered()
	g.w.Advance(10500 * time.Millisecond)
	g.texts(ws, "2")
	g.quiet(ws, 4*time.Second)
	g.w.Advance(1500 * time.Millisecond)
	g.sessions(0)

	old := g.websocket("EIO=3")
	old.Text()
	g.texts(old, "40")
	g.quiet(old, 14*time.Second)
	g.say(old, "2")
	g.texts(old, "3")
	g.quiet(old, 14*time.Second)
	g.say(old, `42["echo",1]`) // doesn't restart the clock
	g.texts(old, `42["echo",1]`)
	g.sessions(1)
	g.w.Advance(1500 * time.Millisecond)
	g.sessions(0)
}

// Detail 5: text lengths of revision 3 count UTF-16 code units; inside binary
// payloads they count bytes.
func TestDetail05_LengthsCountUTF16(t *testing.T) {
	const text = `42["echo","🌪é"]` // 16 units, 19 bytes
	const back = `42["echo","\ud83c\udf2a\u00e9"]`
	g := start(t, sio.Config{})
	target, _ := g.open("EIO=3")
	g.want(g.post(target, "16:"+text+"12:"+`42["echo",2]`), 200, "ok")
	g.want(g.get(target), 200, "31:"+back+`12:42["echo",2]`)
	for _, wrong := range []string{"19:" + text, "15:" + text, "17:" + text} {
		g := start(t, sio.Config{})
		target, _ := g.open("EIO=3")
		g.want(g.post(target, wrong), 200, "ok") // as the reference
		g.sessions(0)
	}
	const octets = "Content-Type: application/octet-stream"
	g.want(g.post(target, "\x00\x01\x09\xff"+text, octets), 200, "ok")
	g.want(g.get(target), 200, "31:"+back)
	// A body of bytes to the client: the placeholder's text, then the bytes.
	g.want(g.post(target, `13:42["bytes",1]`), 200, "ok")
	r := g.get(target)
	g.field(r, "Content-Type", "application/octet-stream")
	g.want(r, 200, "\x00\x04\x03\xff"+`451-["bytes",{"_placeholder":true,"num":0}]`+"\x01\x02\xff\x04\xff")
	g.want(g.post(target, "\x00\x01\x06\xff"+text, octets), 200, "ok")
	g.sessions(0)
	if len(g.shut) != 1 || g.shut[0] != "parse error" {
		t.Errorf("closed: %q", g.shut)
	}
}

// Detail 6: b64 and j are fixed by the session's first request, the number of j
// that all later JSONP answers have included.
func TestDetail06_FirstRequestDecides(t *testing.T) {
	g := start(t, sio.Config{})
	bytes := func(first, later string) *siotest.Response {
		target, _ := g.open("EIO=3" + first)
		target = strings.Replace(target, first, later, 1)
		body := `13:42["bytes",1]`
		if strings.Contains(first, "j=") {
			body = "d=" + body
		}
		g.want(g.post(target, body), 200, "ok")
		return g.get(target)
	}
	text64 := `43:451-["bytes",{"_placeholder":true,"num":0}]6:b4/w==`
	g.want(bytes("&b64=1", "&b64=0"), 200, text64)
	g.field(bytes("&b=1", "&b64=1"), "Content-Type", "application/octet-stream")
	for _, later := range []string{"&j=3&b64=1", "&j=9", "&x=1", "&j=alert(1)"} {
		g.want(bytes("&j=3&b64=1", later), 200, "___eio[3]("+quoted(text64)+");")
	}
	g.want(bytes("&b64=1", "&b64=1&j=5"), 200, text64)
}

// quoted is a JSON string.
func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// Detail 10: after "3probe" a noop goes into the open poll about every 100 ms;
// messages stay on polling until "5". A second websocket on a session that
// upgrades or has upgraded is closed, and the first lives on; a wrong packet
// before "5" closes the websocket alone. After the upgrade, polling is code 3; a
// poll still open at "5" gets "1".
func TestDetail10_Upgrade(t *testing.T) {
	g := start(t, sio.Config{})
	target, sid := g.joined()
	for _, wrong := range []string{"4", "2", "2probex", `42["echo",1]`} {
		ws := g.websocket("EIO=4&sid=" + sid)
		g.say(ws, wrong)
		g.gone(ws)
	}
	ws := g.websocket("EIO=4&sid=" + sid)
	g.say(ws, "2probe")
	g.texts(ws, "3probe")
	g.say(ws, "3") // wrong after the probe, too
	g.gone(ws)

	ws = g.websocket("EIO=4&sid=" + sid)
	g.say(ws, "2probe")
	g.texts(ws, "3probe")
	for range 3 {
		poll := g.poll(target)
		before := g.w.Now()
		g.want(poll.Response(), 200, "6")
		if d := g.w.Now().Sub(before); d > 150*time.Millisecond {
			t.Errorf("a noop after %v", d)
		}
	}
	g.want(g.post(target, `42["echo",1]`), 200, "ok")
	g.want(g.get(target), 200, `42["echo",1]`)
	second := g.websocket2(sid)
	g.gone(second)
	g.say(ws, "5", `42["echo",2]`)
	g.texts(ws, `42["echo",2]`)
	g.want(g.get(target), 400, `{"code":3,"message":"Bad request"}`)
	g.want(g.post(target, `42["echo",1]`), 400, `{"code":3,"message":"Bad request"}`)
	g.gone(g.websocket2(sid))
	g.say(ws, `42["echo",3]`)
	g.texts(ws, `42["echo",3]`)
}

// A poll that is still open at "5" gets "1": seen with nothing in between.
func TestDetail10_OpenPollAtTheEnd(t *testing.T) {
	g := start(t, sio.Config{})
	target, sid := g.joined()
	ws := g.websocket("EIO=4&sid=" + sid)
	g.say(ws, "2probe")
	g.texts(ws, "3probe")
	poll := g.w.HTTP()
	poll.Send("GET", target, "")
	g.w.Advance(5 * time.Millisecond)
	if a := poll.TryResponse(); a != nil { // the first noop
		g.want(a, 200, "6")
		poll.Send("GET", target, "")
		g.w.Advance(5 * time.Millisecond)
	}
	g.say(ws, "5")
	g.want(poll.Response(), 200, "1")
}

// websocket2 asks for another websocket of a session, which may be refused by
// an answer or by the end of the connection.
func (g *rig) websocket2(sid string) *siotest.Raw {
	r := g.w.HTTP()
	r.Send("GET", path+"websocket&EIO=4&sid="+sid, "", "Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
	return r
}

// Detail 11: a client's close by POST "1" answers the open poll with "6", not
// "1".
func TestDetail11_CloseByTheClient(t *testing.T) {
	for query, c := range map[string][2]string{"EIO=4": {"1", "6"}, "EIO=3": {"1:1", "1:6"}} {
		g := start(t, sio.Config{})
		target, _ := g.open(query)
		poll := g.poll(target)
		g.want(g.post(target, c[0]), 200, "ok")
		g.want(poll.Response(), 200, c[1])
		g.sessions(0)
	}
}
