package hostile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// Revision 3 of Engine.IO (clients 1.x and 2.x), in bytes, over real sockets.

const (
	engine3 = "/socket.io/?EIO=3&transport="
	octets  = "Content-Type: application/octet-stream\r\n"
)

// classic makes a session of revision 3 on polling and gives the target of its
// requests. more goes with each of them.
func (g *rig) classic(who, more string) (target string) {
	g.t.Helper()
	a := g.get(engine3 + "polling&who=" + who + more)
	_, rest, _ := strings.Cut(strings.ReplaceAll(a.body, `\"`, `"`), `"sid":"`)
	sid, _, ok := strings.Cut(rest, `"`)
	if a.status != 200 || !ok {
		g.t.Fatalf("handshake: %d %q", a.status, a.body)
	}
	return engine3 + "polling&sid=" + sid + more
}

// classicSocket is a client of 2.x on a websocket, in "/".
func (g *rig) classicSocket(who string) *socket {
	g.t.Helper()
	s := g.websocket(engine3 + "websocket&who=" + who)
	if open := s.text(); !strings.HasPrefix(open, `0{"sid":"`) {
		g.t.Fatalf("first packet is %q", open)
	}
	s.want("40")
	return s
}

// TestRev3Payloads: text bodies that can't be read are answered "ok", as by the
// reference, and end their session.
func TestRev3Payloads(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	for i, body := range []string{
		"x", ":", ":4", "1", "1:", "x:4", "-1:4", "+1:2", " 1:2", "1 :2", "0x1:2", "1.0:2", "1e0:2",
		"2:2", "99999999999999999999:2", strings.Repeat("9", 400) + ":2", strings.Repeat("1", 5000), "1:9", "1:x", "1:\x00",
		"2:4🌪", "3:42\xff", "2:4\xf0\x9f", "1:b", "2:b4$", "3:b9=", "6:b4A===", "5:b4$$$", "4:bxAA", "1:22", "1:2x", "1:2:",
	} {
		who := fmt.Sprint("text", i)
		target := g.classic(who, "")
		g.post(target, body).same(t, 200, "ok")
		g.ended(who, sio.ParseError)
		// Who is cut by Socket.IO, not by the payload, gets a close packet.
		if a := g.get(target); a.status != 400 && a.body != "1:1" {
			t.Errorf("%q: %d %q", body, a.status, a.body)
		}
	}
	g.watched(func() {}) // and the server lives
	g.sessions(0)
}

// TestRev3BinaryPayloads: bodies of bytes whose bounds are not what they say.
func TestRev3BinaryPayloads(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	bad := []string{
		"x", "\x00", "\x01", "\x00\xff", "\x00\x01", "\x00\x01\xff", "\x00\x02\xff2", "\x00\x0a\xff2", "\x001\xff2", "\x02\x01\xff2",
		"\x00" + strings.Repeat("\x09", 400) + "\xff2", "\x00" + strings.Repeat("\x00", 5000), "\x00" + strings.Repeat("\x09", 20) + "\xff2",
		"\x00\x01\xff9", "\x00\x03\xff4\xf0\x9f", "\x01\x01\xff\x09", "\x01\x01\xff4", "\x00\x01\xff2\x00", "\x00\x01\xff22",
	}
	for i, body := range bad {
		who := fmt.Sprint("bytes", i)
		target := g.classic(who, "")
		g.do("POST", target, octets, body).same(t, 200, "ok")
		g.ended(who, sio.ParseError)
	}
	// An attachment that nobody announced, and one that is due twice.
	for i, body := range []string{
		"\x01\x02\xff\x04x",
		"\x00\x04\x03\xff" + `451-["bytes",{"_placeholder":true,"num":0}]` + "\x01\x02\xff\x04x\x01\x02\xff\x04y",
		"\x00\x04\x03\xff" + `451-["bytes",{"_placeholder":true,"num":0}]` + "\x00\x01\xff2\x00\x09\xff" + `42["echo"`,
	} {
		who := fmt.Sprint("attached", i)
		target := g.classic(who, "")
		g.do("POST", target, octets, body).same(t, 200, "ok")
		g.ended(who, sio.ParseError)
	}
	g.watched(func() {})
	g.sessions(0)
}

