package hostile

import (
	"strings"
	"testing"

	"github.com/tornadio/tornadio/sio"
)

// refusal is a request and its exact answer.
type refusal struct {
	name   string
	method string
	target string
	header string // lines
	body   string
	status int
	typ    string // Content-Type
	want   string // body
	also   string // a header line that must be there, "Name: value"
	closes bool   // the connection ends after it
}

const (
	jsonType  = "application/json"
	htmlType  = "text/html"
	plainType = "text/plain; charset=UTF-8"
)

// engineRefusals are those of Engine.IO that need no session, by code. Polling
// gets JSON; a websocket handshake the bare message and always 400, and its
// connection closes.
var engineRefusals = []refusal{
	{name: "0 no transport", method: "GET", target: "/socket.io/?EIO=4",
		status: 400, typ: jsonType, want: `{"code":0,"message":"Transport unknown"}`},
	{name: "0 unknown transport", method: "GET", target: engine + "tobi",
		status: 400, typ: jsonType, want: `{"code":0,"message":"Transport unknown"}`},
	{name: "0 transport before session", method: "GET", target: engine + "tobi&sid=none",
		status: 400, typ: jsonType, want: `{"code":0,"message":"Transport unknown"}`},
	{name: "0 name of an object's method", method: "GET", target: engine + "constructor",
		status: 400, typ: jsonType, want: `{"code":0,"message":"Transport unknown"}`},
	{name: "0 websocket", method: "GET", target: engine + "tobi", header: upgradeHeader,
		status: 400, typ: htmlType, want: "Transport unknown", closes: true},
	{name: "1 unknown session", method: "GET", target: engine + "polling&sid=none",
		status: 400, typ: jsonType, want: `{"code":1,"message":"Session ID unknown"}`},
	{name: "1 before method", method: "PUT", target: engine + "polling&sid=none",
		status: 400, typ: jsonType, want: `{"code":1,"message":"Session ID unknown"}`},
	{name: "1 before revision", method: "GET", target: "/socket.io/?EIO=2&transport=polling&sid=none",
		status: 400, typ: jsonType, want: `{"code":1,"message":"Session ID unknown"}`},
	{name: "1 websocket", method: "GET", target: engine + "websocket&sid=none", header: upgradeHeader,
		status: 400, typ: htmlType, want: "Session ID unknown", closes: true},
	{name: "2 POST", method: "POST", target: engine + "polling", body: "40",
		status: 400, typ: jsonType, want: `{"code":2,"message":"Bad handshake method"}`},
	{name: "2 OPTIONS", method: "OPTIONS", target: engine + "polling",
		status: 400, typ: jsonType, want: `{"code":2,"message":"Bad handshake method"}`},
	{name: "2 before plain websocket", method: "PUT", target: engine + "websocket",
		status: 400, typ: jsonType, want: `{"code":2,"message":"Bad handshake method"}`},
	{name: "2 before revision", method: "PUT", target: "/socket.io/?transport=polling",
		status: 400, typ: jsonType, want: `{"code":2,"message":"Bad handshake method"}`},
	{name: "3 websocket without upgrade", method: "GET", target: engine + "websocket",
		status: 400, typ: jsonType, want: `{"code":3,"message":"Bad request"}`},
	{name: "3 before revision", method: "GET", target: "/socket.io/?EIO=3&transport=websocket",
		status: 400, typ: jsonType, want: `{"code":3,"message":"Bad request"}`},
	{name: "empty body of HEAD", method: "HEAD", target: "/socket.io/?EIO=4",
		status: 400, typ: jsonType, want: ""},
	{name: "path below the path", method: "GET", target: "/socket.io/anything?EIO=4&transport=tobi",
		status: 400, typ: jsonType, want: `{"code":0,"message":"Transport unknown"}`},
}

// eio3Refusals are those of a server that has no revision 3. What does not say
// EIO=4 counts as 3.
var eio3Refusals = []refusal{
	{name: "5 revision 3", method: "GET", target: "/socket.io/?EIO=3&transport=polling",
		status: 400, typ: jsonType, want: `{"code":5,"message":"Unsupported protocol version"}`},
	{name: "5 no revision", method: "GET", target: "/socket.io/?transport=polling",
		status: 400, typ: jsonType, want: `{"code":5,"message":"Unsupported protocol version"}`},
	{name: "5 revision 44", method: "GET", target: "/socket.io/?EIO=44&transport=polling",
		status: 400, typ: jsonType, want: `{"code":5,"message":"Unsupported protocol version"}`},
	{name: "5 websocket", method: "GET", target: "/socket.io/?EIO=3&transport=websocket", header: upgradeHeader,
		status: 400, typ: htmlType, want: "Unsupported protocol version", closes: true},
}

