package hostile

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// Clients of revision 1 that can't run today, in bytes, over real sockets: the
// websocket of Flash and of 2010, and Internet Explorer's endless page.

// hixieVector is a handshake whose digest the released servers confirmed.
type hixieVector struct{ Key1, Key2, Key3Hex, ResponseHex string }

func hixieVectors(t testing.TB) []hixieVector {
	t.Helper()
	b, err := os.ReadFile("../wsproto/testdata/vectors-hixie76.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ Hixie76 []hixieVector }
	if err := json.Unmarshal(b, &v); err != nil || len(v.Hixie76) == 0 {
		t.Fatal(len(v.Hixie76), err)
	}
	return slices.DeleteFunc(v.Hixie76, func(v hixieVector) bool {
		// Spaces at the ends of a field's value are not part of it: the draft has
		// none there.
		return v.ResponseHex == "" || strings.TrimSpace(v.Key1) != v.Key1 || strings.TrimSpace(v.Key2) != v.Key2
	})
}

// request is the head of the handshake, key3 what follows it.
func (v hixieVector) request(target string) (head, key3 string) {
	b, _ := hex.DecodeString(v.Key3Hex)
	return "GET " + target + " HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: x:1\r\nOrigin: http://A.example\r\n" +
		"Cookie: \r\nSec-WebSocket-Key1: " + v.Key1 + "\r\nSec-WebSocket-Key2: " + v.Key2 + "\r\n\r\n", string(b)
}

// answer is the whole answer, digest included.
func (v hixieVector) answer(target string) string {
	b, _ := hex.DecodeString(v.ResponseHex)
	return "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Origin: http://A.example\r\nSec-WebSocket-Location: ws://x:1" + target + "\r\n\r\n" + string(b)
}

// read checks that exactly these bytes come next.
func (p *peer) read(want string) {
	p.t.Helper()
	b := make([]byte, len(want))
	n, err := io.ReadFull(p.r, b)
	if string(b[:n]) != want {
		p.t.Fatalf("read %.300q (%v), want %.300q", b[:n], err, want)
	}
}

const echo1 = `5:::{"name":"echo","args":[1]}`

// TestHixieSplit sends all that a client says in one write, byte by byte, and
// cut once at every place.
func TestHixieSplit(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{SessionExpiry: 3 * time.Second}, nil)
	g.watched(func() {
		for i, v := range hixieVectors(t) {
			for _, name := range []string{"websocket", "flashsocket"} {
				target := "/socket.io/1/" + name + "/" + g.handshake("hixie") + "?a=%22b"
				head, key3 := v.request(target)
				all := head + key3 + "\x00" + echo1 + "\xff\x00" + "2::\xff"
				want := v.answer(target) + "\x001::\xff\x00" + echo1 + "\xff"
				p := g.dial()
				if i%2 == 0 {
					p.send(all)
				} else {
					for j := range len(all) {
						p.send(all[j : j+1])
					}
				}
				p.read(want)
				p.send("\xff\x00") // answered once
				p.read("\xff\x00")
				p.finished()
			}
		}
		v := hixieVectors(t)[0]
		for cut := 0; ; cut += 7 {
			target := "/socket.io/1/websocket/" + g.handshake("hixie")
			head, key3 := v.request(target)
			all := head + key3 + "\x00" + echo1 + "\xff"
			if cut >= len(all) {
				break
			}
			p := g.dial()
			p.send(all[:cut])
			if cut >= len(head) { // the head is answered before the 8 bytes are there
				p.read(v.answer(target)[:len(v.answer(target))-16])
				p.send(all[cut:])
				p.read(v.answer(target)[len(v.answer(target))-16:])
			} else {
				p.send(all[cut:])
				p.read(v.answer(target))
			}
			p.read("\x001::\xff\x00" + echo1 + "\xff")
			_ = p.Close()
		}
	})
	g.sessions(0)
}

// hixie opens one, after its connect packet.
func (g *rig) hixie(who string) *peer {
	g.t.Helper()
	v := hixieVectors(g.t)[0]
	target := "/socket.io/1/flashsocket/" + g.handshake(who)
	head, key3 := v.request(target)
	p := g.dial()
	p.send(head + key3)
	p.read(v.answer(target) + "\x001::\xff")
	return p
}

// TestHixieFrames: frames that no client sends, and messages at the limit.
func TestHixieFrames(t *testing.T) {
	t.Parallel()
	const max = 100_000
	g := start(t, sio.Config{MaxMessage: max}, nil)
	text := "3:::" + strings.Repeat("x", max-4)
	g.watched(func() {
		for _, c := range []struct {
			name, send, answer string
			why                sio.Reason
		}{
			{"length-prefixed", "\x80\x01x", "", sio.TransportError},
			{"type FE", "\xfe\x00", "", sio.TransportError},
			{"type 01", "\x01x\xff", "", sio.TransportError},
			{"FF without 00", "\xffx", "", sio.TransportError},
			{"at the limit", "\x00" + text + "\xff\xff\x00", "\xff\x00", sio.TransportClose},
			{"above it", "\x00" + text + "y\xff", "", sio.TransportError},
			{"above it, without an end", "\x00" + text + "y", "", sio.TransportError},
			{"no packet", "\x00x\xff", "\xff\x00", sio.ParseError},
			{"goodbye", "\x000::\xff", "\x000::\xff\xff\x00", sio.ClientNamespaceDisconnect},
		} {
			who := strings.ReplaceAll(c.name, " ", "-")
			p := g.hixie(who)
			p.send(c.send)
			if got := p.gone(); got != c.answer {
				t.Errorf("%s: answered %.100q, want %q", c.name, got, c.answer)
			}
			g.ended(who, c.why)
		}
	})
	g.sessions(0)
}

