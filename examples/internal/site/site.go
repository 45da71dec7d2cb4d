// Package site serves the pages of the examples. Nothing in it is about
// Socket.IO but where the client scripts are found.
//
// A page is a template in the example's folder page; {{client "4.8.4"}} in it
// loads that client. Its other files are served below /static/, and what all
// examples share (a stylesheet, an icon, the client scripts) below /site/.
package site

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
)

//go:embed static
var shared embed.FS

// Site is the pages of one example. It is an http.Handler.
type Site struct {
	mux   *http.ServeMux
	pages *template.Template
}

// New makes the site of the folder page in files. Its page.html, where there is
// one, is at "/" with the client of today, and at "/legacy" with that of 2011
// to 2014.
func New(files fs.FS) *Site {
	s := &Site{mux: http.NewServeMux()}
	for _, c := range clients {
		s.serveClient(c)
	}
	s.mux.Handle("GET /site/", http.StripPrefix("/site/", http.FileServerFS(sub(shared, "static"))))
	s.mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(sub(files, "page"))))
	s.pages = template.Must(template.New("").Funcs(template.FuncMap{
		"client": scriptTag, "from": scriptFrom, "versions": Versions,
	}).ParseFS(files, "page/*.html"))
	if s.pages.Lookup("page.html") != nil {
		s.Page("/{$}", "page.html", Today)
		s.Page("/legacy", "page.html", Legacy)
	}
	return s
}

// Generation is what a page that exists for two clients shows of its own.
type Generation struct {
	Name      string // "4.x", as the server calls it
	Version   string
	Era       string
	OtherPath string
	OtherName string
}

// The two generations of the page at "/" and "/legacy".
var (
	Today  = Generation{"4.x", "4.8.4", "today's client", "/legacy", "Open the 0.9 page"}
	Legacy = Generation{"0.x", "0.9.17", "the client of 2011 to 2014", "/", "Open the 4.x page"}
)

// Page serves a template of the folder page with data, at a pattern of
// http.ServeMux without a method.
func (s *Site) Page(pattern, file string, data any) {
	s.mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_ = s.pages.ExecuteTemplate(w, file, data) // an error is a reader that has gone
	})
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Site) serveClient(c Client) {
	script := c.installed()
	if script == "" {
		return
	}
	s.mux.HandleFunc("GET "+c.path(), func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, script) })
}

func sub(files fs.FS, dir string) fs.FS {
	part, err := fs.Sub(files, dir)
	if err != nil {
		panic(fmt.Sprintf("site: the folder %s is compiled in: %v", dir, err))
	}
	return part
}
