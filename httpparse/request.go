package httpparse

// maxMethod is longer than any registered method; a longer one is not one
// that this or any server implements (RFC 9112 section 3: 501).
const maxMethod = 32

// Request is the head of a request. The zero value is ready; used again for
// the next head it allocates nothing.
type Request struct {
	Head
	// Method as sent; it is case-sensitive.
	Method []byte
	// Target as sent.
	Target []byte
	// Path is the path of the target, still encoded: it begins with '/', or
	// is "*" (OPTIONS only).
	Path []byte
	// RawQuery is what follows the first '?', still encoded; nil if there is
	// no '?'.
	RawQuery []byte
	// Host is the authority of an absolute target, else the field Host. It
	// may be empty, and is nil for HTTP/1.0 without one.
	Host []byte
	// Expect100 says that the client waits for "100 Continue" before it sends
	// the body.
	Expect100 bool
}

// Parse reads a request's head from the start of data and returns its length
// in bytes, the empty line included. The error is [ErrMore] if the head is not
// complete, else an [*Error]; r is then not to be read.
//
// One CRLF before the request line is skipped (RFC 9112 section 2.2): old
// browsers send it after the body of a POST.
func (r *Request) Parse(data []byte, lim *Limits) (n int, err error) {
	l := lim.defaults()
	b := data[:min(len(data), l.MaxHead)]
	n, err = r.parse(b, &l)
	if err == ErrMore && len(data) >= l.MaxHead {
		return 0, fail(431, l.MaxHead, "head too large")
	}
	return n, err
}

func (r *Request) parse(b []byte, lim *Limits) (int, error) {
	*r = Request{Head: Head{Fields: r.Fields[:0], ContentLength: -1}}
	i, err := r.parseLine(b, lim)
	if err != nil {
		return 0, err
	}
	if i, err = r.parseFields(b, i, lim); err != nil {
		return 0, err
	}
	if err = r.finish(i); err != nil {
		return 0, err
	}
	if err = r.checkHost(i); err != nil {
		return 0, err
	}
	return i, r.checkExpect(i)
}

// parseLine reads the request line.
func (r *Request) parseLine(b []byte, lim *Limits) (int, error) {
	start, end, err := scanMethod(b)
	if err != nil {
		return 0, err
	}
	r.Method = b[start:end:end]
	start = end + 1
	end = endOfTarget(b[:min(len(b), start+lim.MaxTarget+1)], start)
	switch {
	case end-start > lim.MaxTarget:
		return 0, fail(414, end-1, "target too long")
	case end == len(b):
		return 0, ErrMore
	case b[end] == '\r' || b[end] == '\n':
		return 0, fail(400, end, "no HTTP version")
	case b[end] != ' ':
		return 0, fail(400, end, "control byte in target")
	}
	r.Target = b[start:end:end]
	if err := r.splitTarget(start); err != nil {
		return 0, err
	}
	i, err := r.parseVersion(b, end+1)
	if err != nil {
		return 0, err
	}
	return lineEnd(b, i)
}

// scanMethod finds the method, which a space ends at b[end].
func scanMethod(b []byte) (start, end int, err error) {
	if len(b) > 0 && b[0] == '\r' {
		if start, err = lineEnd(b, 0); err != nil {
			return 0, 0, err
		}
	}
	end = endOfToken(b[:min(len(b), start+maxMethod+1)], start)
	switch {
	case end-start > maxMethod:
		return 0, 0, fail(501, end-1, "method not supported")
	case end == len(b):
		return 0, 0, ErrMore
	case b[end] != ' ' || end == start:
		return 0, 0, fail(400, end, "not an HTTP request")
	}
	return start, end, nil
}

// CheckStart judges the first bytes of a connection: an [*Error] if they can't
// begin a request, nil if they can, as far as they go. Parse does the same.
func CheckStart(data []byte) error {
	if _, _, err := scanMethod(data); err != ErrMore {
		return err
	}
	return nil
}

// checkHost requires one good Host from HTTP/1.1 (RFC 9112 section 3.2).
func (r *Request) checkHost(end int) error {
	if r.seen&sawHost == 0 {
		if r.Minor > 0 {
			return fail(400, end, "no Host field")
		}
		return nil
	}
	if !validHost(r.host) {
		return fail(400, end, "bad Host field")
	}
	if r.Host == nil { // else the target's authority replaces it, section 3.2.2
		r.Host = r.host
	}
	return nil
}

// checkExpect reads Expect (RFC 9110 section 10.1.1), which HTTP/1.0 ignores.
func (r *Request) checkExpect(end int) error {
	if r.Minor == 0 {
		return nil
	}
	for i := range r.Fields {
		f := &r.Fields[i]
		if len(f.Name) != len("Expect") || !EqualFold(f.Name, "expect") {
			continue
		}
		if !EqualFold(f.Value, "100-continue") {
			return fail(417, end, "expectation not supported")
		}
		r.Expect100 = true
	}
	return nil
}
