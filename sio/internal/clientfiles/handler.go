package clientfiles

import (
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/tornadio/tornadio/httpparse"
)

// cdn is where released clients lie, and cdnVersion the one that who names no
// version is sent to.
const (
	cdn        = "https://cdn.socket.io/"
	cdnVersion = "4.8.1"
)

// Handler serves the files under one path.
type Handler struct {
	prefix string // Socket.IO's path with its slash
	files  fs.FS  // nil: the CDN

	mu     sync.Mutex
	loaded map[string]*file
}

// New makes the handler of the files below path, "/socket.io" say. Without
// files it sends browsers to the CDN.
func New(path string, files fs.FS) *Handler {
	return &Handler{prefix: path + "/", files: files, loaded: make(map[string]*file)}
}

// ServeHTTP implements http.Handler. It reads from the file system, which may
// block.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != "GET" && r.Method != "HEAD" {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, h.prefix)
	asked := version(r.URL.Query().Get("v"))
	if h.files == nil {
		redirect(w, r, name, asked)
		return
	}
	at, f, err := h.find(candidates(name, asked))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		http.Error(w, "no such client file", http.StatusNotFound)
	case err != nil:
		http.Error(w, "client file can't be read", http.StatusInternalServerError)
	default:
		h.serve(w, r, at, known[name], f)
	}
}

// redirect sends a browser to the CDN. Its versions 1.x lie under other names,
// and Flash files are not there.
func redirect(w http.ResponseWriter, r *http.Request, name, asked string) {
	switch {
	case known[name] == flash:
		http.Error(w, "no such client file", http.StatusNotFound)
		return
	case asked == "":
		asked = cdnVersion
	}
	target := cdn + asked + "/" + name
	if strings.HasPrefix(asked, "1.") {
		target = cdn + "socket.io-" + asked + ".js"
	}
	w.Header().Set("Cache-Control", "public, max-age=0")
	http.Redirect(w, r, target, http.StatusFound)
}

// find gives the first of the candidates that exists, read anew if it has
// changed.
func (h *Handler) find(names []string) (name string, f *file, err error) {
	for _, name = range names {
		var info fs.FileInfo
		if info, err = fs.Stat(h.files, name); err != nil {
			continue
		}
		h.mu.Lock()
		f = h.loaded[name]
		h.mu.Unlock()
		if sameFile(f, info) {
			return name, f, nil
		}
		if f, err = load(h.files, name, info); err != nil {
			return "", nil, err
		}
		h.mu.Lock()
		h.loaded[name] = f
		h.mu.Unlock()
		return name, f, nil
	}
	return "", nil, err
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request, name, kind string, f *file) {
	head := w.Header()
	head.Set("Cache-Control", "public, max-age=0")
	head.Add("Vary", "Accept-Encoding")
	coding, body := h.choose(r, name, kind, f)
	etag := `"` + f.etag + `"`
	if coding != "" {
		etag = `"` + f.etag + "-" + coding + `"`
	}
	head.Set("ETag", etag)
	if matches(r.Header.Values("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	head.Set("Content-Type", kind)
	head.Set("Content-Length", strconv.Itoa(len(body)))
	if coding != "" {
		head.Set("Content-Encoding", coding)
	}
	_, _ = w.Write(body) // a client that is gone
}

// choose picks the coding that the client likes best.
func (h *Handler) choose(r *http.Request, name, kind string, f *file) (coding string, body []byte) {
	if kind == flash { // is compressed as it is, and players of its time expect no coding
		return "", f.data
	}
	accept := []byte(strings.Join(r.Header.Values("Accept-Encoding"), ","))
	if coding = httpparse.BestCoding(accept, "br", "gzip", "deflate"); coding == "" {
		return "", f.data
	}
	return coding, f.in(coding, h.files, name)
}

// matches reports whether a client has the file already, in whatever coding:
// If-None-Match compares weakly (RFC 9110 section 13.1.2).
func matches(fields []string, etag string) bool {
	for _, field := range fields {
		for tag := range strings.SplitSeq(field, ",") {
			tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
			if tag == "*" {
				return true
			}
			if rest, ok := strings.CutPrefix(tag, `"`+etag); ok && (rest == `"` || strings.HasPrefix(rest, "-")) {
				return true
			}
		}
	}
	return false
}
