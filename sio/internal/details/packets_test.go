package details

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// Detail 12: protocol 5 sends nothing before the client's CONNECT, and the sid
// in its answer differs from the engine's. In revision 3 "40" comes unasked with
// no data, and ids are the engine's sid, or "/nsp#sid".
func TestDetail12_WhoSpeaksFirst(t *testing.T) {
	g := start(t, sio.Config{})
	ws := g.websocket("EIO=4")
	engine := g.sid([]byte(ws.Text()))
	g.quiet(ws, 5*time.Second)
	g.say(ws, "40")
	own := g.sid([]byte(ws.Text()))
	if own == engine || own != g.last.ID() || len(own) != 20 || len(engine) != 20 {
		t.Errorf("engine %q, socket %q, on the server %q", engine, own, g.last.ID())
	}
	old := g.websocket("EIO=3")
	engine = g.sid([]byte(old.Text()))
	g.texts(old, "40")
	if g.last.ID() != engine {
		t.Errorf("engine %q, on the server %q", engine, g.last.ID())
	}
	g.say(old, "40/chat,")
	g.texts(old, "40/chat,")
	if g.last.ID() != "/chat#"+engine {
		t.Errorf("engine %q, in /chat on the server %q", engine, g.last.ID())
	}
}

// Detail 13: a refused namespace gets an object without a "data" key when there
// is none (protocol 5), or a JSON string (protocol 4); the connection stays
// open.
func TestDetail13_RefusedNamespace(t *testing.T) {
	g := start(t, sio.Config{})
	ws := g.entered()
	g.say(ws, "40/plain,", "40/data,{}", "40/none")
	g.texts(ws, `44/plain,{"message":"no"}`, `44/data,{"message":"no","data":{"code":1}}`, `44/none,{"message":"Invalid namespace"}`)
	g.say(ws, `42["echo",1]`)
	g.texts(ws, `42["echo",1]`)
	old := g.websocket("EIO=3")
	old.Text()
	g.texts(old, "40")
	g.say(old, "40/plain,", "40/data,", "40/none?a=b,")
	g.texts(old, `44/plain,"no"`, `44/data,{"code":1}`, `44/none,"Invalid namespace"`)
	g.say(old, `42["echo",1]`)
	g.texts(old, `42["echo",1]`)
}

// Detail 14: these close the engine: an event for a namespace not joined, a
// second CONNECT, a reserved event name, text while attachments are due, more
// than 10 attachments, a bad placeholder. Unknown ack ids and unknown events do
// not.
func TestDetail14_WhatClosesTheEngine(t *testing.T) {
	g := start(t, sio.Config{})
	many := func(event string, n int) string {
		text := fmt.Sprintf(`45%d-[%q`, n, event)
		for i := range n {
			text += fmt.Sprintf(`,{"_placeholder":true,"num":%d}`, i)
		}
		return text + "]"
	}
	for name, packets := range map[string][]string{
		"namespace not joined":       {`42/chat,["echo",1]`},
		"ack in one not joined":      {`43/chat,1[]`},
		"second CONNECT":             {"40"},
		"reserved name":              {`42["disconnect"]`},
		"reserved name, escaped":     {`42["conn\u0065ct"]`},
		"text while binary is due":   {`451-["echo",{"_placeholder":true,"num":0}]`, `42["echo",1]`},
		"11 attachments":             {many("echo", 11)},
		"placeholder beyond":         {`451-["echo",{"_placeholder":true,"num":1}]`, "b"},
		"placeholder is no number":   {`451-["echo",{"_placeholder":true,"num":"0"}]`, "b"},
		"binary without packet":      {"b"},
		"unknown type":               {"47"},
		"CONNECT_ERROR of a client":  {`44{"message":"x"}`},
		"event that is no array":     {`42{"echo":1}`},
		"event without a name":       {`42[]`},
		"engine packet of no type":   {"7"},
		"engine packet without type": {""},
	} {
		ws := g.entered()
		for _, p := range packets {
			if p == "b" {
				ws.WriteFrame(siotest.Binary, "x")
			} else {
				g.say(ws, p)
			}
		}
		if f := ws.Frame(); f.Op != siotest.CloseFrame {
			t.Errorf("%s: frame %+v, want a close", name, f)
		}
		g.sessions(0)
	}
	ws := g.entered()
	g.say(ws, `43999[1]`, `42["nobody listens",1]`, `42[5]`, many("nobody", 10))
	for range 10 {
		ws.WriteFrame(siotest.Binary, "x")
	}
	g.say(ws, `42["echo",1]`)
	g.texts(ws, `42["echo",1]`)
}

