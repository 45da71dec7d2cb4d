package httpparse

// Response is the head of a response, for clients and tests. The zero value is
// ready; used again for the next head it allocates nothing.
type Response struct {
	Head
	// Status is 100 to 599, or what else of three digits was sent.
	Status int
	// Reason is the text behind the status, maybe empty.
	Reason []byte
}

// Parse reads a response's head from the start of data and returns its length
// in bytes, the empty line included. The error is [ErrMore] if the head is not
// complete, else an [*Error] with status 502; r is then not to be read. After
// a status from 100 to 199, but 101, another response follows.
func (r *Response) Parse(data []byte, lim *Limits) (n int, err error) {
	l := lim.defaults()
	n, err = r.parse(data[:min(len(data), l.MaxHead)], &l)
	if err == ErrMore && len(data) >= l.MaxHead {
		err = fail(502, l.MaxHead, "head too large")
	}
	if e, ok := err.(*Error); ok {
		e.Status = 502
	}
	return n, err
}

func (r *Response) parse(b []byte, lim *Limits) (int, error) {
	*r = Response{Head: Head{Fields: r.Fields[:0], ContentLength: -1}}
	i, err := r.parseLine(b)
	if err != nil {
		return 0, err
	}
	if i, err = r.parseFields(b, i, lim); err != nil {
		return 0, err
	}
	if err = r.finish(i); err != nil {
		return 0, err
	}
	return i, nil
}

// parseLine reads the status line. The space before an empty reason may be
// missing, as some servers leave it out.
func (r *Response) parseLine(b []byte) (int, error) {
	i, err := r.parseVersion(b, 0)
	if err != nil {
		return 0, err
	}
	if err := expectSpace(b, i); err != nil {
		return 0, err
	}
	i++
	for range 3 {
		if i == len(b) {
			return 0, ErrMore
		}
		if class[b[i]]&isDigit == 0 {
			return 0, fail(502, i, "bad status")
		}
		r.Status = r.Status*10 + int(b[i]-'0')
		i++
	}
	if r.Status < 100 {
		return 0, fail(502, i-1, "bad status")
	}
	if i < len(b) && b[i] == '\r' {
		return lineEnd(b, i)
	}
	if err := expectSpace(b, i); err != nil {
		return 0, err
	}
	end := endOfValue(b, i+1)
	r.Reason = b[i+1 : end : end]
	return lineEnd(b, end)
}

func expectSpace(b []byte, i int) error {
	switch {
	case i == len(b):
		return ErrMore
	case b[i] != ' ':
		return fail(502, i, "bad status line")
	}
	return nil
}
