package clientfiles

import (
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/andybalholm/brotli"
)

var text = strings.Repeat("io = function () {};\n", 500)

func tree() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"socket.io.js":              file(text),
		"socket.io.js.map":          file(`{"version":3}`),
		"socket.io.min.js":          file("min"),
		"socket.io.min.js.br":       file("brotli of min"),
		"0.9/socket.io.js":          file("old"),
		"0.9/WebSocketMain.swf":     file("FWS"),
		"WebSocketMainInsecure.swf": file("FWS insecure"),
		"secret.js":                 file("no"),
	}
}

func get(h http.Handler, method, target string, fields ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestFiles(t *testing.T) {
	h := New("/socket.io", tree())
	for _, c := range []struct {
		target       string
		status       int
		kind, body   string
		method, want string
	}{
		{target: "socket.io.js", status: 200, kind: script, body: text},
		{target: "socket.io.js?v=4.8.1", status: 200, kind: script, body: text},
		{target: "socket.io.js?v=0.9.17", status: 200, kind: script, body: "old"},
		{target: "socket.io.min.js?v=0.9.17", status: 200, kind: script, body: "min"},
		{target: "socket.io.js.map", status: 200, kind: sourceMap, body: `{"version":3}`},
		{target: "static/flashsocket/WebSocketMain.swf", status: 200, kind: flash, body: "FWS"},
		{target: "static/flashsocket/WebSocketMainInsecure.swf", status: 200, kind: flash, body: "FWS insecure"},
		{target: "socket.io.esm.min.js", status: 404, kind: "text/plain; charset=utf-8", body: "no such client file\n"},
		{target: "socket.io.js", method: "POST", status: 405, kind: "text/plain; charset=utf-8", body: "method not allowed\n"},
	} {
		if c.method == "" {
			c.method = "GET"
		}
		a := get(h, c.method, "/socket.io/"+c.target)
		if a.Code != c.status || a.Header().Get("Content-Type") != c.kind || a.Body.String() != c.body {
			t.Errorf("%s: %d %q %.40q", c.target, a.Code, a.Header().Get("Content-Type"), a.Body)
		}
		if a.Code == 200 && (a.Header().Get("Cache-Control") != "public, max-age=0" || a.Header().Get("ETag") == "") {
			t.Errorf("%s: %v", c.target, a.Header())
		}
	}
}

func TestCodings(t *testing.T) {
	h := New("/socket.io", tree())
	unpack := map[string]func(io.Reader) (io.ReadCloser, error){
		"gzip":    func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) },
		"deflate": func(r io.Reader) (io.ReadCloser, error) { return zlib.NewReader(r) },
		"br":      func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(brotli.NewReader(r)), nil },
	}
	seen := map[string]bool{}
	for range 2 { // made, and remembered
		for coding, open := range unpack {
			a := get(h, "GET", "/socket.io/socket.io.js", "Accept-Encoding", "zstd, "+coding+";q=0.5")
			r, err := open(a.Body)
			if err != nil || a.Header().Get("Content-Encoding") != coding || a.Header().Get("Vary") != "Accept-Encoding" {
				t.Fatalf("%s: %v, %v", coding, err, a.Header())
			}
			if got, err := io.ReadAll(r); err != nil || string(got) != text {
				t.Errorf("%s: %v, %d bytes", coding, err, len(got))
			}
			seen[a.Header().Get("ETag")] = true
		}
	}
	if len(seen) != 3 {
		t.Errorf("the ETags of three codings are %v", seen)
	}
	a := get(h, "GET", "/socket.io/socket.io.min.js", "Accept-Encoding", "gzip, br")
	if a.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("the one named first: %v", a.Header())
	}
	a = get(h, "GET", "/socket.io/socket.io.min.js", "Accept-Encoding", "gzip;q=0.5", "Accept-Encoding", "br")
	if a.Header().Get("Content-Encoding") != "br" || a.Body.String() != "brotli of min" {
		t.Errorf("Brotli: %v %q", a.Header(), a.Body)
	}
	a = get(h, "GET", "/socket.io/static/flashsocket/WebSocketMain.swf", "Accept-Encoding", "gzip")
	if a.Header().Get("Content-Encoding") != "" {
		t.Errorf("a Flash file: %v", a.Header())
	}
}

