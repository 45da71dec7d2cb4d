package hostile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// TestSlowHeader: a head that does not come is answered 408, a connection that
// says nothing is closed.
func TestSlowHeader(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{HeaderTimeout: 150 * time.Millisecond}, nil)
	g.watched(func() {
		p := g.dial()
		p.send("GET /socket.io/?EIO=4 HTTP/1.1\r\nHos")
		if a := p.answer("GET"); a.status != 408 || !a.closes {
			t.Errorf("answer is %+v, want a 408 that closes", a)
		}
		silent := g.dial()
		if said := silent.gone(); said != "" {
			t.Errorf("a silent connection was told %q", said)
		}
	})
}

// TestSlowBody: the same for the body of a POST; the session ends in Engine.IO,
// whose client had begun it.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{BodyTimeout: 150 * time.Millisecond}, nil)
	g.watched(func() {
		p := g.dial()
		p.send("POST " + g.polling("slow") + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n42")
		if a := p.answer("POST"); a.status != 408 || !a.closes {
			t.Errorf("answer is %+v, want a 408 that closes", a)
		}
	})
}

// TestIdleConnection: between two requests a connection may rest for
// IdleTimeout.
func TestIdleConnection(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{IdleTimeout: 100 * time.Millisecond}, nil)
	p := g.dial()
	p.send(request("GET", "/nothing", "", ""))
	if a := p.answer("GET"); a.status != 404 || a.closes {
		t.Errorf("answer is %+v, want a 404 that keeps the connection", a)
	}
	if said := p.gone(); said != "" {
		t.Errorf("it was told %q", said)
	}
}

// TestPeerThatNeverReads: what waits for it stays within Config.MaxQueue and
// the kernel's buffers, and it is cut; the others notice nothing.
func TestPeerThatNeverReads(t *testing.T) {
	t.Parallel()
	const queue = 256 << 10
	g := start(t, sio.Config{MaxQueue: queue}, nil)
	g.watched(func() {
		_ = g.modern("deaf") // joins, and reads nothing from now on
		blob := strings.Repeat("x", 32<<10)
		before := heap()
		most := int64(0)
		eventually(t, "the deaf client is cut", func() bool {
			g.toDeaf(blob)
			most = max(most, g.srv.Stats().QueuedBytes)
			return len(g.reasons("deaf")) > 0
		})
		if why := g.reasons("deaf")[0]; why != sio.TransportError {
			t.Errorf("it was cut with %q", why)
		}
		if most > queue+64<<10 {
			t.Errorf("%d bytes were queued, with a bound of %d", most, queue)
		}
		if grown := heap() - before; grown > 8<<20 {
			t.Errorf("the heap has grown by %d bytes", grown)
		}
		if s := g.srv.Stats(); s.QueuedBytes != 0 {
			t.Errorf("%d bytes are still queued", s.QueuedBytes)
		}
	})
}

// toDeaf sends a message to the client named deaf.
func (g *rig) toDeaf(blob string) {
	g.mu.Lock()
	u := g.deaf
	g.mu.Unlock()
	if u != nil {
		_ = u.Emit("blob", blob)
	}
}

// TestAttachments: at most Config.MaxAttachments, whatever is announced.
func TestAttachments(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{MaxAttachments: 3}, func(g *rig) {
		g.ns.OnRaw("bin", func(u *user, e *sio.Event) { _ = u.Emit("got", len(e.Attachments())) })
	})
	ph := func(n int) string {
		var s []string
		for i := range n {
			s = append(s, fmt.Sprintf(`{"_placeholder":true,"num":%d}`, i))
		}
		return strings.Join(s, ",")
	}
	g.watched(func() {
		for _, n := range []int{2, 3} {
			c := g.modern("fine")
			c.say(fmt.Sprintf(`45%d-["bin",%s]`, n, ph(n)))
			for range n {
				c.bytes("b")
			}
			c.want(fmt.Sprintf(`42["got",%d]`, n))
		}
		for _, n := range []int{4, 10_000, 2_000_000_000} {
			who := fmt.Sprint("many", n)
			c := g.modern(who)
			c.say(fmt.Sprintf(`45%d-["bin",{"_placeholder":true,"num":0}]`, n))
			c.cut(0)
			g.ended(who, sio.ParseError)
		}
		for who, packets := range map[string][]string{
			"text between": {`451-["bin",{"_placeholder":true,"num":0}]`, `42["echo",1]`},
			"out of range": {`451-["bin",{"_placeholder":true,"num":1}]`, "\x00b"},
			"unasked":      {"\x00b"},
		} {
			who = strings.ReplaceAll(who, " ", "-")
			c := g.modern(who)
			for _, p := range packets {
				if b, binary := strings.CutPrefix(p, "\x00"); binary {
					c.bytes(b)
				} else {
					c.say(p)
				}
			}
			c.cut(0)
			g.ended(who, sio.ParseError)
		}
	})
}

