package httpparse

// Body decodes one message's body from the bytes that follow its head. It is a
// plain value, holds no bytes and allocates nothing but its error. Start it for
// each message.
type Body struct {
	state state
	left  int64  // data bytes still to come of the body, or of the chunk
	total int64  // data bytes announced so far
	pos   int    // bytes used so far, as sent
	err   *Error // once failed, always failed

	// Chunked only, see chunked.go.
	lim    Limits
	line   int // bytes of this chunk line, or of the trailer
	fields int // field lines of the trailer
	excess int // bytes beyond what good chunks cost
}

type state uint8

const (
	bodyDone state = iota // also the zero Body: nothing follows
	bodyFailed
	bodyLength   // left data bytes
	bodyToClose  // data until the peer closes
	chunkSize    // first digit of a chunk's size
	chunkDigits  // further digits
	chunkExt     // first byte of an extension's name
	chunkExtName // its name
	chunkExtVal  // first byte of its value
	chunkExtTok  // its value, a token
	chunkExtStr  // its value, inside quotes
	chunkExtEsc  // behind a backslash inside quotes
	chunkExtEnd  // behind the closing quote
	chunkLF      // LF of the size line
	chunkData    // left data bytes
	chunkDataCR  // CR behind them
	chunkDataLF  // LF behind them
	trailerLine  // first byte of a trailer's line
	trailerName  // name of a trailer's field
	trailerValue // its value
	trailerLF    // LF behind it
	trailerEnd   // LF of the empty line
)

// Start prepares for the body that r announces. A length above lim.MaxBody is
// an [*Error] with status 413 at once. Done may be true right after it.
func (b *Body) Start(r *Request, lim *Limits) error {
	return b.start(&r.Head, lim, bodyDone)
}

// StartResponse prepares for the body of the response r, where toHead says
// that the request was HEAD. A body without announced length ends with the
// connection; see [Body.End].
func (b *Body) StartResponse(r *Response, toHead bool, lim *Limits) error {
	if toHead || r.Status < 200 || r.Status == 204 || r.Status == 304 {
		*b = Body{} // RFC 9112 section 6.3, rule 1
		return nil
	}
	return b.start(&r.Head, lim, bodyToClose)
}

// start chooses the framing; none is the state if the head announces no body.
func (b *Body) start(h *Head, lim *Limits, none state) error {
	*b = Body{lim: lim.defaults()}
	switch {
	case h.Chunked:
		b.state = chunkSize
	case h.ContentLength > b.lim.MaxBody:
		return b.fail(413, "body too large")
	case h.ContentLength > 0:
		b.state, b.left, b.total = bodyLength, h.ContentLength, h.ContentLength
	case h.ContentLength < 0:
		b.state = none
	}
	return nil
}

// Done reports whether the body is complete.
func (b *Body) Done() bool { return b.state == bodyDone }

// Next decodes from the start of data: n bytes were used, and chunk, a slice
// of data and often all of it, is the next part of the body, maybe empty.
// Call it with the rest until all bytes are used or Done says true; while
// there are bytes and the body is not done, each call uses at least one or
// fails. The error is an [*Error] and stays.
func (b *Body) Next(data []byte) (chunk []byte, n int, err error) {
	for n < len(data) {
		switch b.state {
		case bodyDone:
			return nil, n, nil
		case bodyFailed:
			return nil, n, b.err
		case bodyLength, chunkData:
			k := int(min(b.left, int64(len(data)-n)))
			b.took(k)
			return data[n : n+k : n+k], n + k, nil
		case bodyToClose:
			return b.toClose(data)
		}
		if err := b.step(data[n]); err != nil {
			return nil, n, err
		}
		n++
		b.pos++
	}
	if b.state == bodyFailed {
		return nil, n, b.err
	}
	return nil, n, nil
}

// took counts k data bytes of the announced ones.
func (b *Body) took(k int) {
	b.pos += k
	b.left -= int64(k)
	switch {
	case b.left > 0:
	case b.state == bodyLength:
		b.state = bodyDone
	default:
		b.state = chunkDataCR
	}
}

// toClose takes data up to the limit, and fails on the first byte above it.
func (b *Body) toClose(data []byte) (chunk []byte, n int, err error) {
	room := b.lim.MaxBody - b.total
	if room == 0 {
		return nil, 0, b.fail(413, "body too large")
	}
	n = int(min(room, int64(len(data))))
	b.total += int64(n)
	b.pos += n
	return data[:n:n], n, nil
}

// End says whether the body is complete when the peer closes: nil,
// [ErrTruncated], or the error that Next gave.
func (b *Body) End() error {
	switch b.state {
	case bodyDone:
	case bodyToClose:
		b.state = bodyDone
	case bodyFailed:
		return b.err
	default:
		return ErrTruncated
	}
	return nil
}

func (b *Body) fail(status int, reason string) error {
	b.state = bodyFailed
	b.err = fail(status, b.pos, reason)
	return b.err
}