func TestRevision3IsRefused(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{DisableEIO3: true}, nil)
	g.watched(func() {
		for _, r := range eio3Refusals {
			t.Run(r.name, func(t *testing.T) { r.check(t, g) })
		}
	})
	g.sessions(0)
}

func TestEngineRefusals(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		for _, r := range engineRefusals {
			t.Run(r.name, func(t *testing.T) { r.check(t, g) })
		}
	})
	if n := g.srv.Stats().Refused; n != uint64(len(engineRefusals)) {
		t.Errorf("Stats.Refused is %d after %d refusals", n, len(engineRefusals))
	}
	g.sessions(0)
}

// rev1Refusals are those of revision 1. Every answer to a request with an
// Origin lets its page read it (revision 1, 2.3).
var rev1Refusals = []refusal{
	{name: "protocol 2", method: "GET", target: "/socket.io/2/",
		status: 500, typ: plainType, want: "Protocol version not supported."},
	{name: "unknown transport", method: "GET", target: "/socket.io/1/tobi/none",
		status: 404, typ: plainType, want: "Transport unknown"},
	{name: "unknown transport, Origin", method: "GET", target: "/socket.io/1/tobi/none", header: "Origin: http://a.example\r\n",
		status: 404, typ: plainType, want: "Transport unknown", also: "Access-Control-Allow-Origin: http://a.example"},
	{name: "Origin null", method: "GET", target: "/socket.io/2/", header: "Origin: null\r\n",
		status: 500, typ: plainType, want: "Protocol version not supported.", also: "Access-Control-Allow-Origin: null"},
	{name: "credentials", method: "GET", target: "/socket.io/2/", header: "Origin: null\r\n",
		status: 500, typ: plainType, want: "Protocol version not supported.", also: "Access-Control-Allow-Credentials: true"},
	{name: "POST to an unknown session", method: "POST", target: "/socket.io/1/xhr-polling/none", body: "2::",
		status: 400, typ: plainType, want: "Session unknown"},
	{name: "handshake by POST", method: "POST", target: "/socket.io/1/", body: "x",
		status: 400, typ: plainType, want: "Bad handshake method"},
	{name: "poll of an unknown session", method: "GET", target: "/socket.io/1/xhr-polling/none",
		status: 200, typ: plainType, want: "7:::1+0"},
	{name: "preflight", method: "OPTIONS", target: "/socket.io/1/xhr-polling/none",
		header: "Origin: http://a.example\r\nAccess-Control-Request-Headers: x-a, x-b\r\n",
		status: 200, want: "", also: "Access-Control-Allow-Headers: x-a, x-b"},
	{name: "preflight methods", method: "OPTIONS", target: "/socket.io/1/", header: "Origin: http://a.example\r\n",
		status: 200, want: "", also: "Access-Control-Allow-Methods: POST, GET, OPTIONS"},
	{name: "websocket without upgrade", method: "GET", target: "/socket.io/1/websocket/none",
		status: 400, typ: plainType, want: "Not a websocket handshake"},
}

func TestRev1Refusals(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		for _, r := range rev1Refusals {
			t.Run(r.name, func(t *testing.T) { r.check(t, g) })
		}
	})
}

// check makes the request and compares all of the answer.
func (r *refusal) check(t *testing.T, g *rig) {
	p := dial(t, g.addr)
	p.send(request(r.method, r.target, r.header, r.body))
	a := p.answer(r.method)
	a.same(t, r.status, r.want)
	if typ := a.header.Get("Content-Type"); typ != r.typ {
		t.Errorf("Content-Type is %q, want %q", typ, r.typ)
	}
	if a.length != int64(len(r.want)) && r.method != "HEAD" {
		t.Errorf("Content-Length is %d, the body has %d", a.length, len(r.want))
	}
	if name, value, ok := strings.Cut(r.also, ": "); ok && a.header.Get(name) != value {
		t.Errorf("%s is %q, want %q", name, a.header.Get(name), value)
	}
	closes := r.closes || r.body != "" // a body that is not read would be the next request
	if closes != a.closes {
		t.Errorf("the answer says that it closes: %v, want %v", a.closes, closes)
	}
	if closes {
		p.finished()
	} else {
		p.serves()
	}
}

