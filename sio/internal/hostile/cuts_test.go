package hostile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
	"github.com/tornadio/tornadio/sio/siotest"
)

// Connections that are cut in the middle: after each byte that a client says
// and at each stage of its conversation, in order or by a reset. On the
// simulated network here, over TCP and TLS in cuts_tls_test.go.

// saying is a part of what a client says on one connection, and what has to
// come before it goes on.
type saying struct {
	say, until string
	// why the connection of the namespace ends when this part was said in full,
	// and no more than a part of the next one; 0: it is not open.
	cut sio.Reason
}

// conversation is a connection's. begin, which may be nil, makes the session on
// other connections and gives its id.
type conversation struct {
	name   string
	begin  func(do func(method, target, body string) string, who string) (sid string)
	before sio.Reason // as saying.cut, before anything is said
	parts  func(who, sid string) []saying
}

// said is a text on a websocket.
func said(s string) string { return string(frame(wsproto.OpText, true, s)) }

const get1 = " HTTP/1.1\r\nHost: x\r\n\r\n"

// upgrade is the head of a websocket's handshake.
func upgrade(target string) string {
	return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + upgradeHeader + "\r\n"
}

func post1(target, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", target, len(body), body)
}

// begin1 is a handshake of revision 1.
func begin1(do func(method, target, body string) string, who string) string {
	sid, _, _ := strings.Cut(do("GET", "/socket.io/1/?who="+who, ""), ":")
	return sid
}

// opened1 is one whose client has fetched its connect packet.
func opened1(transport, first string) func(do func(method, target, body string) string, who string) string {
	return func(do func(method, target, body string) string, who string) string {
		sid := begin1(do, who)
		if got := do("GET", "/socket.io/1/"+transport+"/"+sid+"?i=0", ""); !strings.Contains(got, first) {
			return "no " + first
		}
		return sid
	}
}

// begin4 is a session of Engine.IO on polling, joined in "/".
func begin4(eio int) func(do func(method, target, body string) string, who string) string {
	return func(do func(method, target, body string) string, who string) string {
		target := fmt.Sprintf("/socket.io/?EIO=%d&transport=polling", eio)
		_, sid, _ := strings.Cut(do("GET", target+"&who="+who, ""), `"sid":"`)
		sid, _, _ = strings.Cut(sid, `"`)
		if eio == 4 { // 2.x joins by itself
			do("POST", target+"&sid="+sid, "40")
			do("GET", target+"&sid="+sid, "")
		}
		return sid
	}
}

var conversations = []conversation{
	{"0.9 handshake", nil, 0, func(who, _ string) []saying {
		return []saying{{"GET /socket.io/1/?who=" + who + get1, ":websocket", 0}}
	}},
	{"0.9 handshake by JSONP", nil, 0, func(who, _ string) []saying {
		return []saying{{"GET /socket.io/1/?jsonp=0&who=" + who + get1, "io.j[0](", 0}}
	}},
	{"0.9 xhr-polling", begin1, 0, func(_, sid string) []saying {
		poll := "GET /socket.io/1/xhr-polling/" + sid + get1
		return []saying{{poll, "1::", sio.PingTimeout}, {poll, "", sio.PingTimeout}}
	}},
	{"0.9 xhr-polling's POST", opened1("xhr-polling", "1::"), sio.PingTimeout, func(_, sid string) []saying {
		return []saying{{post1("/socket.io/1/xhr-polling/"+sid, echo1), "\r\n\r\n1", sio.PingTimeout}}
	}},
	{"0.9 jsonp-polling", begin1, 0, func(_, sid string) []saying {
		poll := "GET /socket.io/1/jsonp-polling/" + sid + "?i=0" + get1
		return []saying{{poll, "1::", sio.PingTimeout}, {poll, "", sio.PingTimeout}}
	}},
	{"0.9 jsonp-polling's POST", opened1("jsonp-polling", "1::"), sio.PingTimeout, func(_, sid string) []saying {
		return []saying{{post1("/socket.io/1/jsonp-polling/"+sid+"?i=0", "d=%222%3A%3A%22"), "\r\n\r\n1", sio.PingTimeout}}
	}},
	{"0.9 htmlfile", begin1, 0, func(_, sid string) []saying {
		return []saying{{"GET /socket.io/1/htmlfile/" + sid + get1, "1::", sio.TransportClose}}
	}},
	{"0.9 websocket", begin1, 0, func(_, sid string) []saying {
		return []saying{
			{upgrade("/socket.io/1/websocket/" + sid), "1::", sio.TransportClose},
			{said(echo1), `"echo"`, sio.TransportClose},
			{string(frame(wsproto.OpText, false, echo1[:9])) + string(frame(wsproto.OpContinuation, true, echo1[9:])), `"echo"`, sio.TransportClose},
		}
	}},
	{"0.9 flashsocket", begin1, 0, func(_, sid string) []saying {
		head, key3 := exampleHixie("/socket.io/1/flashsocket/" + sid)
		return []saying{
			{head, "\r\n\r\n", 0}, {key3, "1::", sio.TransportClose},
			{"\x00" + echo1 + "\xff", `"echo"`, sio.TransportClose},
		}
	}},
	{"4.x websocket", nil, 0, conversation4(4)},
	{"2.x websocket", nil, 0, conversation4(3)},
	{"4.x polling", begin4(4), sio.PingTimeout, poll4(4)},
	{"2.x polling", begin4(3), sio.PingTimeout, poll4(3)},
	{"4.x POST", begin4(4), sio.PingTimeout, func(_, sid string) []saying {
		return post4("/socket.io/?EIO=4&transport=polling&sid="+sid, `42["echo",1]`)
	}},
	{"2.x POST", begin4(3), sio.PingTimeout, func(_, sid string) []saying {
		return post4("/socket.io/?EIO=3&transport=polling&sid="+sid, `12:42["echo",1]`)
	}},
	{"4.x upgrade", begin4(4), sio.PingTimeout, upgrade4(4)},
	{"2.x upgrade", begin4(3), sio.PingTimeout, upgrade4(3)},
}

