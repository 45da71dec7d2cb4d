package httpparse

import "bytes"

// The four forms of a request target, RFC 9112 section 3.2.

// splitTarget finds path, query and authority of the target, which lies at
// offset at.
func (r *Request) splitTarget(at int) error {
	t := r.Target
	if i := bytes.IndexByte(t, '#'); i >= 0 {
		return fail(400, at+i, "fragment in target")
	}
	switch {
	case string(r.Method) == "CONNECT":
		return fail(501, at, "CONNECT not supported")
	case len(t) == 0:
		return fail(400, at, "empty target")
	case t[0] == '/':
		r.splitQuery(t)
		return nil
	case string(t) == "*":
		if string(r.Method) != "OPTIONS" {
			return fail(400, at, "target * without OPTIONS")
		}
		r.Path = t
		return nil
	}
	return r.splitAbsolute(at)
}

func (r *Request) splitQuery(t []byte) {
	r.Path = t
	if i := bytes.IndexByte(t, '?'); i >= 0 {
		r.Path, r.RawQuery = t[:i:i], t[i+1:]
	}
}

var (
	slash = []byte{'/'}
	star  = []byte{'*'}
)

// splitAbsolute reads the absolute form, which proxies get and every server
// must take. Its authority replaces the field Host.
func (r *Request) splitAbsolute(at int) error {
	rest, ok := cutScheme(r.Target)
	if !ok {
		return fail(400, at, "bad target")
	}
	end := bytes.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	r.Host = rest[:end:end]
	if end == 0 || !validHost(r.Host) {
		return fail(400, at+len(r.Target)-len(rest), "bad authority in target")
	}
	r.splitQuery(rest[end:])
	if len(r.Path) > 0 {
		return nil
	}
	r.Path = slash
	if r.RawQuery == nil && string(r.Method) == "OPTIONS" {
		r.Path = star // RFC 9112 section 3.2.4
	}
	return nil
}

// cutScheme cuts the schemes that a proxy may name off t.
func cutScheme(t []byte) (rest []byte, ok bool) {
	for _, s := range [...]string{"http://", "https://", "ws://", "wss://"} {
		if len(t) >= len(s) && EqualFold(t[:len(s)], s) {
			return t[len(s):], true
		}
	}
	return nil, false
}

// validHost reports whether h may be uri-host [ ":" port ] (RFC 9110 section
// 7.2). Empty is good: a target without authority has that Host.
func validHost(h []byte) bool {
	for _, c := range h {
		if class[c]&isHost == 0 {
			return false
		}
	}
	port := h
	if len(h) > 0 && h[0] == '[' { // IPv6 or later
		end := bytes.IndexByte(h, ']')
		if end < 2 || bytes.ContainsAny(h[1:end], "[") {
			return false
		}
		if port = h[end+1:]; len(port) > 0 && port[0] != ':' {
			return false
		}
	} else if bytes.IndexByte(h, ']') >= 0 || bytes.IndexByte(h, '[') >= 0 {
		return false
	}
	i := bytes.IndexByte(port, ':')
	return i < 0 || validPort(port[i+1:])
}

// validPort: digits only, at most five; empty is allowed (RFC 3986 section
// 3.2.3).
func validPort(p []byte) bool {
	for _, c := range p {
		if class[c]&isDigit == 0 {
			return false
		}
	}
	return len(p) <= 5
}
