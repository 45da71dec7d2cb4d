package hostile

import (
	"compress/gzip"
	"compress/zlib"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/sio"
)

// unpacked reads a body in its coding.
func (a answer) unpacked(t *testing.T) string {
	t.Helper()
	var r io.Reader
	var err error
	switch a.header.Get("Content-Encoding") {
	case "gzip":
		r, err = gzip.NewReader(strings.NewReader(a.body))
	case "deflate":
		r, err = zlib.NewReader(strings.NewReader(a.body))
	default:
		return a.body
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestHTTPCompression: polls from the threshold on, whatever loop the session
// lives on, in what the client asks for; the largest in a goroutine.
func TestHTTPCompression(t *testing.T) {
	t.Parallel()
	const frameLen = len(`42["big",""]`)
	big := func(g *rig) {
		sio.On(g.ns, "plain", func(u *user, n int) { _ = u.Compress(false).Emit("big", repeat("x", n)) })
		sio.On(g.ns, "big", func(u *user, n int) { _ = u.Emit("big", repeat("x", n)) })
	}
	poll := func(g *rig, target, accept string, n int) answer {
		g.post(target, `42["big",`+strconv.Itoa(n-frameLen)+`]`).same(t, 200, "ok")
		a := g.do("GET", target, accept, "")
		if want := `42["big","` + repeat("x", n-frameLen) + `"]`; a.status != 200 || a.unpacked(t) != want {
			t.Errorf("a poll of %d bytes is answered %d %.40q", n, a.status, a.unpacked(t))
		}
		return a
	}
	const both = "Accept-Encoding: gzip, deflate, br\r\n"
	cases := []struct {
		accept string
		size   int
		want   string
	}{
		{both, 1023, ""}, {both, 1024, "gzip"}, {both, 1025, "gzip"},
		{"Accept-Encoding: deflate, gzip;q=0.9\r\n", 2000, "deflate"},
		{"Accept-Encoding: br\r\n", 2000, ""}, {"Accept-Encoding: gzip;q=0\r\n", 2000, ""}, {"", 2000, ""},
		{both, 64 << 10, "gzip"}, {both, 64<<10 + 1, "gzip"}, {both, 1_000_000, "gzip"},
	}
	g := start(t, sio.Config{Loops: 2}, big)
	for range 3 { // over both loops
		target := g.polling("packs")
		for _, c := range cases {
			if a := poll(g, target, c.accept, c.size); a.header.Get("Content-Encoding") != c.want {
				t.Errorf("%d bytes with %q: %q, want %q", c.size, c.accept, a.header.Get("Content-Encoding"), c.want)
			}
		}
	}
	for range 3 { // a message that asks not to be compressed; beside another one it is
		target := g.polling("plain")
		g.post(target, `42["plain",2000]`)
		if a := g.do("GET", target, both, ""); a.header.Get("Content-Encoding") != "" || len(a.body) != 2000+frameLen {
			t.Errorf("Compress(false): %d bytes, %q", len(a.body), a.header.Get("Content-Encoding"))
		}
		g.post(target, "42[\"plain\",2000]\x1e42[\"big\",1]")
		if a := g.do("GET", target, both, ""); a.header.Get("Content-Encoding") != "gzip" {
			t.Errorf("beside another message: %q", a.header.Get("Content-Encoding"))
		}
	}
	for name, cfg := range map[string]sio.Config{"off": {HTTPCompression: -1}, "later": {HTTPCompression: 3000}} {
		g := start(t, cfg, big)
		target := g.polling(name)
		if a := poll(g, target, both, 2999); a.header.Get("Content-Encoding") != "" {
			t.Errorf("%s: compressed", name)
		}
		if a := poll(g, target, both, 3000); (a.header.Get("Content-Encoding") != "") != (name == "later") {
			t.Errorf("%s: Content-Encoding is %q", name, a.header.Get("Content-Encoding"))
		}
	}
}

// TestXSSProtection: polls and POSTs of Internet Explorer alone.
func TestXSSProtection(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	for agent, want := range map[string]string{
		"Mozilla/4.0 (compatible;MSIE 8.0; Windows NT 6.1)":        "0",
		"Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0)":       "0",
		"Mozilla/5.0 (X11; Linux x86_64) Chrome/120 Safari/537.36": "",
	} {
		target := g.polling("ie")
		for _, a := range []answer{g.do("POST", target, "User-Agent: "+agent+"\r\n", `42["echo",1]`), g.do("GET", target, "User-Agent: "+agent+"\r\n", "")} {
			if a.status != 200 || a.header.Get("X-XSS-Protection") != want {
				t.Errorf("%s: %d %v", agent, a.status, a.header)
			}
		}
	}
}
