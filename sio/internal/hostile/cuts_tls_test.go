package hostile

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// The same over real sockets, plain and with TLS. There a peer has three ways
// to end: as it should, without a word of TLS's, and by a reset.

// wire is a rig and how its peers connect.
type wire struct {
	*rig
	config *tls.Config // nil: plain
	http   *http.Client
	base   string
}

func startWire(t *testing.T, secure bool, cfg sio.Config, register func(*rig)) *wire {
	t.Helper()
	g := start(t, cfg, register) // begins to listen on a plain port
	x := &wire{rig: g, base: "http://" + g.addr, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	if !secure {
		return x
	}
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	certs := certified.TLS.Certificates
	certified.Close()
	addr, err := g.srv.ListenTLS("tcp", "127.0.0.1:0", &tls.Config{Certificates: certs})
	if err != nil {
		t.Fatal(err)
	}
	x.config = &tls.Config{InsecureSkipVerify: true, ClientSessionCache: tls.NewLRUClientSessionCache(0)}
	g.addr, x.base = addr.String(), "https://"+addr.String()
	x.http.Transport = &http.Transport{DisableKeepAlives: true, TLSClientConfig: x.config}
	return x
}

// do sends a request on a connection of its own.
func (x *wire) do(method, target, body string) string {
	x.t.Helper()
	r, _ := http.NewRequest(method, x.base+target, strings.NewReader(body))
	res, err := x.http.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return string(b)
}

// wireLine is a connection over it.
type wireLine struct {
	t    *testing.T
	c    net.Conn
	tcp  *net.TCPConn
	mute bool // without TLS's goodbye
	got  strings.Builder
}

func (x *wire) line(t *testing.T) *wireLine {
	t.Helper()
	tcp, err := net.Dial("tcp", x.addr)
	if err != nil {
		t.Fatal(err)
	}
	l := &wireLine{t: t, c: tcp, tcp: tcp.(*net.TCPConn)}
	if x.config != nil {
		l.c = tls.Client(tcp, x.config)
	}
	_ = tcp.SetDeadline(time.Now().Add(patience))
	if x.config != nil {
		// What comes with the end of a connection whose TLS handshake is not over
		// on the server's side is lost with it.
		// So is what was said last by who has not read all that came.
		l.write("GET /nothing-here" + get1)
		res, err := http.ReadResponse(bufio.NewReader(l.c), nil)
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
		}
		if err != nil || res.StatusCode != 404 {
			t.Fatalf("%v, %v", res, err)
		}
	}
	return l
}

func (l *wireLine) write(text string) {
	if _, err := io.WriteString(l.c, text); err != nil && text != "" {
		l.t.Fatalf("write: %v", err)
	}
}

func (l *wireLine) await(text string) {
	l.t.Helper()
	l.got.Reset()
	b := make([]byte, 4096)
	for !strings.Contains(l.got.String(), text) {
		n, err := l.c.Read(b)
		l.got.Write(b[:n])
		if err != nil {
			l.t.Fatalf("waited for %q, got %.300q, %v", text, l.got.String(), err)
		}
	}
}

// take reads n bytes.
func (l *wireLine) take(n int) {
	l.t.Helper()
	if _, err := io.CopyN(io.Discard, l.c, int64(n)); err != nil {
		l.t.Fatal(err)
	}
}

func (l *wireLine) end(reset bool) {
	if reset {
		_ = l.tcp.SetLinger(0)
	}
	if reset || l.mute {
		_ = l.tcp.Close()
		return
	}
	_ = l.c.Close()
}

// ends are the ways to end.
var ends = []struct {
	name        string
	reset, mute bool
}{{"close", false, false}, {"mute", false, true}, {"reset", true, false}}

// TestCutsOverSockets: the conversations of TestCuts, ended at the ends of their
// parts, one byte before and after, and here and there between.
func TestCutsOverSockets(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		t.Run(map[bool]string{false: "plain", true: "TLS"}[secure], func(t *testing.T) {
			x := startWire(t, secure, cutConfig(), nil)
			want := map[string][]sio.Reason{}
			for i := range conversations {
				x.cuts(t, i, want)
			}
			x.forgets()
			for who, any := range want {
				got := x.reasons(who)
				if len(got) > 1 || len(got) == 1 && !slices.Contains(any, got[0]) || len(got) == 0 && !slices.Contains(any, 0) {
					t.Errorf("%s ended with %v, want one of %v", who, got, any)
				}
			}
		})
	}
}

// cuts has one of the conversations cut.
func (x *wire) cuts(t *testing.T, i int, want map[string][]sio.Reason) {
	c := &conversations[i]
	at, total := map[int]bool{}, 0
	for _, p := range c.parts("who", strings.Repeat("s", 20)) {
		total += len(p.say)
		for _, n := range []int{total - 1, total, total + 1, total - len(p.say)/2} {
			at[n] = true
		}
	}
	for n := range at {
		for _, end := range ends {
			if end.mute && x.config == nil {
				continue
			}
			who, sid := fmt.Sprintf("%d-%d-%s", i, n, end.name), ""
			if c.begin != nil {
				sid = c.begin(x.do, who)
			}
			l := x.line(t)
			l.mute = end.mute
			why, _ := c.talk(l, who, sid, n, end.reset)
			want[who] = []sio.Reason{why}
			if end.reset { // takes along what was not read yet
				want[who] = append(want[who], c.before, sio.PingTimeout)
			}
		}
	}
}

