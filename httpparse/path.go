package httpparse

import "bytes"

// CutPath cuts prefix, which ends without '/', off a path and reports whether
// the path was prefix itself or lies below it: "/socket.io" matches
// "/socket.io" and "/socket.io/1/", not "/socket.iox". rest is empty or begins
// with '/'.
func CutPath(path []byte, prefix string) (rest []byte, ok bool) {
	if len(path) < len(prefix) || string(path[:len(prefix)]) != prefix {
		return nil, false
	}
	if rest = path[len(prefix):]; len(rest) > 0 && rest[0] != '/' {
		return nil, false
	}
	return rest, true
}

// NextSegment splits "/first/second" into "first" and "/second". A path
// without leading '/' has an empty first segment and no rest.
func NextSegment(path []byte) (segment, rest []byte) {
	if len(path) == 0 || path[0] != '/' {
		return nil, nil
	}
	path = path[1:]
	if i := bytes.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, nil
}