// TestHixieBadKeys: handshakes that can't be answered.
func TestHixieBadKeys(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	v := hixieVectors(t)[0]
	head, key3 := v.request("/socket.io/1/websocket/" + g.handshake("bad"))
	for _, key := range []string{"", "nothing", "1 0 0 1", "99999999999999999999 9 ", "12345"} {
		p := g.dial()
		p.send(strings.Replace(head, v.Key2, key, 1) + key3)
		a := p.answer("GET")
		a.same(t, 400, "Bad Sec-WebSocket-Key1 or Sec-WebSocket-Key2")
		p.gone()
	}
}

// TestCutRev1 ends connections of every transport in the middle, at each stage.
// Sessions end at once or expire, and nobody else notices.
func TestCutRev1(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{
		SessionExpiry: 300 * time.Millisecond, CloseTimeout: 2 * time.Second, PollDuration: time.Second,
		HeartbeatInterval: 1500 * time.Millisecond, HeartbeatTimeout: 5 * time.Second,
	}, nil)
	v := hixieVectors(t)[0]
	get := func(name, sid string) string { return request("GET", "/socket.io/1/"+name+"/"+sid+"?i=1", "", "") }
	post := func(name, sid, body string) string { return request("POST", "/socket.io/1/"+name+"/"+sid, "", body) }
	cut := func(p *peer, reset bool) {
		if reset {
			_ = p.Conn.(interface{ SetLinger(int) error }).SetLinger(0)
		}
		_ = p.Close()
	}
	g.watched(func() {
		for i := range 8 {
			reset := i%2 == 1
			for _, name := range []string{"xhr-polling", "jsonp-polling", "htmlfile", "websocket"} {
				sid := g.handshake("cut")
				p := g.dial()
				all := get(name, sid)
				if name == "websocket" {
					head, key3 := v.request("/socket.io/1/websocket/" + sid)
					all = head + key3 + "\x003:::x\xff"
				}
				p.send(all[:len(all)*(i+1)/8]) // a part of the request, at last all
				if i == 7 {
					_, _ = p.r.Peek(1) // what was answered is there
				}
				cut(p, reset)

				p = g.dial() // a poll that is held, and a POST that ends early
				p.send(get("xhr-polling", sid))
				_, _ = p.r.Peek(1)
				cut(p, reset)
				p = g.dial()
				body := post(name, sid, "d=3:::hello")
				p.send(body[:len(body)-1-i])
				cut(p, reset)
			}
		}
	})
	g.sessions(0)
}

// TestStreamFlood: a client that goes on to send behind a page without end.
func TestStreamFlood(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		p := g.dial()
		p.send(request("GET", "/socket.io/1/htmlfile/"+g.handshake("flood"), "", ""))
		_, _ = p.r.ReadString('x')
		for range 40 {
			if !p.write([]byte(strings.Repeat("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 100))) {
				break
			}
		}
		g.ended("flood", sio.TransportClose)
		p.gone()
	})
}

// TestDeafRev1: clients that read nothing are cut at Config.MaxQueue, whatever
// carries them.
func TestDeafRev1(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"hixie", "htmlfile"} {
		t.Run(name, func(t *testing.T) {
			g := start(t, sio.Config{MaxQueue: 1 << 20}, nil)
			if name == "hixie" {
				g.hixie("deaf")
			} else {
				p := g.dial()
				p.send(request("GET", "/socket.io/1/htmlfile/"+g.handshake("deaf"), "", ""))
			}
			eventually(t, "the deaf one", func() bool { g.mu.Lock(); defer g.mu.Unlock(); return g.deaf != nil })
			g.watched(func() {
				text := strings.Repeat("x", 100_000)
				eventually(t, "the cut", func() bool {
					_ = g.deaf.Emit("e", text)
					return len(g.reasons("deaf")) > 0
				})
				g.ended("deaf", sio.TransportError)
			})
		})
	}
}

// TestIdleRev1: an idle client of any transport costs no goroutine.
func TestIdleRev1(t *testing.T) {
	g := start(t, sio.Config{}, nil)
	before := goroutines()
	const n = 25
	for range n {
		for _, name := range []string{"websocket", "hixie", "htmlfile", "xhr-polling", "jsonp-polling"} {
			sid := ""
			switch name {
			case "websocket":
				g.legacy("w")
			case "hixie":
				g.hixie("h")
			default:
				sid = g.handshake(name)
			}
			if name == "xhr-polling" || name == "jsonp-polling" {
				g.get("/socket.io/1/" + name + "/" + sid)
			}
			if sid != "" {
				p := g.dial()
				p.send(request("GET", "/socket.io/1/"+name+"/"+sid, "", ""))
			}
		}
	}
	g.sessions(5 * n)
	eventually(t, "no goroutine more than before", func() bool { return goroutines() <= before })
}