func conversation4(eio int) func(who, _ string) []saying {
	return func(who, _ string) []saying {
		all := []saying{{upgrade(fmt.Sprintf("/socket.io/?EIO=%d&transport=websocket&who=%s", eio, who)), `"sid"`, 0}}
		if eio == 3 { // joins "/" by itself
			all[0].cut = sio.TransportClose
		} else {
			all = append(all, saying{said("40"), "40{", sio.TransportClose})
		}
		return append(all, saying{said(`42["echo",1]`), `42["echo",1]`, sio.TransportClose})
	}
}

func poll4(eio int) func(_, sid string) []saying {
	return func(_, sid string) []saying {
		return []saying{{fmt.Sprintf("GET /socket.io/?EIO=%d&transport=polling&sid=%s", eio, sid) + get1, "", sio.TransportError}}
	}
}

// post4 is a POST, of which the reference takes a half for a broken transport.
func post4(target, body string) []saying {
	all := post1(target, body)
	head := len(all) - len(body)
	return []saying{{all[:head], "", sio.TransportError}, {all[head:], "ok", sio.PingTimeout}}
}

func upgrade4(eio int) func(_, sid string) []saying {
	return func(_, sid string) []saying {
		return []saying{
			{upgrade(fmt.Sprintf("/socket.io/?EIO=%d&transport=websocket&sid=%s", eio, sid)), "\r\n\r\n", sio.PingTimeout},
			{said("2probe"), "3probe", sio.PingTimeout},
			{said("5"), "", sio.TransportClose},
			{said(`42["echo",1]`), `42["echo",1]`, sio.TransportClose},
		}
	}
}

// exampleHixie is the draft's own example.
func exampleHixie(target string) (head, key3 string) {
	return hixieVector{Key1: "4 @1  46546xW%0l 1 5", Key2: "12998 5 Y3 1  .P00", Key3Hex: "5e6e3a64735b3455"}.request(target)
}

// cutConfig has short times.
func cutConfig() sio.Config {
	return sio.Config{
		PingInterval: 2 * time.Second, PingTimeout: time.Second, UpgradeTimeout: time.Second, ConnectTimeout: 2 * time.Second,
		HeartbeatInterval: 1500 * time.Millisecond, HeartbeatTimeout: 3 * time.Second,
		CloseTimeout: 3 * time.Second, PollDuration: time.Second, SessionExpiry: 2 * time.Second,
		HeaderTimeout: 2 * time.Second, BodyTimeout: 2 * time.Second, IdleTimeout: 3 * time.Second,
	}
}

// line is a connection, on either kind of network.
type line interface {
	write(text string)
	await(text string) // of what has come since the last one
	end(reset bool)
}

