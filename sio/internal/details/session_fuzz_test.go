package details

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// FuzzSession reads its input as what peers of every generation do to a server:
// they open sessions, send packets, payloads, frames and bytes, poll, upgrade,
// wait and go away. A well-behaved client beside them must not notice, nothing
// may panic, and all of their sessions end.
func FuzzSession(f *testing.F) {
	for _, seed := range []string{
		"\x00" + step('a', "") + step('p', "40") + step('g', "") + step('p', `42["echo",1]`) + step('g', ""),
		"\x00" + step('a', "") + step('p', "40/chat,") + step('u', "2probe") + step('w', "5") + step('w', `42/chat,["echo",1]`) + step('x', ""),
		"\x01" + step('b', "") + step('p', `12:42["echo",1]`) + step('P', "\x00\x01\xff2") + step('g', "") + step('u', "2probe") + step('w', "5"),
		"\x02" + step('c', "") + step('p', `d=1%3A2`) + step('g', "") + step('g', "") + step('t', "zz"),
		"\x03" + step('A', "") + step('w', "40") + step('w', `451-["echo",{"_placeholder":true,"num":0}]`) + step('B', "\x00\xff") + step('t', "\x20"),
		"\x00" + step('b', "&b64=1") + step('u', "2probe") + step('t', "\xff") + step('w', "5"),
		"\x01" + step('E', "") + step('w', "2") + step('B', "\x04x") + step('r', "\x88\x80\x00\x00\x00\x00"),
		"\x04" + step('A', "") + step('B', "\x83\xa4type\x02\xa3nsp\xa1/\xa4data\x91\xa1x") + step('E', "") + step('w', `{"type":0,"nsp":"/chat"}`),
		"\x00" + step('l', "") + step('p', `5:::{"name":"echo","args":[1]}`) + step('g', "") + step('x', ""),
		"\x00" + step('L', "") + step('w', "5:1+::{\"name\":\"echo\"}") + step('w', "0::/chat") + step('r', "\x81\x80"),
		"\x00" + step('h', "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n") + step('h', "POST / HTTP/1.1\r\n"),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, program []byte) {
		if len(program) == 0 || len(program) > 2000 {
			return
		}
		flags, program := program[0], program[1:]
		s := newFuzzed(t, flags)
		for len(program) >= 2 && s.steps < 60 {
			n := min(int(program[1]), len(program)-2)
			s.step(program[0], string(program[2:2+n]))
			program = program[2+n:]
		}
		s.end()
	})
}

// step writes a step of a program.
func step(what byte, arg string) string { return string([]byte{what, byte(len(arg))}) + arg }

// fuzzed is a server with a witness, and the peer that acts.
type fuzzed struct {
	t       *testing.T
	w       *siotest.World
	srv     *sio.Server
	witness *siotest.Conn
	flags   byte
	steps   int
	target  string       // of the session opened last
	ws      *siotest.Raw // the websocket opened last
	all     []*siotest.Raw
}

func newFuzzed(t *testing.T, flags byte) *fuzzed {
	s := &fuzzed{t: t, w: siotest.New(t, siotest.Options{Seed: 1}), flags: flags}
	cfg := sio.Config{Loops: 2, Logger: slog.New(slog.DiscardHandler), MaxMessage: 4000}
	if flags&1 != 0 {
		cfg.PerMessageDeflate = &sio.Deflate{Threshold: 10, ContextTakeover: flags&8 != 0}
	}
	if flags&2 != 0 {
		cfg.Recovery = &sio.Recovery{MaxDisconnection: 20 * time.Second}
	}
	if flags&4 != 0 {
		cfg.Parser = sio.ParserMsgpack
	}
	s.srv = s.w.Server(cfg)
	for _, name := range []string{"/", "/chat"} {
		ns := s.srv.Of(name)
		ns.OnRaw("echo", func(k *sio.Socket, e *sio.Event) {
			args := make([]any, e.Len())
			ptrs := make([]any, len(args))
			for i := range args {
				ptrs[i] = &args[i]
			}
			_ = e.Decode(ptrs...)
			_ = k.Emit("echo", args...)
			_ = e.Reply(args...)
			_ = k.EmitAck("ask", func(*sio.Ack) {}, args...)
		})
		ns.OnRaw("all", func(_ *sio.Socket, e *sio.Event) { _ = ns.To().Emit("all", 1) })
		sio.On(ns, "join", func(k *sio.Socket, room string) { _ = k.Join(room) })
	}
	s.srv.Of("/no").Use(func(*sio.Handshake) error { return &sio.RefusedError{Message: "no", Data: []int{1}} })
	s.witness = s.w.Connect(siotest.Client{Parser: cfg.Parser})
	return s
}

