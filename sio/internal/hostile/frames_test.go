package hostile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

const (
	text    = wsproto.OpText
	data    = wsproto.OpBinary
	cont    = wsproto.OpContinuation
	ping    = wsproto.OpPing
	closing = wsproto.OpClose
)

// join puts frames together.
func join(frames ...[]byte) string {
	var b strings.Builder
	for _, f := range frames {
		b.Write(f)
	}
	return b.String()
}

// header is the header of a masked frame that announces n bytes.
func header(first byte, n uint64) string {
	b := []byte{first, 0x80 | 127}
	for shift := 56; shift >= 0; shift -= 8 {
		b = append(b, byte(n>>shift))
	}
	return string(b) + string(maskKey[:])
}

// badFrames break RFC 6455; each is answered with its close code.
var badFrames = []struct {
	name, input string
	code        int
}{
	{"unmasked", "\x81\x012", 1002},
	{"unmasked, empty", "\x81\x00", 1002},
	{"reserved bit 1", "\xc1\x81" + string(maskKey[:]) + "x", 1002},
	{"reserved bit 3", "\x91\x81" + string(maskKey[:]) + "x", 1002},
	{"operation 3", join(frame(3, true, "x")), 1002},
	{"operation 11", join(frame(11, true, "x")), 1002},
	{"long ping", join(frame(ping, true, repeat("x", 126))), 1002},
	{"long close", join(frame(closing, true, "\x03\xe8"+repeat("x", 124))), 1002},
	{"ping in fragments", join(frame(ping, false, "x")), 1002},
	{"continuation of nothing", join(frame(cont, true, "x")), 1002},
	{"message inside a message", join(frame(text, false, "4"), frame(text, true, "2")), 1002},
	{"binary inside a text", join(frame(text, false, "4"), frame(data, true, "2")), 1002},
	{"close of one byte", join(frame(closing, true, "\x03")), 1002},
	{"close 1005", join(frame(closing, true, "\x03\xed")), 1002},
	{"close 999", join(frame(closing, true, "\x03\xe7")), 1002},
	{"close 5000", join(frame(closing, true, "\x13\x88")), 1002},
	{"close with bad text", join(frame(closing, true, "\x03\xe8\xff")), 1007},
	{"length with its highest bit", header(0x81, 1<<63), 1002},
	{"bad text", join(frame(text, true, "4\xff")), 1007},
	{"overlong character", join(frame(text, true, "4\xc0\xaf")), 1007},
	{"surrogate", join(frame(text, true, "4\xed\xa0\x80")), 1007},
	{"above U+10FFFF", join(frame(text, true, "4\xf4\x90\x80\x80")), 1007},
	{"cut character", join(frame(text, true, "4\xe2\x82")), 1007},
	{"bad text over a border", join(frame(text, false, "4\xe2\x82"), frame(cont, true, "\xe2")), 1007},
	{"character cut by the end", join(frame(text, false, "4\xf0\x9f"), frame(cont, true, "\x98")), 1007},
	{"bad text in a message that goes on", join(frame(text, false, "4\xff")), 1007},
	{"1 000 001 bytes announced", header(0x81, 1_000_001), 1009},
	{"2^62 bytes announced", header(0x82, 1<<62), 1009},
	{"too big in fragments", join(frame(text, false, repeat("4", 600_000)), frame(cont, true, repeat("4", 400_001))), 1009},
	{"TLS hello", tlsHello, 1002},
	{"an HTTP request", "GET / HTTP/1.1\r\n\r\n", 1002},
}

func TestBadFrames(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		for i, c := range badFrames {
			for generation, open := range map[string]func(string) *socket{"modern": g.modern, "legacy": g.legacy} {
				t.Run(c.name+"/"+generation, func(t *testing.T) {
					who := fmt.Sprint(generation, i)
					s := open(who)
					s.t = t
					s.send(c.input)
					s.cut(c.code)
					g.ended(who, sio.TransportError)
				})
			}
		}
	})
}

// TestBadFramesByteByByte: the same codes however the input is cut.
func TestBadFramesByteByByte(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		for _, c := range badFrames {
			if len(c.input) > 200 {
				continue
			}
			s := g.modern("bytes")
			for i := range len(c.input) {
				if !s.write([]byte{c.input[i]}) {
					break
				}
			}
			s.cut(c.code)
		}
	})
}

