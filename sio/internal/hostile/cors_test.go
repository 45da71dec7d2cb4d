package hostile

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/sio"
)

const (
	allowOrigin = "Access-Control-Allow-Origin"
	fromGood    = "Origin: https://good.example\r\n"
	fromEvil    = "Origin: https://evil.example\r\n"
)

// TestCORS: every answer of Engine.IO's has the fields, refusals and websocket
// handshakes too; without the option none has one.
func TestCORS(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{CORS: &sio.CORS{Origins: []string{"https://good.example"}, Credentials: true}}, nil)
	requests := []struct {
		method, target, header string
		status                 int
	}{
		{"GET", engine + "polling", "", 200},
		{"GET", engine + "polling&sid=none", "", 400},
		{"OPTIONS", engine + "polling", "", 204},
		{"OPTIONS", engine + "tobi", "", 204}, // before any other check
		{"GET", engine + "websocket", upgradeHeader, 101},
	}
	for _, r := range requests {
		good := g.do(r.method, r.target, fromGood+r.header, "")
		if good.status != r.status || good.header.Get(allowOrigin) != "https://good.example" ||
			good.header.Get("Access-Control-Allow-Credentials") != "true" || good.header.Get("Vary") == "" {
			t.Errorf("%s %s is answered %d %v", r.method, r.target, good.status, good.header)
		}
		evil := g.do(r.method, r.target, fromEvil+r.header, "")
		if evil.status != r.status || evil.header.Get(allowOrigin) != "" || evil.header.Get("Vary") == "" {
			t.Errorf("%s %s of another origin is answered %d %v", r.method, r.target, evil.status, evil.header)
		}
	}
	target := g.polling("page")
	if a := g.do("POST", target, fromGood, "2"); a.header.Get(allowOrigin) == "" {
		t.Errorf("a POST is answered %v", a.header)
	}
	plain := start(t, sio.Config{}, nil)
	if a := plain.do("GET", engine+"polling", fromGood, ""); a.header.Get(allowOrigin) != "" || a.header.Get("Vary") != "" {
		t.Errorf("without the option: %v", a.header)
	}
}

// TestCORSFuncRefuses: an error of the function is code 3, and so is a
// preflight that nothing answers code 2.
func TestCORSFuncRefuses(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{CORS: &sio.CORS{OriginFunc: func(origin string) (bool, error) {
		if origin == "https://evil.example" {
			return false, errors.New("no")
		}
		return true, nil
	}, PreflightContinue: true}}, nil)
	g.do("GET", engine+"polling", fromEvil, "").same(t, 400, `{"code":3,"message":"Bad request"}`)
	g.do("GET", engine+"websocket", fromEvil+upgradeHeader, "").same(t, 400, "Bad request")
	g.do("OPTIONS", engine+"polling", fromGood, "").same(t, 400, `{"code":2,"message":"Bad handshake method"}`)
}

// TestOriginsOfRev1: where origins are configured, revision 1 refuses others
// in Node's words, and needs one at all.
func TestOriginsOfRev1(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{CORS: &sio.CORS{Patterns: []*regexp.Regexp{regexp.MustCompile(`^https://good\.example$`)}}}, nil)
	sid, _, _ := strings.Cut(g.do("GET", "/socket.io/1/", fromGood, "").body, ":")
	cases := []struct {
		name, target, header string
		status               int
		body, echo           string
	}{
		{"evil", "/socket.io/1/", fromEvil, 403, "handshake bad origin", ""},
		{"none", "/socket.io/1/", "", 403, "handshake bad origin", ""},
		{"same origin, no Origin", "/socket.io/1/xhr-polling/none", "Referer: https://good.example/page?x=1\r\n", 200, "7:::1+0", ""},
		{"evil Referer", "/socket.io/1/xhr-polling/none", "Referer: https://evil.example/\r\n", 403, "handshake bad origin", ""},
		{"good", "/socket.io/1/xhr-polling/none", fromGood, 200, "7:::1+0", "https://good.example"},
		{"evil websocket", "/socket.io/1/websocket/" + sid, fromEvil + upgradeHeader, 403, "handshake bad origin", ""},
		{"good websocket of a draft", "/socket.io/1/websocket/" + sid, "Sec-WebSocket-Origin: https://good.example\r\n" + upgradeHeader, 101, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := g.do("GET", c.target, c.header, "")
			if a.status != 101 {
				a.same(t, c.status, c.body)
			}
			if a.status != c.status || a.header.Get(allowOrigin) != c.echo {
				t.Errorf("answered %d %v", a.status, a.header)
			}
		})
	}
	any := start(t, sio.Config{CORS: &sio.CORS{}}, nil)
	if a := any.do("GET", "/socket.io/1/xhr-polling/none", fromEvil, ""); a.status != 200 || a.header.Get(allowOrigin) != "https://evil.example" {
		t.Errorf("with every origin let in: %d %v", a.status, a.header)
	}
}
