package quirks

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// Row "first packet": "1::", alone or with what OnOpen sends.
func TestRow11_FirstPacket(t *testing.T) {
	g := start(t, sio.Config{})
	g.poll("")
	g.want(g.get("/socket.io/1/jsonp-polling/"+g.handshake("")+"?i=1"), 200, `io.j[1]("1::");`)
	g.stream(g.handshake(""))
	g.texts(g.websocket(g.handshake("")), "1::")
	g.bytes(g.hixie("/socket.io/1/flashsocket/"+g.handshake(""), "http://x"), frames("1::"))
}

// Row "payload length unit": UTF-16 units, both ways.
func TestRow11_PayloadLengthUnit(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	const body = "\uFFFD6\uFFFD3:::\U0001F600\uFFFD5\uFFFD3:::z"
	g.want(g.post(target, body), 200, "1")
	g.want(g.get(target), 200, body)
	g.want(g.post(strings.Replace(target, "xhr", "jsonp", 1), "d="+url.QueryEscape(`"`+body+`"`)), 200, "1")
	g.want(g.get(strings.Replace(target, "xhr", "jsonp", 1)+"?i=2"), 200, `io.j[2]("`+body+`");`)
}

// Row "JSON U+2028": escaped, in events and acknowledgements, and once more in
// the scripts of jsonp-polling and htmlfile.
func TestRow11_JSONLineSeparators(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	g.post(target, "5:1+::{\"name\":\"answer\",\"args\":[\"a\u2028b\u2029c\"]}")
	g.want(g.get(target), 200, `6:::1+["a\u2028b\u2029c"]`)
	g.last.Do(func() { _ = g.last.Emit("e", "x\u2028y\u2029") })
	g.want(g.get(target), 200, `5:::{"name":"e","args":["x\u2028y\u2029"]}`)

	g.last.Do(func() { _ = g.last.Send("x\u2028y\u2029") }) // text has no escapes of its own
	r := g.get(strings.Replace(target, "xhr", "jsonp", 1) + "?i=0")
	g.want(r, 200, `io.j[0]("3:::x\u2028y\u2029");`)
}

// Row "jsonp POST": bare and quoted.
func TestRow11_JSONPPost(t *testing.T) {
	g := start(t, sio.Config{})
	target := "/socket.io/1/jsonp-polling/" + g.handshake("")
	g.want(g.get(target), 200, `io.j[0]("1::");`)
	for _, form := range []string{
		"d=3%3A%3A%3Aa%2Bb+%26d%3D1+%22q%22",
		"d=%223%3A%3A%3Aa%2Bb+%26d%3D1+%5C%22q%5C%22%22",
	} {
		r := g.post(target, form, "Content-Type: application/x-www-form-urlencoded")
		g.want(r, 200, "1")
		g.field(r, "Content-Disposition", "")
		g.want(g.get(target), 200, `io.j[0]("3:::a+b &d=1 \"q\"");`)
	}
	g.want(g.post(target, "e=3:::x"), 400, "No field d in the form")
	g.want(g.post(target, "d=3%3A%3A%3Aagain"), 200, "1") // which the session survives
}

// Row "POST body decoding": whole. A character may be cut by TCP.
func TestRow11_PostBodyDecoding(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	const text = "3:::é日😀\u2028"
	head := "POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n\r\n"
	for cut := range len(text) {
		r := g.w.HTTP()
		r.Write(head + text[:cut])
		g.w.Advance(time.Second)
		r.Write(text[cut:])
		g.want(r.Response(), 200, "1")
		g.want(g.get(target), 200, text)
	}
	r := g.w.HTTP()
	r.Write("POST " + target + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"4\r\n3:::\r\n1\r\n\xc3\r\n1\r\n\xa9\r\n0\r\n\r\n")
	g.want(r.Response(), 200, "1")
	g.want(g.get(target), 200, "3:::é")
}

// Row "POST answer": "1", plain text, as some stacks mishandle an empty 200.
func TestRow11_PostAnswer(t *testing.T) {
	g := start(t, sio.Config{})
	for _, name := range []string{"xhr-polling", "htmlfile", "jsonp-polling"} {
		sid := g.handshake("")
		g.get("/socket.io/1/xhr-polling/" + sid)
		r := g.post("/socket.io/1/"+name+"/"+sid, "d=2::")
		g.want(r, 200, "1")
		g.field(r, "Content-Type", "text/plain; charset=UTF-8")
		g.field(r, "Content-Length", "1")
	}
}

// Row "event ack request to client": always with "+".
func TestRow11_EventAckRequestToClient(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	var got string
	g.last.Do(func() {
		_ = g.last.EmitAck("q", func(a *sio.Ack) { _ = a.Decode(&got) })
	})
	g.want(g.get(target), 200, `5:1+::{"name":"q"}`)
	g.post(target, `6:::1+["yes"]`)
	if got != "yes" {
		t.Errorf("acknowledged with %q", got)
	}
}