// TestBadFramesWhileProbing: only the websocket closes; the session stays on
// polling.
func TestBadFramesWhileProbing(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		target := g.polling("probing")
		for _, c := range badFrames {
			s := g.websocket(engine + "websocket&sid=" + sid(target))
			s.say("2probe")
			s.want("3probe")
			s.send(c.input)
			s.cut(c.code)
		}
		for _, packet := range []string{"4", "x", "", "2probe", `42["echo",9]`, "3"} {
			s := g.websocket(engine + "websocket&sid=" + sid(target))
			s.say("2probe")
			s.want("3probe")
			s.say(packet)
			s.cut(0)
		}
		g.post(target, `42["echo",1]`).same(t, 200, "ok")
		if a := g.get(target); !strings.HasSuffix(a.body, `42["echo",1]`) || strings.Contains(a.body, "9") {
			t.Errorf("after the probes the poll brings %q", a.body)
		}
	})
}

// TestGoodFrames: what is allowed, in every split, and messages of exactly the
// limit.
func TestGoodFrames(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, func(g *rig) {
		sio.On(g.ns, "length", func(u *user, s string) { _ = u.Emit("length", len(s)) })
	})
	g.watched(func() {
		s := g.modern("good")
		euro := `42["length","€€"]`
		for cut := range len(euro) {
			s.send(join(frame(text, false, euro[:cut]), frame(ping, true, "p"), frame(cont, true, euro[cut:])))
			if op, p := s.next(); op != wsproto.OpPong || p != "p" {
				t.Fatalf("answer to the ping is %d %q", op, p)
			}
			s.want(`42["length",6]`)
		}
		whole := join(frame(text, true, euro))
		for i := range len(whole) {
			s.send(whole[i : i+1])
		}
		s.want(`42["length",6]`)
		const n = 1_000_000 - len(`42["length",""]`)
		s.say(`42["length","` + repeat("x", n) + `"]`)
		s.want(fmt.Sprintf(`42["length",%d]`, n))
		s.send(join(frame(closing, true, "\x03\xe8bye")))
		s.cut(1000)
		g.ended("good", sio.TransportClose)
	})
}

// TestBadPackets: frames are good, the packets in them are not. The websocket
// closes without a code.
func TestBadPackets(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	cases := []struct {
		packet string
		why    sio.Reason
	}{
		{"", sio.ParseError}, {"9", sio.ParseError}, {"x", sio.ParseError},
		{"2", sio.TransportError}, {"2probe", sio.TransportError}, {"0{}", sio.TransportError}, {"5", sio.TransportError},
		{"4", sio.ParseError}, {"47", sio.ParseError}, {"4x", sio.ParseError}, {"42", sio.ParseError},
		{"42{}", sio.ParseError}, {"42[]", sio.ParseError}, {"42[null]", sio.ParseError}, {"42[{}]", sio.ParseError},
		{`42["a"`, sio.ParseError}, {`42["a"]x`, sio.ParseError}, {`42["\q"]`, sio.ParseError},
		{`42["connect"]`, sio.ParseError}, {`42["disconnecting",1]`, sio.ParseError}, {`42["\u0063onnect"]`, sio.ParseError},
		{`4299999999999999999999["a"]`, sio.ParseError}, {`43{}`, sio.ParseError}, {"43[1]", sio.ParseError},
		{`44{"message":"x"}`, sio.ParseError}, {"40", sio.ParseError}, {"40[]", sio.ParseError}, {"41[]", sio.ParseError},
		{`42/none,["a"]`, sio.ForcedClose}, {"41/none,", sio.ForcedClose}, {"43/none,1[]", sio.ForcedClose},
		{`45-["a"]`, sio.ParseError}, {`45["a"]`, sio.ParseError}, {`4511-["a"]`, sio.ParseError}, {`45x-["a"]`, sio.ParseError},
	}
	g.watched(func() {
		for i, c := range cases {
			t.Run(c.packet, func(t *testing.T) {
				who := fmt.Sprint("packet", i)
				s := g.modern(who)
				s.t = t
				s.say(c.packet)
				s.cut(0)
				g.ended(who, c.why)
			})
		}
		s := g.modern("binary")
		s.bytes("unasked")
		s.cut(0)
		g.ended("binary", sio.ParseError)
	})
}

// TestHarmlessPackets are odd and allowed: they are ignored.
func TestHarmlessPackets(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		s := g.modern("odd")
		for _, p := range []string{"6", "1", "3", "3probe", "439[]", `42["unknown"]`, `42[5]`, `42["echo","no number"]`} {
			s.say(p)
		}
		s.say(`42["echo",1]`)
		s.want(`42["echo",1]`)
		o := g.legacy("odd")
		for _, p := range []string{"8::", "6:::9", `5:::{"name":"connect"}`, "7:::", `5::/none:{"name":"x"}`, "3::/none:x", "0::/none"} {
			o.say(p)
		}
		o.say(`5:::{"name":"echo","args":[1]}`)
		o.want(`5:::{"name":"echo","args":[1]}`)
	})
}