// TestPanics: a handler that panics costs its client the connection, wherever
// it panics, and nobody else anything.
func TestPanics(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{Loops: 1}, func(g *rig) {
		sio.On0(g.ns, "boom", func(*user) { panic("boom") })
		sio.On(g.ns, "boom later", func(*user, int) { panic("boom in a goroutine") }, sio.Concurrent)
		sio.On0(g.ns, "boom timer", func(u *user) { u.After(time.Millisecond, func() { panic("boom") }) })
		sio.On0(g.ns, "boom do", func(u *user) { u.Do(func() { panic("boom") }) })
		bad := g.srv.Of("/bad")
		bad.Use(func(*sio.Handshake) error { panic("boom in a middleware") })
	})
	panics := uint64(0)
	g.watched(func() {
		for _, event := range []string{`["boom"]`, `["boom later",1]`, `["boom timer"]`, `["boom do"]`} {
			for kind, c := range map[string]*socket{"modern": g.modern("m"), "legacy": g.legacy("l")} {
				if kind == "modern" {
					c.say("42" + event)
				} else {
					name, args, _ := strings.Cut(strings.Trim(event, "[]"), ",")
					c.say(`5:::{"name":` + name + `,"args":[` + args + `]}`)
				}
				c.cut(0)
				panics++
			}
		}
		c := g.modern("joins")
		c.say("40/bad,")
		c.want(`44/bad,{"message":"internal error"}`)
		panics++
		_ = c.Close()
	})
	if n := g.srv.Stats().Panics; n != panics {
		t.Errorf("%d panics are counted, want %d", n, panics)
	}
	g.sessions(0)
}

// TestMessageLimit: at Config.MaxMessage a message passes, above it the
// websocket is closed with 1009, a POST answered 413.
func TestMessageLimit(t *testing.T) {
	t.Parallel()
	const limit = 2000
	g := start(t, sio.Config{MaxMessage: limit}, func(g *rig) {
		sio.On(g.ns, "long", func(u *user, s string) { _ = u.Emit("len", len(s)) })
	})
	pack := func(n int) string { return `42["long","` + strings.Repeat("x", n-len(`42["long",""]`)) + `"]` }
	g.watched(func() {
		for _, n := range []int{limit - 1, limit} {
			c := g.modern("fits")
			c.say(pack(n))
			c.want(fmt.Sprintf(`42["len",%d]`, n-len(`42["long",""]`)))
			target := g.polling("fits")
			g.post(target, pack(n)).same(t, 200, "ok")
		}
		c := g.modern("too-long")
		c.say(pack(limit + 1))
		c.cut(wsproto.CloseTooBig)
		target := g.polling("spared")
		g.post(target, pack(limit+1)).same(t, 413, "")
		g.post(target, `42["echo",5]`).same(t, 200, "ok")
		g.get(target).same(t, 200, `42["echo",5]`)
	})
}

// TestSessionLimit: at Config.MaxSessions a handshake is refused.
func TestSessionLimit(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{MaxSessions: 3}, nil)
	a, b, c := g.modern("a"), g.legacy("b"), g.modern("c")
	g.get(engine+"polling").same(t, 403, `{"code":4,"message":"too many sessions"}`)
	g.get("/socket.io/1/").same(t, 503, "too many sessions")
	for _, s := range []*socket{a, b, c} {
		_ = s.Close()
	}
	g.sessions(0)
	_ = g.modern("d")
}

