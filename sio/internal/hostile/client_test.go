package hostile

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"strings"

	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// socket is a websocket from the client's side.
type socket struct{ *peer }

// websocket opens a websocket on target.
func (g *rig) websocket(target string) *socket {
	g.t.Helper()
	p := g.dial()
	p.send(request("GET", target, upgradeHeader, ""))
	if a := p.answer("GET"); a.status != 101 {
		g.t.Fatalf("websocket on %s: %d %q", target, a.status, a.body)
	}
	return &socket{p}
}

// modern is a client of 4.x on a websocket, in the namespace "/".
func (g *rig) modern(who string) *socket {
	g.t.Helper()
	s := g.websocket(engine + "websocket&who=" + who)
	if open := s.text(); !strings.HasPrefix(open, `0{"sid":"`) {
		g.t.Fatalf("first packet is %q", open)
	}
	s.say("40")
	if joined := s.text(); !strings.HasPrefix(joined, `40{"sid":"`) {
		g.t.Fatalf("answer to CONNECT is %q", joined)
	}
	return s
}

// legacy is a client of 0.9 on a websocket.
func (g *rig) legacy(who string) *socket {
	g.t.Helper()
	s := g.websocket("/socket.io/1/websocket/" + g.handshake(who))
	s.want("1::")
	return s
}

// handshake makes a session of revision 1.
func (g *rig) handshake(who string) (sid string) {
	g.t.Helper()
	a := g.get("/socket.io/1/?who=" + who)
	sid, rest, ok := strings.Cut(a.body, ":")
	if a.status != 200 || !ok || rest == "" {
		g.t.Fatalf("handshake: %d %q", a.status, a.body)
	}
	return sid
}

// polling makes a session of Engine.IO on polling, joined in "/", and gives the
// target of its requests.
func (g *rig) polling(who string) (target string) {
	g.t.Helper()
	target = g.engineSession(who)
	g.post(target, "40").same(g.t, 200, "ok")
	if a := g.get(target); a.status != 200 || !strings.HasPrefix(a.body, `40{"sid":"`) {
		g.t.Fatalf("answer to CONNECT is %d %q", a.status, a.body)
	}
	return target
}

// engineSession is polling before the CONNECT.
func (g *rig) engineSession(who string) (target string) {
	g.t.Helper()
	a := g.get(engine + "polling&who=" + who)
	var open struct {
		SID string `json:"sid"`
	}
	if a.status != 200 || len(a.body) < 2 || json.Unmarshal([]byte(a.body[1:]), &open) != nil || open.SID == "" {
		g.t.Fatalf("handshake: %d %q", a.status, a.body)
	}
	return engine + "polling&sid=" + open.SID
}

// sid is the session's id in the target of its requests.
func sid(target string) string { return target[strings.LastIndexByte(target, '=')+1:] }

var maskKey = [4]byte{0x11, 0x22, 0x33, 0x44}

func frame(op wsproto.Op, fin bool, payload string) []byte {
	return wsproto.AppendMasked(nil, op, fin, maskKey, []byte(payload))
}

// say sends a text message.
func (s *socket) say(text string) { s.write(frame(wsproto.OpText, true, text)) }

// bytes sends a binary message.
func (s *socket) bytes(b string) { s.write(frame(wsproto.OpBinary, true, b)) }

// next reads a frame.
func (s *socket) next() (op wsproto.Op, payload string) {
	s.t.Helper()
	op, payload, err := s.tryNext()
	if err != nil {
		s.t.Fatalf("reading a frame: %v", err)
	}
	return op, payload
}

func (s *socket) tryNext() (op wsproto.Op, payload string, err error) {
	var h [10]byte
	if _, err = io.ReadFull(s.r, h[:2]); err != nil {
		return 0, "", err
	}
	n := uint64(h[1])
	switch n {
	case 126:
		_, err = io.ReadFull(s.r, h[2:4])
		n = uint64(binary.BigEndian.Uint16(h[2:]))
	case 127:
		_, err = io.ReadFull(s.r, h[2:10])
		n = binary.BigEndian.Uint64(h[2:])
	}
	if err != nil {
		return 0, "", err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(s.r, b)
	return wsproto.Op(h[0] & 15), string(b), err
}

// text reads a text message.
func (s *socket) text() string {
	s.t.Helper()
	op, payload := s.next()
	if op != wsproto.OpText {
		s.t.Fatalf("frame is of type %d: %q", op, payload)
	}
	return payload
}

func (s *socket) want(text string) {
	s.t.Helper()
	if got := s.text(); got != text {
		s.t.Fatalf("message is %.200q, want %.200q", got, text)
	}
}

// cut checks that the server closes the websocket with code, 0 for a close
// frame without one, and then the connection.
func (s *socket) cut(code int) {
	s.t.Helper()
	op, payload := s.next()
	got := 0
	if len(payload) >= 2 {
		got = int(binary.BigEndian.Uint16([]byte(payload)))
	}
	if op != wsproto.OpClose || got != code || len(payload) > 2 {
		s.t.Fatalf("frame of type %d with %q, want a close frame with code %d", op, payload, code)
	}
	s.finished()
}
