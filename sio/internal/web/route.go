package web

import (
	"bytes"

	"github.com/tornadio/tornadio/httpparse"
)

// route finds whose request it is, and returns how many bytes of head it used:
// all, or none where the connection moves to another loop first and the
// request is read again there.
func (w *Conn) route(req *httpparse.Request, head []byte) int {
	rest, ours := w.sh.front.match(req.Path)
	switch {
	case !ours:
		w.serve(req)
	case isRev1(rest) && !hasKey(req.RawQuery, "EIO"):
		return w.routeRev1(req, head, rest)
	default:
		return w.routeEngine(req, head)
	}
	return len(head)
}

// match reports whether path lies under the Socket.IO path, and what follows
// it. As in the reference it is a plain prefix, with its slash.
func (f *Front) match(path []byte) (rest []byte, ok bool) {
	rest, ok = bytes.CutPrefix(path, []byte(f.cfg.Path))
	if !ok || len(rest) == 0 || rest[0] != '/' {
		return nil, false
	}
	return rest[1:], true
}

// isRev1 reports whether the path after /socket.io/ begins with a protocol
// number, as those of clients 0.7 to 0.9 do.
func isRev1(rest []byte) bool {
	n := 0
	for n < len(rest) && '0' <= rest[n] && rest[n] <= '9' {
		n++
	}
	return n > 0 && (n == len(rest) || rest[n] == '/')
}

func hasKey(query []byte, key string) bool {
	_, ok := httpparse.QueryGet(query, key)
	return ok
}

// queryIs reports whether the first value of key is exactly want.
func queryIs(query []byte, key, want string) bool {
	v, ok := httpparse.QueryGet(query, key)
	return ok && string(v) == want
}

func isBinary(contentType []byte) bool {
	return bytes.Equal(contentType, []byte("application/octet-stream"))
}
