package hostile

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// TestAllowRequest: who is refused reads why, in the words of each generation,
// and requests of a session are not asked about.
func TestAllowRequest(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 100)
	g := start(t, sio.Config{AllowRequest: func(r *http.Request) error {
		asked <- r.URL.Query().Get("who")
		switch r.URL.Query().Get("who") {
		case "banned":
			return errors.New(`<no> "entry"`)
		case "silent":
			return errors.New("")
		case "panics":
			panic("on purpose")
		}
		return nil
	}}, nil)
	cases := []struct {
		name, method, target, header string
		status                       int
		body                         string
		asks                         bool
	}{
		{"polling", "GET", engine + "polling&who=banned", "", 403, `{"code":4,"message":"<no> \"entry\""}`, true},
		{"no words", "GET", engine + "polling&who=silent", "", 403, `{"code":4,"message":"Forbidden"}`, true},
		{"websocket", "GET", engine + "websocket&who=banned", upgradeHeader, 400, `<no> "entry"`, true},
		{"websocket, no words", "GET", engine + "websocket&who=silent", upgradeHeader, 400, "Forbidden", true},
		{"panic", "GET", engine + "polling&who=panics", "", 403, `{"code":4,"message":"internal error"}`, true},
		{"before the revision", "GET", "/socket.io/?EIO=2&transport=polling&who=banned", "", 403, `{"code":4,"message":"<no> \"entry\""}`, true},
		{"after the method", "PUT", engine + "polling&who=banned", "", 400, `{"code":2,"message":"Bad handshake method"}`, false},
		{"after the session", "GET", engine + "polling&sid=none&who=banned", "", 400, `{"code":1,"message":"Session ID unknown"}`, false},
		{"revision 1", "GET", "/socket.io/1/?who=banned", "", 403, `<no> "entry"`, true},
		{"revision 1, no words", "GET", "/socket.io/1/?who=silent", "", 403, "handshake unauthorized", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g.do(c.method, c.target, c.header, "").same(t, c.status, c.body)
			if n := len(asked); (n == 1) != c.asks || n > 1 {
				t.Errorf("asked %d times", n)
			}
			for len(asked) > 0 {
				<-asked
			}
		})
	}
	g.sessions(0)
	target := g.polling("welcome") // three requests
	if len(asked) != 1 {
		t.Errorf("asked %d times for one session", len(asked))
	}
	g.post(target, `42["echo",1]`).same(t, 200, "ok")
	if sid := g.handshake("old"); sid == "" {
		t.Error("revision 1 is not let in")
	}
}

// asks is an AllowRequest that waits for the test.
type asks struct {
	began chan *http.Request
	reply chan error
}

func newAsks() *asks { return &asks{make(chan *http.Request, 10), make(chan error)} }

func (a *asks) allow(r *http.Request) error {
	a.began <- r
	select {
	case err := <-a.reply:
		return err
	case <-r.Context().Done():
		return context.Cause(r.Context())
	}
}

// TestAllowRequestWaits: the loop serves others meanwhile, and what the peer
// has sent behind its handshake is read once it is allowed.
func TestAllowRequestWaits(t *testing.T) {
	t.Parallel()
	a := newAsks()
	g := start(t, sio.Config{Loops: 1, AllowRequest: a.allow}, nil)
	p := g.dial()
	p.send(request("GET", engine+"polling", "", "") + request("GET", "/nothing-here", "", ""))
	<-a.began
	g.get("/nothing-here").same(t, 404, "404 page not found\n")
	a.reply <- nil
	if first := p.answer("GET"); first.status != 200 || !strings.HasPrefix(first.body, "0{") {
		t.Errorf("answered %d %q", first.status, first.body)
	}
	p.answer("GET").same(t, 404, "404 page not found\n")

	ws := g.dial()
	ws.send(request("GET", engine+"websocket", upgradeHeader, ""))
	ws.write(frame(1, true, "40"))
	<-a.began
	a.reply <- nil
	if first := ws.answer("GET"); first.status != 101 {
		t.Fatalf("answered %d", first.status)
	}
	eventually(t, "the namespace joined", func() bool { return g.srv.Stats().Connections == 1 })
}

