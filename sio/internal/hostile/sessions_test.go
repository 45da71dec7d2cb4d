package hostile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// TestParallelPolls: the open poll gets a close packet, the second one an empty
// 400, and the session ends (engine.io 6, "overlap from client").
func TestParallelPolls(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{Loops: 4}, nil)
	g.watched(func() {
		for i := range 8 { // some on the session's loop, some not
			who := fmt.Sprint("overlap", i)
			target := g.polling(who)
			first := g.openPoll(target)
			g.get(target).same(t, 400, "")
			first.answer("GET").same(t, 200, "1")
			g.ended(who, sio.TransportError)
			g.get(target).same(t, 400, `{"code":1,"message":"Session ID unknown"}`)
		}
	})
}

// openPoll begins a poll and returns when the server holds it: it answers
// requests of one loop in order, and the one for its session.
func (g *rig) openPoll(target string) *peer {
	g.t.Helper()
	p := g.dial()
	// A probe of the order: the echo of a POST comes on this poll.
	p.send(request("GET", target, "", ""))
	g.post(target, `42["echo",0]`).same(g.t, 200, "ok")
	p.answer("GET").same(g.t, 200, `42["echo",0]`)
	p.send(request("GET", target, "", ""))
	g.held(p, target)
	return p
}

// held waits until the server holds the poll that p has sent: then, and only
// then, a noop that comes for it would leave. The server counts what it was
// asked, so a second request on the same connection would do; but the first one
// must stay unanswered. So it asks for the wrong transport, which changes
// nothing and comes behind the poll in the queue of the session's loop.
func (g *rig) held(p *peer, target string) {
	g.t.Helper()
	for range 3 {
		g.get(strings.Replace(target, "transport=polling", "transport=websocket", 1)).
			same(g.t, 400, `{"code":3,"message":"Bad request"}`)
	}
}

// TestParallelPosts: the same for a second POST while one's body is coming.
func TestParallelPosts(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{Loops: 1}, nil)
	g.watched(func() {
		target := g.polling("overlap")
		first := g.dial()
		first.send("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n42")
		g.held(first, target)
		g.post(target, "42").same(t, 400, "")
		g.ended("overlap", sio.TransportError)
	})
}

// TestBinaryPost: a binary content type has no meaning in revision 4.
func TestBinaryPost(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		for i := range 4 {
			who := fmt.Sprint("binary", i)
			target := g.polling(who)
			g.do("POST", target, "Content-Type: application/octet-stream\r\n", "40").same(t, 400, "")
			g.ended(who, sio.TransportError)
		}
	})
}

// TestDroppedPoll: a poll whose connection ends ends the session in Engine.IO;
// in revision 1 the client may come back.
func TestDroppedPoll(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{Loops: 4, PollDuration: 200 * time.Millisecond}, nil)
	g.watched(func() {
		for i := range 8 {
			who := fmt.Sprint("dropped", i)
			p := g.openPoll(g.polling(who))
			_ = p.Close()
			g.ended(who, sio.TransportError)
		}
		old := "/socket.io/1/xhr-polling/" + g.handshake("old")
		g.get(old).same(t, 200, "1::")
		p := g.dial()
		p.send(request("GET", old, "", ""))
		_ = p.Close()
		// What the server answers before it has seen the end is lost with the
		// connection, for which this revision has no remedy; the session lives.
		a := answer{body: "8::"}
		for a.body == "8::" {
			g.post(old, `5:::{"name":"echo","args":[1]}`).same(t, 200, "1")
			a = g.get(old)
		}
		a.same(t, 200, `5:::{"name":"echo","args":[1]}`)
	})
}

// TestReplacedPoll: in revision 1 a second poll takes the place of the first
// one, whose client may be gone behind a proxy (revision 1, 5.4).
func TestReplacedPoll(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{Loops: 1}, nil)
	g.watched(func() {
		old := "/socket.io/1/xhr-polling/" + g.handshake("old")
		g.get(old).same(t, 200, "1::")
		a, b := g.dial(), g.dial()
		a.send(request("GET", old, "", ""))
		g.get("/nothing-here")
		b.send(request("GET", old, "", ""))
		a.answer("GET").same(t, 200, "8::")
		g.post(old, `5:::{"name":"echo","args":[1]}`).same(t, 200, "1")
		b.answer("GET").same(t, 200, `5:::{"name":"echo","args":[1]}`)
	})
}