// forgets waits until nothing is left of anyone.
func (x *wire) forgets() {
	x.t.Helper()
	eventually(x.t, "that nothing is left", func() bool {
		s := x.srv.Stats()
		return s.Sessions+s.Connections+s.Conns == 0 && s.QueuedBytes == 0 && len(s.Transports) == 0
	})
	if s := x.srv.Stats(); s.Violations+s.Panics != 0 || s.Waiting != 0 {
		x.t.Errorf("%+v", s)
	}
}

// flow is a connection that the server says much on.
type flow struct {
	name   string
	begin  func(do func(method, target, body string) string, who string) string
	open   func(sid string) (say, until string)
	ask    func(sid, event string) string // said on the connection; nil:
	post   string                         // the transport whose POST brings the event
	reopen bool                           // the answer is that of another request
	lives  bool                           // the session outlasts the connection
}

var flows = []flow{
	{name: "0.9 htmlfile", begin: begin1, post: "htmlfile", open: func(sid string) (string, string) {
		return "GET /socket.io/1/htmlfile/" + sid + get1, "1::"
	}},
	{name: "0.9 xhr-polling", begin: begin1, post: "xhr-polling", reopen: true, lives: true, open: func(sid string) (string, string) {
		return "GET /socket.io/1/xhr-polling/" + sid + get1, "1::"
	}},
	{name: "0.9 jsonp-polling", begin: begin1, post: "xhr-polling", reopen: true, lives: true, open: func(sid string) (string, string) {
		return "GET /socket.io/1/jsonp-polling/" + sid + "?i=0" + get1, "1::"
	}},
	{name: "0.9 websocket", begin: begin1, open: func(sid string) (string, string) {
		return upgrade("/socket.io/1/websocket/" + sid), "1::"
	}, ask: func(_, event string) string { return said("5:::" + event) }},
	{name: "0.9 flashsocket", begin: begin1, open: func(sid string) (string, string) {
		head, key3 := exampleHixie("/socket.io/1/flashsocket/" + sid)
		return head + key3, "1::"
	}, ask: func(_, event string) string { return "\x005:::" + event + "\xff" }},
	{name: "4.x websocket", begin: begin4(4), open: func(sid string) (string, string) {
		return upgrade("/socket.io/?EIO=4&transport=websocket&sid="+sid) + said("2probe") + said("5"), "3probe"
	}, ask: func(string, string) string { return string(frame(wsproto.OpText, true, blob4)) }},
	{name: "4.x polling", begin: begin4(4), lives: true, open: func(sid string) (string, string) {
		return post1("/socket.io/?EIO=4&transport=polling&sid="+sid, blob4), "ok"
	}, ask: func(sid, _ string) string { return "GET /socket.io/?EIO=4&transport=polling&sid=" + sid + get1 }},
}

const (
	blob1 = `{"name":"blob","args":[300000]}`
	blob4 = `42["blob",300000]`
)

// TestCutStreams: connections are ended after some bytes of the 300 kB that the
// server is writing to them.
func TestCutStreams(t *testing.T) {
	t.Parallel()
	blob := func(g *rig) {
		sio.On(g.ns, "blob", func(u *user, n int) { _ = u.Emit("blob", strings.Repeat("x", n)) })
	}
	for _, secure := range []bool{false, true} {
		t.Run(map[bool]string{false: "plain", true: "TLS"}[secure], func(t *testing.T) {
			x := startWire(t, secure, cutConfig(), blob)
			for _, f := range flows {
				for _, n := range []int{0, 1, 200, 20_000, 299_999} {
					for _, end := range ends {
						who := strings.ReplaceAll(fmt.Sprintf("%s-%d-%s", f.name, n, end.name), " ", "-")
						x.cutFlow(t, f, who, n, end.reset, end.mute)
					}
				}
			}
			x.forgets()
		})
	}
}

func (x *wire) cutFlow(t *testing.T, f flow, who string, n int, reset, mute bool) {
	sid := f.begin(x.do, who)
	l := x.line(t)
	l.mute = mute
	say, until := f.open(sid)
	l.write(say)
	l.await(until)
	switch {
	case f.ask != nil:
		l.write(f.ask(sid, blob1))
	default:
		x.do("POST", "/socket.io/1/"+f.post+"/"+sid, "5:::"+blob1)
		if f.reopen {
			l.write(say)
		}
	}
	l.take(n)
	l.end(reset)
	if f.lives {
		return
	}
	eventually(t, who+"'s end", func() bool { return len(x.reasons(who)) > 0 })
	if got := x.reasons(who); len(got) != 1 || got[0] != sio.TransportClose && got[0] != sio.TransportError {
		t.Errorf("%s ended with %v", who, got)
	}
}
