package details

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

func refuseBanned(r *http.Request) error {
	if r.URL.Query().Get("who") == "banned" {
		return errors.New("not you")
	}
	return nil
}

// Detail 1: "code" in JSON errors is a number. Polling errors are 400, 403 for
// code 4. A refused websocket handshake is always 400 with the bare message.
func TestDetail01_CodesAreNumbers(t *testing.T) {
	g := start(t, sio.Config{DisableEIO3: true, AllowRequest: refuseBanned})
	_, sid := g.open("EIO=4")
	for _, c := range []struct {
		method, query string
		code, status  int
		message       string
		websocket     string // the query of a websocket that is refused for the same
	}{
		{"GET", "tobi&EIO=4", 0, 400, "Transport unknown", "tobi&EIO=4"},
		{"GET", "polling&EIO=4&sid=none", 1, 400, "Session ID unknown", "websocket&EIO=4&sid=none"},
		{"POST", "polling&EIO=4", 2, 400, "Bad handshake method", ""},
		{"GET", "websocket&EIO=4&sid=" + sid, 3, 400, "Bad request", ""},
		{"GET", "polling&EIO=4&who=banned", 4, 403, "not you", "websocket&EIO=4&who=banned"},
		{"GET", "polling&EIO=3", 5, 400, "Unsupported protocol version", "websocket&EIO=3"},
	} {
		r := g.w.HTTP().Do(c.method, path+c.query, "")
		g.want(r, c.status, fmt.Sprintf(`{"code":%d,"message":%q}`, c.code, c.message))
		g.field(r, "Content-Type", "application/json")
		if c.websocket == "" {
			continue
		}
		ws := g.w.HTTP()
		r = ws.Upgrade(path + c.websocket)
		g.want(r, 400, c.message)
		g.field(r, "Content-Type", "text/html")
		g.field(r, "Connection", "close")
		ws.WaitClosed()
	}
}

// Detail 2: the order of checks is transport, (Origin,) session, transport
// mismatch, method, plain websocket, allowRequest, revision. Each request breaks
// a rule and all that follow which it can. A handshake that is no GET is code 2.
func TestDetail02_OrderOfChecks(t *testing.T) {
	g := start(t, sio.Config{DisableEIO3: true, AllowRequest: refuseBanned})
	_, sid := g.open("EIO=4")
	for _, c := range []struct {
		method, query string
		code          int
	}{
		{"PUT", "tobi&sid=none&who=banned&EIO=3", 0},
		{"PUT", "websocket&sid=none&who=banned&EIO=3", 1},
		{"PUT", "websocket&sid=" + sid + "&who=banned&EIO=4", 3},
		{"PUT", "websocket&who=banned&EIO=3", 2},
		{"POST", "polling&who=banned&EIO=3", 2},
		{"GET", "websocket&who=banned&EIO=3", 3},
		{"GET", "polling&who=banned&EIO=3", 4},
		{"GET", "polling&EIO=3", 5},
	} {
		r := g.w.HTTP().Do(c.method, path+c.query, "")
		if !strings.HasPrefix(string(r.Body), fmt.Sprintf(`{"code":%d,`, c.code)) {
			t.Errorf("%s %s: %q, want code %d", c.method, c.query, r.Body, c.code)
		}
	}
	// An Origin with what no field may hold is refused while the head is read, as
	// by Node.
	r := g.w.HTTP()
	r.Write("GET " + path + "polling&EIO=4 HTTP/1.1\r\nHost: x\r\nOrigin: a\x01b\r\n\r\n")
	g.w.Until(func() bool { return strings.HasPrefix(string(r.Bytes()), "HTTP/1.1 400 ") })
	g.gone(r)
}

// Detail 3: the open packet includes maxPayload for both revisions; upgrades is
// [] on a websocket.
func TestDetail03_OpenPacket(t *testing.T) {
	g := start(t, sio.Config{MaxMessage: 12345, PingInterval: 7 * time.Second, PingTimeout: 3 * time.Second})
	for _, eio := range []string{"EIO=4", "EIO=3"} {
		want := func(upgrades, sid string) string {
			return `0{"sid":"` + sid + `","upgrades":[` + upgrades + `],"pingInterval":7000,"pingTimeout":3000,"maxPayload":12345}`
		}
		ws := g.websocket(eio)
		if text := ws.Text(); text != want("", g.sid([]byte(text))) {
			t.Errorf("%s, websocket: %q", eio, text)
		}
		body := string(g.get(path + "polling&" + eio).Body)
		open := want(`"websocket"`, g.sid([]byte(body)))
		if eio == "EIO=3" {
			open = fmt.Sprintf("%d:%s2:40", len(open), open)
		}
		if body != open {
			t.Errorf("%s, polling: %q, want %q", eio, body, open)
		}
	}
}

// Detail 7: all buffered packets go in one poll body, in order. A POST is
// answered "ok" as text/html.
func TestDetail07_OneBodyForAll(t *testing.T) {
	for _, c := range []struct{ query, post, want string }{
		{"EIO=4", "42[\"echo\",1]\x1e42[\"bytes\",2]\x1e42[\"echo\",3]", "42[\"echo\",1]\x1e451-[\"bytes\",{\"_placeholder\":true,\"num\":0}]\x1eb//8=\x1e42[\"echo\",3]"},
		{"EIO=3&b64=1", `12:42["echo",1]13:42["bytes",2]12:42["echo",3]`, `12:42["echo",1]43:451-["bytes",{"_placeholder":true,"num":0}]6:b4//8=12:42["echo",3]`},
	} {
		g := start(t, sio.Config{})
		target, _ := g.open(c.query)
		if c.query == "EIO=4" {
			g.post(target, "40")
			g.get(target)
		}
		r := g.post(target, c.post)
		g.want(r, 200, "ok")
		g.field(r, "Content-Type", "text/html")
		g.field(r, "Content-Length", "2")
		g.want(g.get(target), 200, c.want)
	}
}

// Detail 8: of overlapping polls the first gets "1", the second an empty 400,
// and the session ends.
func TestDetail08_OverlappingPolls(t *testing.T) {
	for query, end := range map[string]string{"EIO=4": "1", "EIO=3": "1:1"} {
		g := start(t, sio.Config{})
		target, _ := g.open(query)
		first := g.poll(target)
		g.want(g.get(target), 400, "")
		g.want(first.Response(), 200, end)
		g.want(g.get(target), 400, `{"code":1,"message":"Session ID unknown"}`)
		g.sessions(0)
	}
}

// Detail 9: a POST over the limit gets 413 with an empty body and the session
// survives; a websocket message over it gets close 1009. Exactly the limit
// passes.
func TestDetail09_MessageLimit(t *testing.T) {
	const limit = 100
	g := start(t, sio.Config{MaxMessage: limit})
	event := func(size int) string { return `42["echo","` + strings.Repeat("x", size-13) + `"]` }
	target, _ := g.joined()
	g.want(g.post(target, event(limit+1)), 413, "")
	g.want(g.post(target, event(limit)), 200, "ok")
	g.want(g.get(target), 200, event(limit))

	ws := g.entered()
	g.say(ws, event(limit))
	g.texts(ws, event(limit))
	g.say(ws, event(limit+1))
	f := ws.Frame()
	if f.Op != siotest.CloseFrame || f.Code != 1009 || len(f.Payload) > 2 {
		t.Errorf("frame %+v, want a close with 1009 and no reason", f)
	}
	g.want(g.post(target, event(limit)), 200, "ok") // the other one lives
}