// TestAllowRequestEnds: when nobody waits for the answer any more the context
// says so.
func TestAllowRequestEnds(t *testing.T) {
	t.Parallel()
	a := newAsks()
	g := start(t, sio.Config{AllowRequest: a.allow, AskTimeout: 50 * time.Millisecond}, nil)
	g.get(engine+"polling").same(t, 403, `{"code":4,"message":"timed out"}`)
	g.do("GET", engine+"websocket", upgradeHeader, "").same(t, 400, "timed out")
	g.get("/socket.io/1/").same(t, 403, "timed out")

	patient := newAsks()
	g = start(t, sio.Config{AllowRequest: patient.allow}, nil)
	p := g.dial()
	p.send(request("GET", engine+"polling", "", ""))
	r := <-patient.began
	_ = p.Close()
	<-r.Context().Done()
	p = g.dial()
	p.send(request("GET", engine+"polling", "", ""))
	<-patient.began
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := g.srv.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown with a question open: %v", err)
	}
	g.sessions(0)
}

// TestMaxAsking: at the limit all are asked, above it none.
func TestMaxAsking(t *testing.T) {
	t.Parallel()
	a := newAsks()
	g := start(t, sio.Config{AllowRequest: a.allow, MaxAsking: 2}, nil)
	var waiting []*peer
	for range 2 {
		p := g.dial()
		p.send(request("GET", engine+"polling", "", ""))
		<-a.began
		waiting = append(waiting, p)
	}
	g.get(engine+"polling").same(t, 403, `{"code":4,"message":"too many requests wait"}`)
	for _, p := range waiting {
		a.reply <- nil
		if got := p.answer("GET"); got.status != 200 {
			t.Errorf("one at the limit is answered %d %q", got.status, got.body)
		}
	}
	p := g.dial()
	p.send(request("GET", engine+"polling", "", ""))
	<-a.began // there is room again
	a.reply <- nil
	if got := p.answer("GET"); got.status != 200 {
		t.Errorf("a later one is answered %d %q", got.status, got.body)
	}
}

// TestGenerateID: sessions go by the ids of the application, from whatever loop
// they are asked for; an id is taken as long as its session lives.
func TestGenerateID(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{Loops: 2, GenerateID: func(r *http.Request) (string, error) {
		id := r.URL.Query().Get("id")
		if id == "fails" {
			return "", errors.New("no id")
		}
		return id, nil
	}}, nil)
	for i := range 6 { // over both loops
		id := fmt.Sprintf("my.own_id~%d", i)
		a := g.get(engine + "polling&who=named&id=" + id)
		if want := `0{"sid":"` + id + `",`; a.status != 200 || !strings.HasPrefix(a.body, want) {
			t.Fatalf("answered %d %q", a.status, a.body)
		}
		target := engine + "polling&sid=" + id
		for range 3 {
			g.get(engine+"polling&id="+id).same(t, 400, `{"code":3,"message":"Bad request"}`)
		}
		g.post(target, "40").same(t, 200, "ok")
		ws := g.websocket(engine + "websocket&sid=" + id)
		ws.say("2probe")
		ws.want("3probe")
		if a := g.get(target); !strings.HasPrefix(a.body, `40{"sid":"`) {
			t.Fatalf("a poll is answered %d %q", a.status, a.body)
		}
		g.post(target, "1").same(t, 200, "ok")
		g.get(target).same(t, 400, `{"code":1,"message":"Session ID unknown"}`)
		if a := g.get(engine + "polling&id=" + id); a.status != 200 {
			t.Errorf("the id of a session that has ended is still taken: %q", a.body)
		}
	}
	for _, id := range []string{"fails", "", "a:b", "a/b", "%C3%A9", repeat("x", 129)} {
		g.get(engine+"polling&id="+id).same(t, 400, `{"code":3,"message":"Bad request"}`)
	}
	g.do("GET", engine+"websocket&id=fails", upgradeHeader, "").same(t, 400, "Bad request")
	long := repeat("x", 128)
	if a := g.get(engine + "polling&id=" + long); a.status != 200 {
		t.Errorf("an id of 128 letters: %d %q", a.status, a.body)
	}
	if a := g.get("/socket.io/1/?id=old1"); !strings.HasPrefix(a.body, "old1:") {
		t.Errorf("revision 1: %d %q", a.status, a.body)
	}
	g.get("/socket.io/1/?id=fails").same(t, 500, "handshake error")
	g.get("/socket.io/1/xhr-polling/old1").same(t, 200, "1::")
	g.post("/socket.io/1/xhr-polling/old1", "5:::{\"name\":\"echo\",\"args\":[1]}").same(t, 200, "1")
}
