package hostile

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tornadio/tornadio/sio"
)

// TestCookie: the first answer of a polling session alone.
func TestCookie(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{Cookie: &sio.Cookie{}}, nil)
	a := g.get(engine + "polling")
	_, id, _ := strings.Cut(a.body, `"sid":"`)
	id = id[:20]
	if got := a.header.Values("Set-Cookie"); len(got) != 1 || got[0] != "io="+id+"; Path=/; HttpOnly; SameSite=Lax" {
		t.Errorf("Set-Cookie is %q for %s", got, id)
	}
	for _, a := range []answer{g.post(engine+"polling&sid="+id, "40"), g.get(engine + "polling&sid=" + id),
		g.do("GET", engine+"websocket", upgradeHeader, ""), g.get("/socket.io/1/"), g.get(engine + "tobi")} {
		if got := a.header.Get("Set-Cookie"); got != "" {
			t.Errorf("an answer with status %d has Set-Cookie: %s", a.status, got)
		}
	}
	own := start(t, sio.Config{Cookie: &sio.Cookie{Name: "lb", Path: "/x", Domain: "example.com", MaxAge: 90e9, Secure: true, Readable: true, SameSite: http.SameSiteNoneMode}}, nil)
	got := own.get(engine + "polling").header.Get("Set-Cookie")
	if _, rest, _ := strings.Cut(got, ";"); !strings.HasPrefix(got, "lb=") || rest != " Path=/x; Domain=example.com; Max-Age=90; Secure; SameSite=None" {
		t.Errorf("Set-Cookie is %q", got)
	}
}

// TestInitialPacket: it comes with the open packet, on both transports.
func TestInitialPacket(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{InitialPacket: "hello é"}, nil)
	a := g.get(engine + "polling")
	if open, rest, _ := strings.Cut(a.body, "\x1e"); !strings.HasPrefix(open, "0{") || rest != "4hello é" {
		t.Errorf("answered %q", a.body)
	}
	ws := g.websocket(engine + "websocket")
	ws.text()
	ws.want("4hello é")
}

func TestNoUpgrades(t *testing.T) {
	t.Parallel()
	for no, want := range map[bool]string{true: `"upgrades":[],`, false: `"upgrades":["websocket"],`} {
		g := start(t, sio.Config{NoUpgrades: no}, nil)
		if a := g.get(engine + "polling"); !strings.Contains(a.body, want) {
			t.Errorf("answered %q, want %s", a.body, want)
		}
	}
}

func TestNoTrailingSlash(t *testing.T) {
	t.Parallel()
	open := func(g *rig, target string) bool { return strings.HasPrefix(g.get(target).body, "0{") }
	g := start(t, sio.Config{}, nil)
	bare := start(t, sio.Config{NoTrailingSlash: true}, nil)
	for target, want := range map[string][2]bool{
		"/socket.io/?EIO=4&transport=polling":  {true, true},
		"/socket.io?EIO=4&transport=polling":   {false, true},
		"/socket.io/x?EIO=4&transport=polling": {true, true},
		"/socket.iox?EIO=4&transport=polling":  {false, true},
		"/socket.i?EIO=4&transport=polling":    {false, false},
	} {
		if got := [2]bool{open(g, target), open(bare, target)}; got != want {
			t.Errorf("%s: %v, want %v with and without a slash", target, got, want)
		}
	}
	if a := bare.get("/socket.io/1/"); a.status != 200 {
		t.Errorf("revision 1 is answered %d %q", a.status, a.body)
	}
}

// TestHeaderHooks: fields on every answer to a session's requests, and on its
// first one; not on refusals.
func TestHeaderHooks(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{Loops: 2,
		InitialHeaders: func(h http.Header, r *http.Request) { h.Set("X-First", r.URL.Query().Get("who")) },
		Headers: func(h http.Header, r *http.Request) {
			h.Set("X-All", r.Method)
			h.Set("Content-Length", "3")
			if r.URL.Query().Get("who") == "panics" {
				panic("on purpose")
			}
		},
	}, nil)
	check := func(a answer, first, all string) {
		t.Helper()
		if a.header.Get("X-First") != first || a.header.Get("X-All") != all || a.header.Get("Content-Length") == "3" {
			t.Errorf("an answer with status %d has %v", a.status, a.header)
		}
	}
	for range 4 { // over both loops
		a := g.get(engine + "polling&who=ann")
		check(a, "ann", "GET")
		target := engine + "polling&sid=" + strings.SplitN(a.body, `"`, 5)[3]
		check(g.post(target, "40"), "", "POST")
		check(g.get(target), "", "GET")
		check(g.do("GET", engine+"websocket&sid="+sid(target), upgradeHeader, ""), "", "GET")
	}
	check(g.do("GET", engine+"websocket&who=bob", upgradeHeader, ""), "bob", "GET")
	check(g.get(engine+"tobi"), "", "")
	if a := g.get(engine + "polling&who=panics"); a.status != 200 {
		t.Errorf("a hook that panics: %d", a.status)
	}
}

// TestOnConnectionError: each code with its context.
func TestOnConnectionError(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var told []*sio.ConnectionError
	g := start(t, sio.Config{DisableEIO3: true, Loops: 1,
		OnConnectionError: func(e *sio.ConnectionError) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, e)
			if e.Code == 5 {
				panic("on purpose")
			}
		},
		AllowRequest: func(r *http.Request) error {
			if r.URL.Query().Get("who") == "banned" {
				return fmt.Errorf("no entry")
			}
			return nil
		},
	}, nil)
	cases := []struct {
		method, target, header string
		code                   int
		message                string
		context                map[string]string
	}{
		{"GET", engine + "tobi", "", 0, "Transport unknown", map[string]string{"transport": "tobi"}},
		{"GET", engine + "polling&sid=none", "", 1, "Session ID unknown", map[string]string{"sid": "none"}},
		{"GET", engine + "websocket&sid=none", upgradeHeader, 1, "Session ID unknown", map[string]string{"sid": "none"}},
		{"PUT", engine + "polling", "", 2, "Bad handshake method", map[string]string{"method": "PUT"}},
		{"GET", engine + "websocket", "", 3, "Bad request", map[string]string{"name": "TRANSPORT_HANDSHAKE_ERROR"}},
		{"GET", engine + "websocket&sid=" + sid(g.polling("ann")), "", 3, "Bad request", map[string]string{"name": "TRANSPORT_MISMATCH"}},
		{"GET", engine + "polling&who=banned", "", 4, "Forbidden", map[string]string{"message": "no entry"}},
		{"GET", "/socket.io/?EIO=2&transport=polling", "", 5, "Unsupported protocol version", map[string]string{"protocol": "2"}},
	}
	for i, c := range cases {
		g.do(c.method, c.target, "X-Mark: here\r\n"+c.header, "")
		mu.Lock()
		if len(told) != i+1 {
			t.Fatalf("%s %s: told %d times", c.method, c.target, len(told))
		}
		e := told[i]
		if e.Code != c.code || e.Message != c.message || !maps.Equal(e.Context, c.context) || e.Request.Header.Get("X-Mark") != "here" {
			t.Errorf("%s %s: told %+v", c.method, c.target, e)
		}
		mu.Unlock()
	}
}