// TestRev3EveryByte cuts requests at every byte, and sends them byte by byte.
func TestRev3EveryByte(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		text := `12:42["echo",1]12:42["echo",2]1:2`
		binary := "\x00\x01\x02\xff" + `42["echo",1]` + "\x00\x01\x02\xff" + `42["echo",2]` + "\x00\x01\xff2"
		for _, c := range []struct{ header, body string }{{"", text}, {octets, binary}} {
			target := g.classic("cut", "")
			all := request("POST", target, c.header, c.body)
			for cut := 1; cut <= len(all); cut += 5 {
				p := g.dial()
				p.send(all[:cut])
				p.send(all[cut:])
				p.answer("POST").same(t, 200, "ok")
				_ = p.Close()
				g.get(target).same(t, 200, `12:42["echo",1]12:42["echo",2]1:3`)
			}
			p := g.dial()
			for i := range len(all) {
				p.send(all[i : i+1])
			}
			p.answer("POST").same(t, 200, "ok")
			g.get(target).same(t, 200, `12:42["echo",1]12:42["echo",2]1:3`)
		}
		s := g.classicSocket("frames")
		f := string(frame(wsproto.OpText, true, `42["echo",7]`))
		for i := range len(f) {
			s.send(f[i : i+1])
		}
		s.want(`42["echo",7]`)
	})
}

// TestRev3Oversized: 413 for a body over the limit, whatever its form, and the
// session lives; close 1009 for a websocket's message. At the limit all pass.
func TestRev3Oversized(t *testing.T) {
	t.Parallel()
	const max = 1000
	g := start(t, sio.Config{MaxMessage: max}, nil)
	g.watched(func() {
		event := func(size int) string { return `42["echo",` + strings.Repeat("1", size-11) + `]` }
		target := g.classic("posts", "")
		body := func(size int) string { return fmt.Sprintf("%d:%s", size, event(size)) }
		g.post(target, body(max-4)+"x").same(t, 413, "")
		g.do("POST", target, octets, "\x00\x09\x09\x07\xff"+event(997)).same(t, 413, "")
		g.post(target, body(max-4)).same(t, 200, "ok")
		// A number this long is not what "echo" takes: nothing comes back.
		g.post(target, "1:2").same(t, 200, "ok")
		g.get(target).same(t, 200, "1:3")
		// Form data may be three times as long as what it stands for.
		script := g.classic("script", "&j=1&b64=1")
		g.do("POST", script, "", "d="+strings.ReplaceAll("1:2", ":", "%3A")).same(t, 200, "ok")
		g.get(script).same(t, 200, `___eio[1]("1:3");`)
		g.do("POST", script, "", "d="+strings.Repeat("1", 4*max)).same(t, 413, "")

		s := g.classicSocket("frames")
		s.say(event(max))
		s.say("2")
		s.want("3")
		s.say(event(max + 1))
		s.cut(1009)
	})
}

// TestRev3PingFlood: clients that do nothing but ping are answered, and cut when
// they read nothing.
func TestRev3PingFlood(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{MaxQueue: 1 << 20}, nil)
	g.watched(func() {
		target := g.classic("pings", "")
		const n = 20_000
		g.post(target, strings.Repeat("1:2", n)).same(t, 200, "ok")
		g.get(target).same(t, 200, strings.Repeat("1:3", n))
		s := g.classicSocket("frames")
		all := strings.Repeat(string(frame(wsproto.OpText, true, "2")), 1000)
		for range 5 {
			s.send(all)
			for range 1000 {
				s.want("3")
			}
		}
		deaf := g.classicSocket("flood")
		eventually(t, "the cut", func() bool {
			_ = deaf.SetDeadline(time.Now().Add(20 * time.Millisecond))
			for range 20 {
				if _, err := deaf.Write([]byte(all)); err != nil {
					break
				}
			}
			return len(g.reasons("flood")) > 0
		})
	})
}

// TestRev3Overlaps: two polls, and a POST during a POST. That one is noticed
// where the session lives; another loop hands a body over when it is whole.
func TestRev3Overlaps(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{Loops: 4}, nil)
	g.watched(func() {
		for i := range 6 { // some on the session's loop, some not
			who := fmt.Sprint("polls", i)
			target := g.classic(who, "")
			first := g.dial()
			first.send(request("GET", target, "", ""))
			g.heldClassic(target, first)
			g.get(target).same(t, 400, "")
			first.answer("GET").same(t, 200, "1:1")
			g.ended(who, sio.TransportError)
		}
	})
	g = start(t, sio.Config{Loops: 1}, nil)
	g.watched(func() {
		target := g.classic("posts", "")
		slow := g.dial()
		all := request("POST", target, "", `12:42["echo",1]`)
		slow.send(all[:len(all)-3])
		g.held(slow, target)
		g.post(target, "1:2").same(t, 400, "")
		g.ended("posts", sio.TransportError)
		slow.send(all[len(all)-3:]) // answered, or cut
		if a, err := slow.tryAnswer("POST"); err == nil && (a.status != 200 || a.body != "ok") {
			t.Errorf("the first POST is answered %d %q", a.status, a.body)
		}
	})
}