// Row "ack data with + in it": split at the first one only.
func TestRow11_AckDataWithPlus(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	var got string
	g.last.Do(func() { _ = g.last.EmitAck("q", func(a *sio.Ack) { _ = a.Decode(&got) }) })
	g.get(target)
	g.post(target, `6:::1+["1+1+1"]`)
	if got != "1+1+1" {
		t.Errorf("acknowledged with %q", got)
	}
	g.post(target, `5:1+::{"name":"answer","args":["a+b"]}`)
	g.want(g.get(target), 200, `6:::1+["a+b"]`)
}

// Row "endpoint refused": "7::/e:2", and no connect before it.
func TestRow11_EndpointRefused(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("who=alien")
	g.post(target, "1::/room")
	g.want(g.get(target), 200, "7::/room:2")
	g.post(target, "1::/nowhere")                    // unknown: silence
	g.post(target, `5:::{"name":"echo","args":[1]}`) // and the session lives
	g.want(g.get(target), 200, `5:::{"name":"echo","args":[1]}`)
}

// Row "endpoint leave": silent.
func TestRow11_EndpointLeave(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("who=ann")
	g.post(target, "1::/room?x=1")
	g.want(g.get(target), 200, "1::/room")
	g.post(target, "0::/room")
	g.ended("ann client namespace disconnect")
	g.post(target, `5:::{"name":"echo","args":[1]}`)
	g.want(g.get(target), 200, `5:::{"name":"echo","args":[1]}`)
}

// Row "websocket fragments": joined, then decoded. Fragments cut characters.
func TestRow11_WebSocketFragments(t *testing.T) {
	g := start(t, sio.Config{})
	ws := g.websocket(g.handshake(""))
	g.texts(ws, "1::")
	const text = "3:::é日😀"
	for cut := 1; cut < len(text); cut++ {
		mask := [4]byte{1, 2, 3, 4}
		b := wsproto.AppendMasked(nil, wsproto.OpText, false, mask, []byte(text[:cut]))
		b = wsproto.AppendMasked(b, wsproto.OpPing, true, mask, []byte("between"))
		b = wsproto.AppendMasked(b, wsproto.OpContinuation, true, mask, []byte(text[cut:]))
		ws.Write(string(b))
		if f := ws.Frame(); f.Op != 10 || string(f.Payload) != "between" {
			t.Fatalf("frame %d %q", f.Op, f.Payload)
		}
		g.texts(ws, text)
	}
}

// Row "application argument names": an argument may have any name, those of
// the library's own parameters too.
func TestRow11_ApplicationArgumentNames(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	const packet = `5:::{"name":"echo","args":[{"name":"x","endpoint":"/y","self":1,"args":[],"callback":null}]}`
	g.post(target, packet)
	g.want(g.get(target), 200, packet)
}

// Row "handler exception": closed and reported, never a crash. The client may
// come back.
func TestRow11_HandlerException(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("who=ann")
	other := g.poll("who=bob")
	g.want(g.post(target, `5:::{"name":"panic"}`), 200, "1")
	g.ended("ann forced server close")
	g.want(g.get(target), 200, "7:::1+0")
	g.post(other, "3:::still here")
	g.want(g.get(other), 200, "3:::still here")
	if n := g.srv.Stats().Panics; n != 1 {
		t.Errorf("Stats.Panics is %d", n)
	}
}

// Row "htmlfile </script>": escaped.
func TestRow11_HTMLFileScriptEnd(t *testing.T) {
	g := start(t, sio.Config{})
	sid := g.handshake("")
	page := g.stream(sid)
	g.post("/socket.io/1/htmlfile/"+sid, "3:::</script><!--\u2028")
	g.scripts(page, `<script>_("3:::\u003c/script>\u003c!--\u2028");</script>`)
}

// Row "hixie U+FFFD": a frame is cut at the byte FF, not at what a decoder makes
// of it.
func TestRow11_HixieReplacementCharacter(t *testing.T) {
	g := start(t, sio.Config{})
	r := g.hixie("/socket.io/1/websocket/"+g.handshake(""), "http://x")
	g.bytes(r, frames("1::"))
	r.Write(frames("3:::a\uFFFDb", "3:::\uFFFD"))
	g.bytes(r, frames("3:::a\uFFFDb", "3:::\uFFFD"))
}

// Row "single dict argument": passed as it is, one argument.
func TestRow11_SingleDictArgument(t *testing.T) {
	g := start(t, sio.Config{})
	target := g.poll("")
	g.post(target, `5:::{"name":"echo","args":[{"a":1,"b":2}]}`)
	g.want(g.get(target), 200, `5:::{"name":"echo","args":[{"a":1,"b":2}]}`)
	g.post(target, `5:::{"name":"echo","args":{"a":1}}`) // not an array: one argument
	g.want(g.get(target), 200, `5:::{"name":"echo","args":[{"a":1}]}`)
}
