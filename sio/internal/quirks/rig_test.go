package quirks

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// rig is a server in a simulated world.
type rig struct {
	t    *testing.T
	w    *siotest.World
	srv  *sio.Server
	open []string // who opened, by the query's "who"
	shut []string // who closed, and why
	last *user
}

// user echoes: messages, and the event "echo".
type user struct {
	sio.Socket
	g   *rig
	who string
	got []string // messages and events
}

func (u *user) OnOpen(h *sio.Handshake) error {
	u.who = h.Query("who")
	u.g.open = append(u.g.open, u.who)
	u.g.last = u
	return nil
}

func (u *user) OnMessage(m sio.Message) {
	u.got = append(u.got, m.Text())
	_ = u.Send(m.Text())
}

func (u *user) OnEvent(e *sio.Event) { u.got = append(u.got, e.Name()) }

func (u *user) OnClose(why sio.Reason) { u.g.shut = append(u.g.shut, u.who+" "+why.String()) }

// start makes a server that echoes, refuses who is called "nobody" and has a
// namespace "/room", which nobody called "alien" may enter. It has three loops,
// so that sessions and requests meet on different ones.
func start(t *testing.T, cfg sio.Config) *rig {
	t.Helper()
	if cfg.Loops == 0 {
		cfg.Loops = 3
	}
	cfg.Logger = slog.New(slog.DiscardHandler)
	g := &rig{t: t, w: siotest.New(t, siotest.Options{})}
	g.srv = g.w.Server(cfg)
	root := sio.Of(g.srv, "/", func(u *user) { u.g = g })
	root.Use(func(h *sio.Handshake) error {
		switch h.Query("who") {
		case "nobody":
			return &sio.RefusedError{Message: "handshake unauthorized"}
		case "bug":
			panic("a bug")
		}
		return nil
	})
	root.OnRaw("echo", func(u *user, e *sio.Event) {
		u.got = append(u.got, string(e.Raw()))
		_ = u.Emit("echo", json.RawMessage(string(e.Raw())))
	})
	root.OnRaw("panic", func(*user, *sio.Event) { panic("a bug") })
	root.OnRaw("reply", func(_ *user, e *sio.Event) {
		var a, b json.RawMessage
		_ = e.Decode(&a, &b)
		_ = e.Reply(a, b)
	})
	sio.Answer(root, "answer", func(_ *user, s string) string { return s })
	room := sio.Of(g.srv, "/room", func(u *user) { u.g = g })
	room.Use(func(h *sio.Handshake) error {
		if h.Query("who") == "alien" {
			return &sio.RefusedError{Message: "no aliens"}
		}
		return nil
	})
	return g
}

// handshake makes a session.
func (g *rig) handshake(query string) (sid string) {
	g.t.Helper()
	r := g.get("/socket.io/1/?" + query)
	sid, rest, ok := strings.Cut(string(r.Body), ":")
	if r.Status != 200 || !ok || rest == "" {
		g.t.Fatalf("handshake: %d %q", r.Status, r.Body)
	}
	return sid
}

// get makes a request over a connection of its own, post one with a body.
func (g *rig) get(target string, fields ...string) *siotest.Response {
	g.t.Helper()
	return g.w.HTTP().Get(target, fields...)
}

func (g *rig) post(target, body string, fields ...string) *siotest.Response {
	g.t.Helper()
	return g.w.HTTP().Do("POST", target, body, fields...)
}

// poll is an xhr-polling session after its connect packet.
func (g *rig) poll(query string) (target string) {
	g.t.Helper()
	target = "/socket.io/1/xhr-polling/" + g.handshake(query)
	g.want(g.get(target), 200, "1::")
	return target
}

// want checks an answer.
func (g *rig) want(r *siotest.Response, status int, body string) {
	g.t.Helper()
	if r.Status != status || string(r.Body) != body {
		g.t.Errorf("answer is %d %q, want %d %q", r.Status, r.Body, status, body)
	}
}

// field checks a field of an answer.
func (g *rig) field(r *siotest.Response, name, want string) {
	g.t.Helper()
	if got := r.Header.Get(name); got != want {
		g.t.Errorf("%s is %q, want %q", name, got, want)
	}
}

// websocket opens one of RFC 6455 for a session; fields are more lines.
func (g *rig) websocket(sid string, fields ...string) *siotest.Raw {
	g.t.Helper()
	r := g.w.HTTP()
	if a := r.Upgrade("/socket.io/1/websocket/"+sid, fields...); a.Status != 101 {
		g.t.Fatalf("upgrade: %d %q", a.Status, a.Body)
	}
	return r
}

// texts waits for these texts on a websocket.
func (g *rig) texts(r *siotest.Raw, texts ...string) {
	g.t.Helper()
	for _, want := range texts {
		if got := r.Text(); got != want {
			g.t.Fatalf("message %q, want %q", got, want)
		}
	}
}

// hixie opens a websocket of 2010, in two writes.
func (g *rig) hixie(target, origin string) *siotest.Raw {
	g.t.Helper()
	hs := g.w.NewHixie(target, origin)
	r := g.w.HTTP()
	r.Write(hs.Request)
	g.head(r, hs)
	r.Write(hs.Key3)
	g.bytes(r, hs.Digest)
	return r
}

// head waits for the head of the answer to hs and checks it as Flash does.
func (g *rig) head(r *siotest.Raw, hs siotest.HixieHandshake) {
	g.t.Helper()
	g.w.Until(func() bool { return strings.Contains(string(r.Bytes()), "\r\n\r\n") })
	head, _, _ := strings.Cut(string(r.Bytes()), "\r\n\r\n")
	if wrong := siotest.WrongHixieAnswer(head+"\r\n", hs); wrong != "" {
		g.t.Fatalf("answer to hixie-76: %s", wrong)
	}
	r.Skip(len(head) + 4)
}

// bytes waits for exactly these bytes.
func (g *rig) bytes(r *siotest.Raw, want string) {
	g.t.Helper()
	g.w.Try(5e9, func() bool { return len(r.Bytes()) >= len(want) })
	if got := string(r.Bytes()); !strings.HasPrefix(got, want) {
		g.t.Fatalf("got %q, want %q", got, want)
	}
	r.Skip(len(want))
}

// frames are messages of hixie-76.
func frames(texts ...string) (s string) {
	for _, t := range texts {
		s += "\x00" + t + "\xff"
	}
	return s
}

// stream opens the page of htmlfile, and reads its beginning.
func (g *rig) stream(sid string) *siotest.Raw {
	g.t.Helper()
	r := g.w.HTTP()
	r.Send("GET", "/socket.io/1/htmlfile/"+sid, "")
	g.scripts(r, `<script>_("1::");</script>`)
	return r
}

// scripts waits until the page ends with these pieces.
func (g *rig) scripts(r *siotest.Raw, end string) {
	g.t.Helper()
	g.w.Try(5e9, func() bool { return strings.HasSuffix(r.Body(), end) })
	if !strings.HasSuffix(r.Body(), end) {
		g.t.Fatalf("the page is %q, which should end with %q", r.Body(), end)
	}
}

// ended waits for the end of a session and its reason.
func (g *rig) ended(want string) {
	g.t.Helper()
	g.w.Try(5e9, func() bool { return len(g.shut) > 0 })
	if len(g.shut) == 0 || g.shut[0] != want {
		g.t.Errorf("ends %q, want %q", g.shut, want)
	}
}