func (s *fuzzed) step(what byte, arg string) {
	s.steps++
	switch what {
	case 'a', 'b', 'c', 'l':
		s.open(map[byte]string{'a': "EIO=4", 'b': "EIO=3", 'c': "EIO=3&j=1&b64=1", 'l': ""}[what], arg)
	case 'A', 'E', 'L', 'u':
		s.socket(what, arg)
	case 'p':
		s.raw().Send("POST", s.target, arg)
	case 'P':
		s.raw().Send("POST", s.target, arg, "Content-Type: application/octet-stream")
	case 'g':
		s.raw().Send("GET", s.target, "")
	case 'w':
		if s.alive() {
			s.ws.WriteFrame(siotest.Text, arg)
		}
	case 'B':
		if s.alive() {
			s.ws.WriteFrame(siotest.Binary, arg)
		}
	case 'r':
		if s.alive() {
			s.ws.Write(arg)
		}
	case 'h':
		s.raw().Write(arg)
	case 't':
		for _, c := range []byte(arg) {
			s.w.Advance(time.Duration(c) * 100 * time.Millisecond)
			break
		}
	case 'x':
		if n := len(s.all); n > 0 {
			s.drop(s.all[n-1])
		}
	}
	s.w.Advance(10 * time.Millisecond)
}

func (s *fuzzed) raw() *siotest.Raw {
	r := s.w.HTTP()
	s.all = append(s.all, r)
	return r
}

// alive reports whether the websocket can be written to.
func (s *fuzzed) alive() bool {
	if s.ws == nil {
		return false
	}
	closed, _ := s.ws.Closed()
	return !closed
}

// drop closes a connection from the peer's side.
func (s *fuzzed) drop(r *siotest.Raw) {
	if closed, _ := r.Closed(); !closed && r.Conn() != nil {
		r.Close()
	}
	if r == s.ws {
		s.ws = nil
	}
}

// plain is what may stand in a query.
func plain(arg string) string {
	return strings.Map(func(c rune) rune {
		if c <= ' ' || c >= 0x7f || c == '#' {
			return '.'
		}
		return c
	}, arg)
}

// open begins a session with requests; what is no handshake any more for its
// arg may be refused.
func (s *fuzzed) open(query, arg string) {
	if query == "" {
		body := string(s.raw().Get("/socket.io/1/").Body)
		sid, _, _ := strings.Cut(body, ":")
		s.target = "/socket.io/1/xhr-polling/" + sid
		return
	}
	body := strings.ReplaceAll(string(s.raw().Get(path+"polling&"+query+plain(arg)).Body), `\"`, `"`)
	_, rest, _ := strings.Cut(body, `"sid":"`)
	sid, _, _ := strings.Cut(rest, `"`)
	s.target = fmt.Sprintf("%spolling&%s&sid=%s", path, query, sid)
}

// socket opens a websocket, or one for the session ('u').
func (s *fuzzed) socket(what byte, arg string) {
	target := path + "websocket&EIO=4"
	switch what {
	case 'E':
		target = path + "websocket&EIO=3"
	case 'L':
		s.open("", "")
		target = strings.Replace(s.target, "xhr-polling", "websocket", 1)
	case 'u':
		target = strings.NewReplacer("transport=polling", "transport=websocket", "xhr-polling", "websocket").Replace(s.target)
	}
	if target == "" {
		return
	}
	r := s.raw()
	r.Send("GET", target, "", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Extensions: permessage-deflate")
	s.w.Advance(10 * time.Millisecond)
	s.ws = r
	if arg != "" && s.alive() {
		r.WriteFrame(siotest.Text, arg)
	}
}

// end looks at what is left.
func (s *fuzzed) end() {
	s.witness.Emit("echo", s.steps)
	var n int
	if s.witness.Wait("echo").Decode(&n); n != s.steps {
		s.t.Fatalf("the witness got %d, want %d", n, s.steps)
	}
	for _, r := range s.all {
		s.drop(r)
	}
	if !s.w.Try(10*time.Minute, func() bool { return s.srv.Stats().Sessions == 1 }) {
		s.t.Fatalf("%d sessions are left", s.srv.Stats().Sessions-1)
	}
	s.witness.Close()
	if !s.w.Try(time.Minute, func() bool { st := s.srv.Stats(); return st.Sessions == 0 && st.Conns == 0 && st.QueuedBytes == 0 }) {
		st := s.srv.Stats()
		s.t.Fatalf("left: %d sessions, %d connections, %d bytes", st.Sessions, st.Conns, st.QueuedBytes)
	}
	if st := s.srv.Stats(); st.Panics > 0 {
		s.t.Fatalf("%d panics", st.Panics)
	}
}