func TestNotModified(t *testing.T) {
	files := tree()
	h := New("/socket.io", files)
	tag := get(h, "GET", "/socket.io/socket.io.js").Header().Get("ETag")
	packed := get(h, "GET", "/socket.io/socket.io.js", "Accept-Encoding", "gzip").Header().Get("ETag")
	for asked, want := range map[string]int{
		tag: 304, "W/" + tag: 304, packed: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200, `"`: 200, strings.Trim(tag, `"`): 200, "": 200,
	} {
		a := get(h, "GET", "/socket.io/socket.io.js", "If-None-Match", asked)
		if a.Code != want || want == 304 && (a.Body.Len() > 0 || a.Header().Get("ETag") != tag || a.Header().Get("Content-Length") != "") {
			t.Errorf("%q: %d with %d bytes, %v", asked, a.Code, a.Body.Len(), a.Header())
		}
	}
	files["socket.io.js"] = &fstest.MapFile{Data: []byte("new"), ModTime: time.Unix(1e9, 0)}
	if a := get(h, "GET", "/socket.io/socket.io.js", "If-None-Match", tag); a.Code != 200 || a.Body.String() != "new" {
		t.Errorf("a file that has changed: %d %q", a.Code, a.Body)
	}
}

// TestMaxFile: at the limit it is served, above it not.
func TestMaxFile(t *testing.T) {
	for size, want := range map[int]int{maxFile: 200, maxFile + 1: 500} {
		h := New("/socket.io", fstest.MapFS{"socket.io.js": {Data: make([]byte, size)}})
		if a := get(h, "GET", "/socket.io/socket.io.js"); a.Code != want {
			t.Errorf("%d bytes: %d", size, a.Code)
		}
	}
}

func TestRedirects(t *testing.T) {
	h := New("/socket.io", nil)
	for target, want := range map[string]string{
		"socket.io.js":                     cdn + "4.8.1/socket.io.js",
		"socket.io.min.js.map":             cdn + "4.8.1/socket.io.min.js.map",
		"socket.io.esm.min.js?v=4.7.5":     cdn + "4.7.5/socket.io.esm.min.js",
		"socket.io.js?v=1.7.4":             cdn + "socket.io-1.7.4.js",
		"socket.io.js?v=..":                cdn + "4.8.1/socket.io.js",
		"socket.io.js?v=4.8./..":           cdn + "4.8.1/socket.io.js",
		"socket.io.js?v=4.8.1%0d%0aX:%20y": cdn + "4.8.1/socket.io.js",
		"socket.io.js?v=@evil.example":     cdn + "4.8.1/socket.io.js",
		"socket.io.js?v=4.8.12345":         cdn + "4.8.1/socket.io.js",
	} {
		a := get(h, "GET", "/socket.io/"+target)
		if a.Code != 302 || a.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", target, a.Code, a.Header().Get("Location"), want)
		}
	}
	if a := get(h, "GET", "/socket.io/static/flashsocket/WebSocketMain.swf"); a.Code != 404 {
		t.Errorf("a Flash file without files: %d", a.Code)
	}
}

func TestKnown(t *testing.T) {
	for path, want := range map[string]bool{
		"/socket.io.js": true, "/socket.io.msgpack.min.js.map": true, "/static/flashsocket/WebSocketMain.swf": true,
		"": false, "/": false, "/1/": false, "/secret.js": false, "/socket.io.js/": false, "//socket.io.js": false,
		"/../socket.io.js": false, "/socket.io.min.js.br": false, "/0.9/socket.io.js": false,
	} {
		if Known([]byte(path)) != want {
			t.Errorf("Known(%q) is not %v", path, want)
		}
	}
}
