package site

import (
	"crypto/sha512"
	"encoding/base64"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// The checksum that a page gives the CDN's script is the installed one's.
func TestIntegrity(t *testing.T) {
	for _, c := range clients {
		script := c.installed()
		if script == "" {
			t.Fatalf("client %s is not installed: run \"make clients\"", c.Version)
		}
		b, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha512.Sum384(b)
		if got := "sha384-" + base64.StdEncoding.EncodeToString(sum[:]); got != c.integrity {
			t.Errorf("client %s has %s, the table says %s", c.Version, got, c.integrity)
		}
	}
}

// A script of another version is not taken.
func TestInstalled(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	c := Client{Version: "1.2.3", pkg: "some-client", file: minified}
	if got := c.installed(); got != "" {
		t.Errorf("found %q where nothing is installed", got)
	}
	pkg := filepath.Join(dir, "examples", "node_modules", "some-client")
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(pkg, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(minified, "var io")
	write("package.json", `{"version": "1.2.4"}`)
	if got := c.installed(); got != "" {
		t.Errorf("took %q of another version", got)
	}
	write("package.json", `{"version": "1.2.3"}`)
	if got := c.installed(); got == "" {
		t.Error("did not find the installed script")
	}
}

func TestPages(t *testing.T) {
	s := New(fstest.MapFS{
		"page/page.html": {Data: []byte(`{{.Version}} {{client .Version}} {{from .Version}}`)},
		"page/more.html": {Data: []byte(`{{.}} {{range versions}}{{.}},{{end}}`)},
		"page/app.js":    {Data: []byte(`app`)},
	})
	s.Page("/more", "more.html", "data")
	for path, want := range map[string]string{
		"/":              `4.8.4 <script defer src="`,
		"/legacy":        `0.9.17 <script defer src="`,
		"/more":          "data 0.7.11,",
		"/static/app.js": "app",
		"/site/site.css": ":root",
		"/site/icon.svg": "<svg",
		"/nothing":       "404",
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %q, want %q in it", path, w.Code, w.Body, want)
		}
	}
}
