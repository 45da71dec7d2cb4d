package hostile

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tornadio/tornadio/sio"
)

// slowFS is a disk that takes its time.
type slowFS struct {
	fs.FS
	asked, goOn chan struct{}
}

func (s slowFS) Open(name string) (fs.File, error) {
	s.asked <- struct{}{}
	<-s.goOn
	return s.FS.Open(name)
}

// TestClientFiles over a whole server: beside sessions, with CORS, and without
// holding up a loop.
func TestClientFiles(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"socket.io.js": {Data: []byte("client")}}
	slow := slowFS{files, make(chan struct{}, 100), make(chan struct{})}
	g := start(t, sio.Config{Loops: 1, ClientFiles: slow, CORS: &sio.CORS{Origins: []string{"https://good.example"}}}, nil)
	p := g.dial()
	p.send(request("GET", "/socket.io/socket.io.js", fromGood, ""))
	<-slow.asked
	if a := g.get(engine + "polling"); a.status != 200 { // the loop serves others
		t.Errorf("a handshake is answered %d %q", a.status, a.body)
	}
	close(slow.goOn)
	a := p.answer("GET")
	a.same(t, 200, "client")
	if a.header.Get(allowOrigin) != "https://good.example" {
		t.Errorf("answered %v", a.header)
	}
	p.send(request("HEAD", "/socket.io/socket.io.js?v=4.8.1", "", ""))
	if h := p.answer("HEAD"); h.status != 200 || h.length != 6 || h.header.Get("ETag") != a.header.Get("ETag") {
		t.Errorf("HEAD is answered %d, %d bytes, %v", h.status, h.length, h.header)
	}
	p.send(request("GET", "/socket.io/socket.io.js", "If-None-Match: W/"+a.header.Get("ETag")+"\r\n", ""))
	p.answer("GET").same(t, 304, "")
	p.send(request("OPTIONS", "/socket.io/socket.io.js", fromGood, ""))
	p.answer("OPTIONS").same(t, 204, "")
	p.serves()
}

// TestClientFilesElsewhere: the CDN without files; nothing where it is off.
func TestClientFilesElsewhere(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, nil)
	a := g.get("/socket.io/socket.io.min.js?v=4.7.5")
	if want := "https://cdn.socket.io/4.7.5/socket.io.min.js"; a.status != 302 || a.header.Get("Location") != want {
		t.Errorf("answered %d to %q, want %q", a.status, a.header.Get("Location"), want)
	}
	off := start(t, sio.Config{NoClientFiles: true}, nil)
	if a := off.get("/socket.io/socket.io.js"); a.status != 400 || !strings.Contains(a.body, "Transport unknown") {
		t.Errorf("answered %d %q", a.status, a.body)
	}
}
