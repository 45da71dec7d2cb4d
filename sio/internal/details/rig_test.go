package details

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// rig is a server in a simulated world.
type rig struct {
	t    *testing.T
	w    *siotest.World
	srv  *sio.Server
	last *sio.Socket // who opened last
	shut []string    // why those of "/" closed
}

// start makes a server that echoes, with a namespace "/room" which refuses. It
// has three loops, so that sessions and requests meet on different ones.
func start(t *testing.T, cfg sio.Config) *rig {
	t.Helper()
	cfg.Loops, cfg.Logger = 3, slog.New(slog.DiscardHandler)
	g := &rig{t: t, w: siotest.New(t, siotest.Options{})}
	g.srv = g.w.Server(cfg)
	root := sio.Of(g.srv, "/", func(u *user) { u.g = g })
	root.OnRaw("echo", func(u *user, e *sio.Event) { _ = u.Emit("echo", json.RawMessage(string(e.Raw()))) })
	sio.On(root, "bytes", func(u *user, n int) { _ = u.Emit("bytes", []byte(strings.Repeat("\xff", n))) })
	sio.Of(g.srv, "/chat", func(u *user) { u.g = g })
	g.srv.Of("/plain").Use(func(*sio.Handshake) error { return &sio.RefusedError{Message: "no"} })
	g.srv.Of("/data").Use(func(*sio.Handshake) error {
		return &sio.RefusedError{Message: "no", Data: map[string]int{"code": 1}}
	})
	return g
}

type user struct {
	sio.Socket
	g *rig
}

func (u *user) OnOpen(*sio.Handshake) error { u.g.last = &u.Socket; return nil }

func (u *user) OnClose(why sio.Reason) { u.g.shut = append(u.g.shut, why.String()) }

// path begins a request's target.
const path = "/socket.io/?transport="

// get and post make a request over a connection of its own.
func (g *rig) get(target string, fields ...string) *siotest.Response {
	g.t.Helper()
	return g.w.HTTP().Get(target, fields...)
}

func (g *rig) post(target, body string, fields ...string) *siotest.Response {
	g.t.Helper()
	return g.w.HTTP().Do("POST", target, body, fields...)
}

// want checks an answer.
func (g *rig) want(r *siotest.Response, status int, body string) {
	g.t.Helper()
	if r.Status != status || string(r.Body) != body {
		g.t.Errorf("answer is %d %.200q, want %d %.200q", r.Status, r.Body, status, body)
	}
}

// field checks a field of an answer.
func (g *rig) field(r *siotest.Response, name, want string) {
	g.t.Helper()
	if got := r.Header.Get(name); got != want {
		g.t.Errorf("%s is %q, want %q", name, got, want)
	}
}

// sid is the session that an open packet names.
func (g *rig) sid(open []byte) string {
	g.t.Helper()
	_, rest, _ := strings.Cut(strings.ReplaceAll(string(open), `\"`, `"`), `"sid":"`)
	sid, _, ok := strings.Cut(rest, `"`)
	if !ok {
		g.t.Fatalf("no open packet: %q", open)
	}
	return sid
}

// open begins a polling session and gives the target of its requests. query
// has the revision: "EIO=4".
func (g *rig) open(query string) (target, sid string) {
	g.t.Helper()
	r := g.get(path + "polling&" + query)
	if r.Status != 200 {
		g.t.Fatalf("handshake: %d %q", r.Status, r.Body)
	}
	sid = g.sid(r.Body)
	return path + "polling&" + query + "&sid=" + sid, sid
}

// joined is open, and in "/" already.
func (g *rig) joined() (target, sid string) {
	g.t.Helper()
	target, sid = g.open("EIO=4")
	g.want(g.post(target, "40"), 200, "ok")
	if r := g.get(target); !strings.HasPrefix(string(r.Body), `40{"sid":"`) {
		g.t.Fatalf("joined with %q", r.Body)
	}
	return target, sid
}

// poll holds a poll.
func (g *rig) poll(target string) *siotest.Raw {
	g.t.Helper()
	r := g.w.HTTP()
	r.Send("GET", target, "")
	g.w.Advance(50 * time.Millisecond)
	if a := r.TryResponse(); a != nil {
		g.t.Fatalf("the poll is answered %d %q", a.Status, a.Body)
	}
	return r
}

// websocket opens one.
func (g *rig) websocket(query string) *siotest.Raw {
	g.t.Helper()
	r := g.w.HTTP()
	if a := r.Upgrade(path + "websocket&" + query); a.Status != 101 {
		g.t.Fatalf("websocket: %d %q", a.Status, a.Body)
	}
	return r
}

// entered is a websocket that is in "/".
func (g *rig) entered() *siotest.Raw {
	g.t.Helper()
	r := g.websocket("EIO=4")
	r.Text()
	g.say(r, "40")
	if text := r.Text(); !strings.HasPrefix(text, `40{"sid":"`) {
		g.t.Fatalf("joined with %q", text)
	}
	return r
}

func (g *rig) say(r *siotest.Raw, texts ...string) {
	g.t.Helper()
	for _, text := range texts {
		r.WriteFrame(siotest.Text, text)
	}
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

// closes waits for the close frame.
func (g *rig) closes(r *siotest.Raw, code int) {
	g.t.Helper()
	if f := r.Frame(); f.Op != siotest.CloseFrame || f.Code != code {
		g.t.Errorf("frame %+v, want a close with %d", f, code)
	}
	if code != 1005 {
		return
	}
	r.WriteFrame(siotest.CloseFrame, "")
	r.WaitClosed()
}

// gone waits until the server has closed the connection.
func (g *rig) gone(r *siotest.Raw) {
	g.t.Helper()
	g.w.Until(func() bool { closed, _ := r.Closed(); return closed })
}

// quiet checks that nothing comes for a while.
func (g *rig) quiet(r *siotest.Raw, d time.Duration) {
	g.t.Helper()
	had := len(r.Bytes())
	g.w.Advance(d)
	if closed, _ := r.Closed(); closed || len(r.Bytes()) > had {
		g.t.Errorf("closed: %v, came: %q", closed, r.Bytes())
	}
}

// sessions waits until only n are left.
func (g *rig) sessions(n int) {
	g.t.Helper()
	if !g.w.Try(time.Second, func() bool { return g.srv.Stats().Sessions == n }) {
		g.t.Errorf("%d sessions, want %d", g.srv.Stats().Sessions, n)
	}
}