// Detail 15: recovery appends an offset to every plain event, not to those that
// want an acknowledgement or are volatile; missed packets come behind CONNECT
// here, which clients take as well as before it; namespace disconnects and parse
// errors are not recoverable.
func TestDetail15_Recovery(t *testing.T) {
	g := start(t, sio.Config{Recovery: &sio.Recovery{}})
	connect := func(auth string) (ws *siotest.Raw, answer string) {
		ws = g.websocket("EIO=4")
		ws.Text()
		g.say(ws, "40"+auth)
		return ws, ws.Text()
	}
	between := func(s, from, to string) string {
		_, s, _ = strings.Cut(s, from)
		s, _, _ = strings.Cut(s, to)
		return s
	}
	ws, answer := connect("")
	sid, pid := between(answer, `"sid":"`, `"`), between(answer, `"pid":"`, `"`)
	if sid == "" || pid == "" || sid == pid {
		t.Fatalf("CONNECT is answered %q", answer)
	}
	s := g.last
	_ = s.Emit("plain", 1)
	_ = s.EmitAck("asks", func(*sio.Ack) {}, 2)
	_ = s.To(sid).Volatile().Emit("may be lost", 3)
	_ = s.Emit("none")
	plain := ws.Text()
	offset := between(plain, `42["plain",1,"`, `"]`)
	if plain != `42["plain",1,"`+offset+`"]` || offset == "" {
		t.Errorf("plain event: %q", plain)
	}
	if asks := ws.Text(); !strings.HasSuffix(asks, `["asks",2]`) {
		t.Errorf("event that wants an acknowledgement: %q", asks)
	}
	none := ws.Text()
	if none2 := between(none, `42["none","`, `"]`); none != `42["none","`+none2+`"]` || none2 == "" || none2 == offset {
		t.Errorf("event without arguments: %q", none)
	}
	ws.Close() // a transport close
	g.w.Until(func() bool { return len(g.shut) == 1 })
	ws, answer = connect(`{"pid":"` + pid + `","offset":"` + offset + `"}`)
	if between(answer, `"sid":"`, `"`) != sid || between(answer, `"pid":"`, `"`) != pid {
		t.Errorf("recovered as %q, want sid %s and pid %s", answer, sid, pid)
	}
	g.texts(ws, none)
	if !g.last.Recovered() {
		t.Error("not recovered")
	}
	for name, end := range map[string]string{"namespace disconnect": "41", "parse error": "47"} {
		ws, answer := connect("")
		sid, pid := between(answer, `"sid":"`, `"`), between(answer, `"pid":"`, `"`)
		_ = g.last.Emit("one")
		offset := between(ws.Text(), `42["one","`, `"]`)
		n := len(g.shut)
		g.say(ws, end)
		g.w.Until(func() bool { return len(g.shut) > n })
		ws.Close()
		_, answer = connect(`{"pid":"` + pid + `","offset":"` + offset + `"}`)
		if between(answer, `"sid":"`, `"`) == sid {
			t.Errorf("%s is recovered", name)
		}
	}
}

// Detail 16: Chromium sends a websocket message of 280 kB in fragments of
// 131000 bytes, cut inside UTF-8 characters: text is valid over the whole
// message.
func TestDetail16_FragmentsCutCharacters(t *testing.T) {
	g := start(t, sio.Config{})
	ws := g.entered()
	text := `42["echo","` + strings.Repeat("🌪", 70000) + `"]`
	const size = 131000 // no multiple of 4 from the first character on
	for at := 0; at < len(text); at += size {
		op, part := byte(0), text[at:min(at+size, len(text))]
		if at == 0 {
			op = siotest.Text
		}
		if at+size >= len(text) {
			op |= 0x80
		}
		head := append([]byte{op, 0x80 | 127}, binary.BigEndian.AppendUint64(nil, uint64(len(part)))...)
		ws.Write(string(head) + "\x00\x00\x00\x00" + part)
	}
	got := ws.Text()
	if got != strings.ReplaceAll(text, "🌪", `🌪`) && got != strings.ReplaceAll(text, "🌪", `\ud83c\udf2a`) {
		t.Errorf("%d bytes come back", len(got))
	}
	// Half a character at the end of the message is none.
	ws.Write("\x01\x81\x00\x00\x00\x004" + "\x80\x82\x00\x00\x00\x00\xf0\x9f")
	g.closes(ws, 1007)
}
