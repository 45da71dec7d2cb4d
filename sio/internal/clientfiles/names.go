package clientfiles

import "strings"

// The files, as the reference server names them, and those of 0.9.
var known = map[string]string{
	"socket.io.js":                 script,
	"socket.io.min.js":             script,
	"socket.io.msgpack.min.js":     script,
	"socket.io.esm.min.js":         script,
	"socket.io.js.map":             sourceMap,
	"socket.io.min.js.map":         sourceMap,
	"socket.io.msgpack.min.js.map": sourceMap,
	"socket.io.esm.min.js.map":     sourceMap,

	"static/flashsocket/WebSocketMain.swf":         flash,
	"static/flashsocket/WebSocketMainInsecure.swf": flash,
}

// The content types.
const (
	script    = "application/javascript; charset=utf-8"
	sourceMap = "application/json; charset=utf-8"
	flash     = "application/x-shockwave-flash"
)

// Known reports whether path, what follows Socket.IO's path from its slash on,
// is that of a client file.
func Known(path []byte) bool {
	if len(path) < len("/socket.io.") || path[0] != '/' || path[1] != 's' { // nearly all are no longer than "/"
		return false
	}
	_, ok := known[string(path[1:])]
	return ok
}

// version is the version that a request asks for, "" for none. It becomes a
// part of a URL: digits and dots alone.
func version(v string) string {
	parts := strings.Split(v, ".")
	if len(parts) != 3 {
		return ""
	}
	for _, p := range parts {
		if len(p) == 0 || len(p) > 4 || strings.Trim(p, "0123456789") != "" {
			return ""
		}
	}
	return v
}

// candidates are where the file may lie: that of clients 0.7 to 0.9 has the
// same URL as the modern one, and is asked for by its version; their Flash
// files lie beside it in their package.
func candidates(name, asked string) []string {
	base := name[strings.LastIndexByte(name, '/')+1:]
	switch {
	case known[name] == flash:
		return []string{"0.9/" + base, base, name}
	case strings.HasPrefix(asked, "0."):
		return []string{"0.9/" + name, name}
	}
	return []string{name}
}