// TestSessionRefusals are the refusals that need a session, each with a new one.
func TestSessionRefusals(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	const empty = ""
	cases := []struct {
		name, method, query, header string
		status                      int
		body                        string
	}{
		{"3 transport of another kind", "GET", "&transport=websocket", "", 400, `{"code":3,"message":"Bad request"}`},
		{"3 by POST", "POST", "&transport=websocket", "", 400, `{"code":3,"message":"Bad request"}`},
		{"3 before revision", "GET", "&transport=websocket&EIO=3", "", 400, `{"code":3,"message":"Bad request"}`},
		{"500 method", "PUT", "&transport=polling", "", 500, empty},
		{"500 DELETE", "DELETE", "&transport=polling", "", 500, empty},
	}
	g.watched(func() {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				target := g.polling("asked")
				a := g.do(c.method, "/socket.io/?sid="+sid(target)+c.query, c.header, "")
				a.same(t, c.status, c.body)
				g.post(target, `42["echo",1]`).same(t, 200, "ok") // the session lives on
				g.get(target).same(t, 200, `42["echo",1]`)
			})
		}
	})
}

// TestUpgradedSessionRefusesPolling: after the upgrade, polling with that
// session is code 3, and a second websocket is closed at once.
func TestUpgradedSessionRefusesPolling(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	g.watched(func() {
		target := g.polling("upgraded")
		ws := g.websocket(engine + "websocket&sid=" + sid(target))
		ws.say("2probe")
		ws.want("3probe")
		second := g.dial()
		second.send(request("GET", engine+"websocket&sid="+sid(target), upgradeHeader, ""))
		second.finished()
		ws.say("5")
		ws.say(`42["echo",1]`)
		ws.want(`42["echo",1]`)
		g.get(target).same(t, 400, `{"code":3,"message":"Bad request"}`)
		g.post(target, "40").same(t, 400, `{"code":3,"message":"Bad request"}`)
		third := g.dial()
		third.send(request("GET", engine+"websocket&sid="+sid(target), upgradeHeader, ""))
		third.finished()
		ws.say(`42["echo",2]`)
		ws.want(`42["echo",2]`)
	})
}

// TestApplicationRefuses: code 4 for Engine.IO never comes from a middleware of
// Socket.IO 4, whose refusals are packets; those of revision 1 are 403.
func TestApplicationRefuses(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, func(g *rig) {
		g.ns.Use(func(h *sio.Handshake) error {
			if h.Query("who") == "banned" {
				return &sio.RefusedError{Message: "no entry", Data: map[string]int{"code": 7}}
			}
			return nil
		})
	})
	g.watched(func() {
		g.do("GET", "/socket.io/1/?who=banned", "Origin: null\r\n", "").same(t, 403, "no entry")
		s := g.websocket(engine + "websocket&who=banned")
		s.text()
		s.say("40")
		s.want(`44{"message":"no entry","data":{"code":7}}`)
		s.say("40/nowhere,")
		s.want(`44/nowhere,{"message":"Invalid namespace"}`) // the connection is still open
	})
}

// TestWebSocketHandshakes refuses what is no websocket handshake, for both
// generations, with the same words.
func TestWebSocketHandshakes(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	cases := []struct {
		name, old, new string
		status         int
		body, also     string
	}{
		{"version 12", "Version: 13", "Version: 12", 426, "Unsupported Sec-WebSocket-Version", "13, 8, 7"},
		{"no version", "Sec-WebSocket-Version: 13\r\n", "", 426, "Unsupported Sec-WebSocket-Version", "13, 8, 7"},
		{"short key", "ub25jZQ==", "ub25jZQ", 400, "Bad Sec-WebSocket-Key", ""},
		{"no key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400, "Bad Sec-WebSocket-Key", ""},
		{"upgrade to what", "Upgrade: websocket", "Upgrade: tea", 400, "Upgrade is not websocket", ""},
	}
	g.watched(func() {
		for _, target := range []string{engine + "websocket", "/socket.io/1/websocket/"} {
			for _, c := range cases {
				t.Run(c.name+target, func(t *testing.T) {
					if strings.HasSuffix(target, "/") {
						target += g.handshake("refused")
					}
					p := dial(t, g.addr)
					p.send(request("GET", target, strings.Replace(upgradeHeader, c.old, c.new, 1), ""))
					a := p.answer("GET")
					a.same(t, c.status, c.body)
					if a.header.Get("Sec-WebSocket-Version") != c.also {
						t.Errorf("Sec-WebSocket-Version is %q", a.header.Get("Sec-WebSocket-Version"))
					}
					p.finished()
				})
			}
		}
	})
}