// TestConnectTimeout: a client that joins nothing is closed.
func TestConnectTimeout(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{ConnectTimeout: 100 * time.Millisecond}, nil)
	s := g.websocket(engine + "websocket")
	_ = s.text()
	s.cut(0)
	g.sessions(0)
}

// TestPingTimeouts: silence ends a session of either generation.
func TestPingTimeouts(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{
		PingInterval: 50 * time.Millisecond, PingTimeout: 50 * time.Millisecond,
		HeartbeatInterval: 50 * time.Millisecond, HeartbeatTimeout: time.Second, PollDuration: 500 * time.Millisecond,
	}, nil)
	m, l := g.modern("m"), g.legacy("l")
	m.want("2")
	m.cut(0)
	g.ended("m", sio.PingTimeout)
	l.want("2::")
	l.cut(0)
	g.ended("l", sio.PingTimeout)
}

// TestShutdown: the clients are told in the words of their protocol, what is
// queued goes out first, and everything ends.
func TestShutdown(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	ended := make(chan error, 1)
	go func() { ended <- g.srv.Wait() }()
	m, l := g.modern("m"), g.legacy("l")
	poll := g.openPoll(g.polling("p"))
	_ = g.ns.To().Emit("bye", 1)
	m.want(`42["bye",1]`)
	l.want(`5:::{"name":"bye","args":[1]}`)
	if a := poll.answer("GET"); a.body != `42["bye",1]` {
		t.Errorf("the poll got %q", a.body)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := g.srv.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	m.cut(0)
	l.cut(0)
	if err := <-ended; !errors.Is(err, sio.ErrServerClosed) || !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("Wait: %v, want ErrServerClosed", err)
	}
	for _, who := range []string{"m", "l", "p"} {
		if why := g.reasons(who); len(why) != 1 || why[0] != sio.ServerShuttingDown {
			t.Errorf("%s ended with %v", who, why)
		}
	}
	if err := g.srv.Shutdown(ctx); err != nil {
		t.Errorf("second Shutdown: %v", err)
	}
}

// TestOrdinaryHandlerMayBlock: an ordinary handler that waits holds up nobody,
// streams as it likes, and is told when its client leaves.
func TestOrdinaryHandlerMayBlock(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	g := start(t, sio.Config{Loops: 1}, func(g *rig) {
		g.srv.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
			for i := range 3 {
				fmt.Fprintf(w, "data: %d\n\n", i)
				w.(http.Flusher).Flush()
			}
			<-r.Context().Done()
			close(left)
		})
		g.srv.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) {
			for range 30 << 4 {
				_, _ = io.WriteString(w, strings.Repeat("y", 64<<10))
			}
		})
		g.srv.HandleFunc("POST /count", func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(io.Discard, r.Body)
			fmt.Fprint(w, n, " ", err)
		})
	})
	g.watched(func() {
		res, err := http.Get("http://" + g.addr + "/events")
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len("data: 0\n\n")*3)
		if _, err := io.ReadFull(res.Body, got); err != nil || string(got) != "data: 0\n\ndata: 1\n\ndata: 2\n\n" {
			t.Errorf("stream: %q, %v", got, err)
		}
		_ = res.Body.Close()
		select {
		case <-left:
		case <-time.After(patience):
			t.Error("the handler was not told that its client has left")
		}
		res, err = http.Get("http://" + g.addr + "/big")
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, res.Body)
		if n != 30<<20 || err != nil {
			t.Errorf("big answer: %d bytes, %v", n, err)
		}
		body := strings.Repeat("z", 5<<20)
		res, err = http.Post("http://"+g.addr+"/count", "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		if string(b) != fmt.Sprint(len(body), " ", nil) {
			t.Errorf("big body: %q", b)
		}
		res, err = http.Post("http://"+g.addr+"/count", "text/plain", strings.NewReader(strings.Repeat("z", 11<<20)))
		if err == nil {
			if res.StatusCode != 413 {
				t.Errorf("body above MaxBody: %s", res.Status)
			}
			_ = res.Body.Close()
		}
		http.DefaultClient.CloseIdleConnections()
	})
}