// TestForeignLoops: whatever loop a request comes in on, it finds its session;
// a websocket moves there.
func TestForeignLoops(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{Loops: 4}, nil)
	g.watched(func() {
		for i := range 8 {
			target := g.polling("far")
			for n := range 8 {
				g.post(target, fmt.Sprintf(`42["echo",%d]`, n)).same(t, 200, "ok")
				g.get(target).same(t, 200, fmt.Sprintf(`42["echo",%d]`, n))
			}
			s := g.websocket(engine + "websocket&sid=" + sid(target))
			s.say("2probe")
			s.want("3probe")
			s.say("5")
			s.say(fmt.Sprintf(`42["echo",%d]`, i))
			s.want(fmt.Sprintf(`42["echo",%d]`, i))
			_ = s.Close()
			old := g.legacy("far")
			old.say(`5:::{"name":"echo","args":[5]}`)
			old.want(`5:::{"name":"echo","args":[5]}`)
			_ = old.Close()
		}
	})
}

// TestGuessedIDs: an id that differs in any character is no session, nor is the
// public id of a socket, nor the id of another revision; and the session whose
// id was nearly guessed lives on.
func TestGuessedIDs(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		target := g.engineSession("victim")
		g.post(target, "40").same(t, 200, "ok")
		joined := g.get(target).body
		public := strings.TrimSuffix(strings.TrimPrefix(joined, `40{"sid":"`), `"}`)
		id := sid(target)
		guesses := []string{public, "", id + "A", id[:19], id + "%00", "..", repeat("A", 20), repeat("_", 20), repeat("%41", 20), repeat("A", 5000)}
		for i := range id {
			guesses = append(guesses, id[:i]+string(rune('A'+(id[i]+1)%26))+id[i+1:])
		}
		for loop := range 1000 { // ids of every loop, and of loops that do not exist
			raw := session.ID{0: byte(loop >> 8), 1: byte(loop)}
			guesses = append(guesses, raw.String())
		}
		p := g.dial()
		for _, guess := range guesses {
			p.send(request("GET", "/socket.io/?transport=polling&EIO=4&sid="+guess, "", ""))
			a := p.answer("GET")
			if guess == "" { // as in the reference: no session is named, a new one begins
				continue
			}
			a.same(t, 400, `{"code":1,"message":"Session ID unknown"}`)
		}
		g.post("/socket.io/1/xhr-polling/"+id, "0::").same(t, 400, "Session unknown")
		g.get(engine+"polling&sid="+g.handshake("old")).same(t, 400, `{"code":1,"message":"Session ID unknown"}`)
		g.post(target, `42["echo",1]`).same(t, 200, "ok")
		g.get(target).same(t, 200, `42["echo",1]`)
	})
}

// TestUnknownRev1Session: a websocket is told to begin anew and closed; a poll
// is told so after a second, since old clients would spin.
func TestUnknownRev1Session(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{Loops: 2}, nil)
	ended := "/" + g.handshake("gone")
	g.get("/socket.io/1//"+ended[1:]+"/?disconnect=1").same(t, 200, "")
	g.watched(func() {
		for _, id := range []string{"/none", ended} {
			s := g.websocket("/socket.io/1/websocket" + id)
			s.want("7:::1+0")
			s.cut(0)
			g.do("GET", "/socket.io/1/xhr-polling"+id, "Origin: null\r\n", "").same(t, 200, "7:::1+0")
			g.post("/socket.io/1/xhr-polling"+id, "2::").same(t, 400, "Session unknown")
		}
	})
}

// TestNotJoined: packets of revision 1 for a namespace that the client is not
// in are ignored, whoever else is in it.
func TestNotJoined(t *testing.T) {
	t.Parallel()
	reached := make(chan string, 10)
	g := start(t, sio.Config{}, func(g *rig) {
		sio.On(g.srv.Of("/private"), "say", func(_ *sio.Socket, s string) { reached <- s })
	})
	g.watched(func() {
		member := g.legacy("member")
		member.say("1::/private")
		member.want("1::/private")
		stranger := g.legacy("stranger")
		stranger.say(`5::/private:{"name":"say","args":["stranger"]}`)
		stranger.say("4::/private:1")
		stranger.say("0::/private")
		stranger.say(`5:::{"name":"echo","args":[1]}`)
		stranger.want(`5:::{"name":"echo","args":[1]}`)
		modern := g.modern("modern")
		modern.say(`42/private,["say","modern"]`)
		modern.cut(0)
		g.ended("modern", sio.ForcedClose)
		member.say(`5::/private:{"name":"say","args":["member"]}`)
		if got := <-reached; got != "member" {
			t.Errorf("the namespace was reached by %q", got)
		}
	})
}
