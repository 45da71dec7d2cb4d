package hostile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/sio"
)

// tlsHello begins what a browser says to https on this port.
const tlsHello = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "random bytes random bytes random"

// badRequests can't be read; each is answered with its status and a reason, and
// the connection closes.
var badRequests = []struct {
	name, input string
	status      int
}{
	{"TLS hello", tlsHello, 400},
	{"SSLv2 hello", "\x80\x2e\x01\x00\x02", 400},
	{"zeros", repeat("\x00", 100), 400},
	{"no Flash policy request", "<policy-file-request />\x00", 400},
	{"SSH", "SSH-2.0-OpenSSH_9.9\r\n", 400},
	{"SMTP", "EHLO x\r\n", 400},
	{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
	{"HTTP/0.9", "GET /\r\n", 400},
	{"HTTP/3.0", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
	{"lower-case version", "GET / http/1.1\r\nHost: x\r\n\r\n", 400},
	{"endless method", repeat("A", 100), 501},
	{"CONNECT", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 501},
	{"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
	{"two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400},
	{"bare LF", "GET / HTTP/1.1\nHost: x\n\n", 400},
	{"bare CR", "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", 400},
	{"space before colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
	{"folded line", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400},
	{"NUL in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n", 400},
	{"control byte in the target", "GET /\x07 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"broken escape in the path", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400},
	{"negative length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
	{"length and chunked", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"chunked twice", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400},
	{"gzip coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
	{"unknown expectation", "POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417},
	{"long target", "GET /" + repeat("a", 8<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
	{"many fields", "GET / HTTP/1.1\r\nHost: x\r\n" + repeat("A: b\r\n", 100) + "\r\n", 431},
	{"endless head", "GET / HTTP/1.1\r\nHost: x\r\nA: " + repeat("b", 16<<10), 431},
	{"huge body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 413},
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		for _, c := range badRequests {
			t.Run(c.name, func(t *testing.T) {
				p := dial(t, g.addr)
				// What follows must not be read as a request.
				p.send(c.input + "\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n")
				a := p.answer("GET")
				if a.status != c.status || a.body == "" || !a.closes {
					t.Errorf("answer is %d %q, closes %v; want %d, a reason, and the end", a.status, a.body, a.closes, c.status)
				}
				p.finished()
			})
		}
	})
}

// TestBadRequestsByteByByte: the same answers however the input is cut. The
// answer may come before the last byte is sent.
func TestBadRequestsByteByByte(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		for _, c := range badRequests {
			if len(c.input) > 200 {
				continue
			}
			p := dial(t, g.addr)
			input := c.input + "\r\n\r\n"
			for i := range len(input) {
				if !p.write([]byte{input[i]}) {
					break
				}
			}
			if a := p.answer("GET"); a.status != c.status {
				t.Errorf("%s: status is %d, want %d", c.name, a.status, c.status)
			}
			p.finished()
		}
	})
}

// chunked is body in chunks of n bytes.
func chunked(body string, n int) string {
	var b strings.Builder
	for len(body) > 0 {
		k := min(n, len(body))
		fmt.Fprintf(&b, "%x\r\n%s\r\n", k, body[:k])
		body = body[k:]
	}
	return b.String() + "0\r\n\r\n"
}

// TestOversizedPost: 413 with an empty body, whatever says how long it is; the
// session survives (engine.io 6), and exactly the limit passes.
func TestOversizedPost(t *testing.T) {
	t.Parallel()
	const limit = 5000
	g := start(t, sio.Config{MaxMessage: limit}, nil)
	const chunkedHeader = "Transfer-Encoding: chunked\r\n"
	fits := "4" + `2["echo",1` + repeat(" ", limit-12) + "]"
	g.watched(func() {
		target := g.polling("big")
		g.post(target, fits).same(t, 200, "ok")
		g.get(target).same(t, 200, `42["echo",1]`)
		for range 5 { // on the session's loop and on others
			g.post(target, fits+" ").same(t, 413, "")
			p := g.dial()
			p.send("POST " + target + " HTTP/1.1\r\nHost: x\r\n" + chunkedHeader + "\r\n" + chunked(fits+" ", 1000))
			p.answer("POST").same(t, 413, "")
			p.finished()
		}
		p := g.dial()
		p.send("POST " + target + " HTTP/1.1\r\nHost: x\r\n" + chunkedHeader + "\r\n" + chunked(fits, 1000))
		p.answer("POST").same(t, 200, "ok")
		g.get(target).same(t, 200, `42["echo",1]`)

		old := "/socket.io/1/xhr-polling/" + g.handshake("old")
		g.get(old).same(t, 200, "1::")
		g.post(old, "3:::"+repeat("x", limit-3)).same(t, 413, "")
		g.post(old, "5:::"+`{"name":"echo","args":[2]}`).same(t, 200, "1")
		g.get(old).same(t, 200, `5:::{"name":"echo","args":[2]}`)
	})
}

// TestExpectContinue: the client is told to go on, or refused before it sends a
// byte of a body that is too long.
func TestExpectContinue(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{MaxMessage: 100}, nil)
	g.watched(func() {
		target := g.polling("patient")
		p := g.dial()
		p.send("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n")
		if a := p.answer("POST"); a.status != 100 {
			t.Fatalf("status is %d", a.status)
		}
		p.send(`42["echo",1]`)
		p.answer("POST").same(t, 200, "ok")
		g.get(target).same(t, 200, `42["echo",1]`)
		p = g.dial()
		p.send("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n")
		p.answer("POST").same(t, 413, "")
		p.finished()
	})
}

// TestBrokenChunks: the body of a POST that can't be read ends its session, as
// a request that the client breaks off.
func TestBrokenChunks(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		for i, body := range []string{"zz\r\n", "5\r\nabcdefg", "-1\r\n", "1 \r\nx", "5;" + repeat("x", 300), "0\r\nA b\r\n"} {
			who := fmt.Sprint("broken", i)
			target := g.polling(who)
			p := g.dial()
			p.send("POST " + target + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
			if a := p.answer("POST"); a.status != 400 || !a.closes {
				t.Errorf("%.20q: answer is %d %q", body, a.status, a.body)
			}
			p.finished()
		}
	})
}

// TestPayloads: bodies of packets that can't be read. Engine.IO 4 answers "ok"
// and ends the session; revision 1 likewise with its "1".
func TestPayloads(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	bad := []string{"9", "x", "6\x1e", "\x1e4", "bb$$", "b====", "6\x1e\x1e40"}
	rev1 := []string{"\ufffdx\ufffd", "\ufffd99\ufffd2::", "\ufffd3\ufffd2::x", "9::", "5:::{", "\ufffd99999999999\ufffd2::", "5:::[1]"}
	g.watched(func() {
		for i, body := range bad {
			who := fmt.Sprint("payload", i)
			target := g.polling(who)
			g.post(target, body).same(t, 200, "ok")
			g.ended(who, sio.ParseError)
			g.get(target).same(t, 400, `{"code":1,"message":"Session ID unknown"}`)
		}
		for i, body := range rev1 {
			who := fmt.Sprint("old", i)
			target := "/socket.io/1/xhr-polling/" + g.handshake(who)
			g.get(target).same(t, 200, "1::")
			g.post(target, body).same(t, 200, "1")
			g.ended(who, sio.ParseError)
		}
	})
}

// TestBodyIsNotUTF8: text that is no UTF-8 must not reach other clients, whose
// websockets would close over it.
func TestBodyIsNotUTF8(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, func(g *rig) {
		g.ns.OnRaw("all", func(u *user, e *sio.Event) {
			_ = g.ns.To().Emit("all", rawCopy(e))
		})
	})
	g.watched(func() {
		listener := g.modern("listener")
		target := g.polling("binary")
		g.post(target, "42[\"all\",\"\xff\xfe\"]").same(t, 200, "ok")
		old := "/socket.io/1/xhr-polling/" + g.handshake("old")
		g.get(old).same(t, 200, "1::")
		g.post(old, "5:::{\"name\":\"all\",\"args\":[\"\xc3\"]}").same(t, 200, "1")
		g.ended("binary", sio.ParseError)
		g.ended("old", sio.ParseError)
		listener.say(`42["echo",3]`)
		listener.want(`42["echo",3]`)
	})
}