// talk says c's parts on l up to and with the nth byte, and ends it. It gives
// why the namespace's connection has to end, 0 if there is none, and whether
// that was all.
func (c *conversation) talk(l line, who, sid string, n int, reset bool) (why sio.Reason, all bool) {
	why = c.before
	for _, p := range c.parts(who, sid) {
		if n < len(p.say) {
			l.write(p.say[:n])
			l.end(reset)
			return why, false
		}
		n -= len(p.say)
		l.write(p.say)
		l.await(p.until)
		why = p.cut
	}
	l.end(reset)
	return why, true
}

// simLine is one on the simulated network.
type simLine struct {
	w *siotest.World
	*siotest.Raw
}

func (l simLine) write(text string) {
	if text != "" {
		l.Write(text)
	}
}

func (l simLine) await(text string) {
	l.w.Until(func() bool { return strings.Contains(string(l.Bytes()), text) })
	l.Skip(len(l.Bytes()))
}

func (l simLine) end(reset bool) {
	l.w.Advance(time.Millisecond) // what was said arrives
	if reset {
		l.Conn().Reset()
	} else {
		l.Close()
	}
}

// TestCuts: each conversation on the simulated network, ended after each of its
// bytes. The session ends for the right reason, once, and nothing is left.
func TestCuts(t *testing.T) {
	t.Parallel()
	for _, c := range conversations {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := siotest.New(t, siotest.Options{})
			g := newRig(t, w.Server(cutConfig()))
			want := map[string]sio.Reason{}
			do := func(method, target, body string) string {
				r := w.HTTP()
				defer r.Close()
				return string(r.Do(method, target, body).Body)
			}
			for _, reset := range []bool{false, true} {
				for n, all := 0, false; !all; n++ {
					who, sid := fmt.Sprintf("%d-%v", n, reset), ""
					if c.begin != nil {
						sid = c.begin(do, who)
					}
					want[who], all = c.talk(simLine{w, w.HTTP()}, who, sid, n, reset)
				}
			}
			w.Advance(20 * time.Second)
			g.left(want)
		})
	}
}

// left checks why each one ended, and that nothing is left of them.
func (g *rig) left(want map[string]sio.Reason) {
	g.t.Helper()
	ended := map[string]uint64{}
	for who, why := range want {
		got := g.reasons(who)
		switch {
		case why == 0 && len(got) > 0, why != 0 && (len(got) != 1 || got[0] != why):
			g.t.Errorf("cut at %s it ended with %v, want %v", who, got, why)
		}
		if why != 0 {
			ended[why.String()]++
		}
	}
	s := g.srv.Stats()
	if s.Sessions+s.Connections+s.Conns+s.Waiting != 0 || s.QueuedBytes != 0 || len(s.Transports) > 0 || s.Violations+s.Panics != 0 {
		g.t.Errorf("left behind: %+v", s)
	}
	for why, n := range ended { // those that never opened are counted too
		if s.Ended[why] < n {
			g.t.Errorf("counted %v, want %v at least", s.Ended, ended)
		}
	}
}

// TestParallelPostsOnAnyLoop: TestParallelPosts whatever loops the two come in
// on.
func TestParallelPostsOnAnyLoop(t *testing.T) {
	t.Parallel()
	w := siotest.New(t, siotest.Options{})
	g := newRig(t, w.Server(cutConfig()))
	do := func(method, target, body string) string {
		r := w.HTTP()
		defer r.Close()
		return string(r.Do(method, target, body).Body)
	}
	for i := range 16 { // two loops: each pair of them comes up
		who := fmt.Sprint(i)
		target := "/socket.io/?EIO=4&transport=polling&sid=" + begin4(4)(do, who)
		first, second := w.HTTP(), w.HTTP()
		all := post1(target, "42[]")
		first.Write(all[:len(all)-4])
		first.Write("42")
		w.Advance(time.Millisecond)
		if r := second.Do("POST", target, "42[]"); r.Status != 400 {
			t.Errorf("the second POST got %d %q", r.Status, r.Body)
		}
		if got := g.reasons(who); len(got) != 1 || got[0] != sio.TransportError {
			t.Errorf("%s ended with %v", who, got)
		}
		first.Close()
		second.Close()
	}
	w.Advance(20 * time.Second)
	if s := g.srv.Stats(); s.Sessions+s.Conns != 0 {
		t.Errorf("left behind: %+v", s)
	}
}
