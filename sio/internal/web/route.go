package web

import (
	"bytes"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/sio/internal/clientfiles"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// route finds whose request it is, and returns how many bytes of head it used:
// all, or none where the connection moves to another loop first and the
// request is read again there.
func (w *Conn) route(req *httpparse.Request, head []byte) int {
	rest, ours := w.sh.front.match(req.Path)
	switch {
	case !ours && w.welcome(req):
	case !ours:
		w.serve(req)
	case w.sh.front.cfg.ClientFiles != nil && clientfiles.Known(rest):
		w.serveClient(req)
	case isRev1(rest) && !hasKey(req.RawQuery, "EIO") && !w.sh.front.cfg.EngineOnly:
		return w.routeRev1(req, head, rest)
	default:
		return w.routeEngine(req, head)
	}
	return len(head)
}

// match reports whether path lies under the Socket.IO path, and what follows
// it, from its slash on. As in the reference it is a plain prefix.
func (f *Front) match(path []byte) (rest []byte, ok bool) {
	if f.cfg.NoSlash {
		return bytes.CutPrefix(path, f.path)
	}
	rest, ok = httpparse.CutPath(path, f.cfg.Path)
	return rest, ok && len(rest) > 0
}

// welcome answers the bare path, without the slash at its end, as Node's servers
// of 0.7 to 0.9 did: people opened it to see whether Socket.IO was there.
func (w *Conn) welcome(req *httpparse.Request) bool {
	method := string(req.Method)
	if w.sh.front.cfg.EngineOnly || string(req.Path) != w.sh.front.cfg.Path || method != "GET" && method != "HEAD" {
		return false
	}
	w.finish(200, transport.TextUTF8, []byte("Welcome to socket.io."))
	return true
}

// isRev1 reports whether the path after /socket.io begins with a protocol
// number, as those of clients 0.7 to 0.9 do.
func isRev1(rest []byte) bool {
	number, _ := httpparse.NextSegment(rest)
	for _, c := range number {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(number) > 0
}

// sessionID reads the id of a session in a request.
func (f *Front) sessionID(sid []byte) (session.ID, bool) {
	id, ok := session.ParseID(sid)
	if f.names != nil {
		id, ok = f.names.Find(sid)
	}
	return id, ok && id.Loop() < len(f.shards)
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