// heldClassic waits until the poll on p is the one that is held: it has just
// been answered, and is sent again.
func (g *rig) heldClassic(target string, p *peer) {
	g.t.Helper()
	g.post(target, "1:2").same(g.t, 200, "ok")
	p.answer("GET").same(g.t, 200, "1:3")
	p.send(request("GET", target, "", ""))
	g.held(p, target)
}

// TestRev3ProbeAbuse: websockets on a session that don't behave as an upgrade
// cost only themselves.
func TestRev3ProbeAbuse(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{UpgradeTimeout: 300 * time.Millisecond}, nil)
	g.watched(func() {
		target := g.classic("probed", "")
		ws := engine3 + "websocket&sid=" + sid(target)
		lives := func() {
			g.post(target, "1:2").same(t, 200, "ok")
			for a := g.get(target); a.body != "1:3"; a = g.get(target) {
				if a.body != "1:6" { // a noop of the probe
					t.Fatalf("the session is answered %d %q", a.status, a.body)
				}
			}
		}
		for _, wrong := range []string{"2", "5", "3probe", "2probex", "1", "x", "", `42["echo",1]`, "2" + strings.Repeat("p", 2000)} {
			s := g.websocket(ws)
			s.say(wrong)
			s.gone()
			lives()
		}
		s := g.websocket(ws)
		s.write(frame(wsproto.OpBinary, true, "\x042probe"))
		s.gone()
		for _, after := range []string{"2probe", "3", "6", `42["echo",1]`} {
			s := g.websocket(ws)
			s.say("2probe")
			s.want("3probe")
			s.say(after)
			s.gone()
			lives()
		}
		idle := g.websocket(ws) // which never ends its upgrade
		idle.say("2probe")
		idle.want("3probe")
		second := g.dial()
		second.send(request("GET", ws, upgradeHeader, ""))
		second.gone()
		idle.gone()
		lives()
		for range 50 {
			p := g.dial()
			p.send(request("GET", ws, upgradeHeader, ""))
			_ = p.Close()
		}
		eventually(t, "room for an upgrade", func() bool {
			p := g.dial()
			p.send(request("GET", ws, upgradeHeader, ""))
			a, err := p.tryAnswer("GET")
			if err != nil || a.status != 101 {
				return false
			}
			s = &socket{p}
			s.say("2probe")
			return s.text() == "3probe"
		})
		s.say("5")
		s.say(`42["echo",1]`)
		s.want(`42["echo",1]`)
	})
}

// TestRev3Scripts: numbers of JSONP that are none, and forms without a payload.
func TestRev3Scripts(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	for j, want := range map[string]string{
		"12": "12", "0": "0", "-1": "1", "1.5": "15", "alert(1)": "1", "%3Cscript%3E1": "1", "1%0A2": "12", "999999999": "999999999",
	} {
		a := g.get(engine3 + "polling&b64=1&j=" + j)
		if !strings.HasPrefix(a.body, "___eio["+want+`]("`) || !strings.HasSuffix(a.body, `");`) {
			t.Errorf("j=%s: %.100q", j, a.body)
		}
	}
	for _, none := range []string{"", "x", "%3Cscript%3E", strings.Repeat("9", 10)} {
		g.get(engine3+"polling&b64=1&j="+none).same(t, 400, `{"code":3,"message":"Bad request"}`)
	}
	for _, body := range []string{"d=x", "d=%", "d=1%3A9", "d=3%3A42%ff", "d=9:2"} {
		who := fmt.Sprintf("form%x", body)
		g.post(g.classic(who, "&j=1&b64=1"), body)
		g.ended(who, sio.ParseError)
	}
	for _, body := range []string{"", "d", "d=", "x=1:2", "1:2", "x=1&d=1%3A2"} {
		target := g.classic("lives", "&j=1&b64=1")
		p := g.dial()
		p.send(request("POST", target, fmt.Sprintf("Content-Length: %d\r\n", len(body)), "") + body)
		p.answer("POST").same(t, 200, "ok") // as the reference
	}
	g.watched(func() {})
}
