package main

// The two pages. Nothing here is about Socket.IO but where the client scripts
// are found.

import (
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
)

//go:embed page
var files embed.FS

// client is one of the two generations, with what its page shows.
type client struct {
	Generation string
	Version    string
	Era        string
	Line       string // the script in page/ that speaks this client's API
	OtherPath  string
	OtherName  string
	Package    string // its folder in node_modules
	CDN        string
	Integrity  string // of the script on the CDN
	Script     string // the address the page loads: the CDN's or our own
	From       string // says which
}

var today = client{
	Generation: "4.x",
	Version:    "4.8.4",
	Era:        "today's client",
	Line:       "modern.js",
	OtherPath:  "/legacy",
	OtherName:  "Open the 0.9 page",
	Package:    "socket.io-client",
	CDN:        "https://cdn.jsdelivr.net/npm/socket.io-client@4.8.4/dist/socket.io.min.js",
	Integrity:  "sha384-fBrXvbDtHoeKWJ/hcA6M+YGueiDW+h45I7V6F2kD1S8bOkrF9rZYPLVkCR6BLR/1",
}

var legacy = client{
	Generation: "0.x",
	Version:    "0.9.17",
	Era:        "the client of 2011 to 2014",
	Line:       "legacy.js",
	OtherPath:  "/",
	OtherName:  "Open the 4.x page",
	Package:    "socket.io-client-legacy",
	CDN:        "https://cdn.jsdelivr.net/npm/socket.io-client@0.9.17/dist/socket.io.min.js",
	Integrity:  "sha384-4Q4At0XhiBsha+rJwYJoobwTFJRNEXtUlQUGS11/JyEsmWTn5V7oEfS16hNxOrht",
}

// pages serves the pages, their parts and, where they are installed, the
// client scripts.
func pages() http.Handler {
	page := template.Must(template.ParseFS(files, "page/page.html"))
	parts, err := fs.Sub(files, "page")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(parts)))
	mux.Handle("GET /{$}", today.page(mux, page))
	mux.Handle("GET /legacy", legacy.page(mux, page))
	return mux
}

// page is the handler of the client's page. A script that is installed gets a
// route of its own.
func (c client) page(mux *http.ServeMux, page *template.Template) http.Handler {
	c.Script, c.From = c.CDN, "public CDN"
	if script := c.installed(); script != "" {
		c.Script, c.From, c.Integrity = "/client/"+c.Version+".js", "installed npm package", ""
		mux.HandleFunc("GET "+c.Script, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, script) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, c) // an error is a reader that has gone
	})
}

// installed is the path of the client's script in this example's npm packages,
// or "" if they are not installed in this very version.
func (c client) installed() string {
	for _, dir := range packageDirs() {
		dir = filepath.Join(dir, "node_modules", c.Package)
		about, err := os.ReadFile(filepath.Join(dir, "package.json"))
		if err != nil {
			continue
		}
		var pkg struct{ Version string }
		script := filepath.Join(dir, "dist", "socket.io.min.js")
		if _, err := os.Stat(script); err == nil && json.Unmarshal(about, &pkg) == nil && pkg.Version == c.Version {
			return script
		}
	}
	return ""
}

// packageDirs are the folders that may have the example's node_modules: the
// example's source, seen from here or from the repository's top, and the
// program's own folder.
func packageDirs() []string {
	dirs := []string{".", filepath.Join("examples", "chat")}
	if exe, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(exe))
	}
	if _, source, _, ok := runtime.Caller(0); ok {
		dirs = append(dirs, filepath.Dir(source))
	}
	return dirs
}
