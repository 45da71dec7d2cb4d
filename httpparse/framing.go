package httpparse

import "math"

// How the length of a body is announced (RFC 9112 section 6), and what of it
// is refused. Two recipients that disagree about the end of a body let a peer
// smuggle a request past one of them, so all that is ambiguous is an error.

// noteLength reads Content-Length. RFC 9110 section 8.6 lets a recipient take
// the same length twice; no client sends that, so it is refused.
func (h *Head) noteLength(v []byte, at int) error {
	if h.seen&sawLength != 0 {
		return fail(400, at, "several Content-Length fields")
	}
	h.seen |= sawLength
	if len(v) == 0 {
		return fail(400, at, "bad Content-Length")
	}
	var n int64
	for i, c := range v {
		if class[c]&isDigit == 0 {
			return fail(400, at+i, "bad Content-Length")
		}
		if d := int64(c - '0'); n > (math.MaxInt64-d)/10 {
			n = math.MaxInt64 // above every limit; Body.Start says 413
		} else {
			n = n*10 + d
		}
	}
	h.ContentLength = n
	return nil
}

// noteCoding reads Transfer-Encoding. Only chunked is decoded; an other coding
// is remembered, since whether it is 400 or 501 depends on what follows.
func (h *Head) noteCoding(list []byte, at int) error {
	h.seen |= sawCoding
	if len(list) == 0 || list[len(list)-1] == ',' {
		return fail(400, at, "bad Transfer-Encoding")
	}
	for len(list) > 0 {
		var t []byte
		t, list = NextToken(list)
		switch {
		case len(t) == 0:
			return fail(400, at, "bad Transfer-Encoding")
		case h.Chunked:
			return fail(400, at, "chunked is not the last transfer coding")
		case EqualFold(t, "chunked"):
			h.Chunked = true
		default:
			h.seen |= sawOther
		}
	}
	return nil
}

// finish judges the whole head, whose last byte is before end, and derives
// what the connection does next.
func (h *Head) finish(end int) error {
	if err := h.checkCoding(end); err != nil {
		return err
	}
	old := h.Minor == 0
	h.KeepAlive10 = old && h.seen&(sawKeepAlive|sawClose) == sawKeepAlive
	h.Close = h.seen&sawClose != 0 || old && !h.KeepAlive10
	h.Upgrade = !old && h.seen&(sawUpgrade|sawHop) == sawUpgrade|sawHop
	return nil
}

func (h *Head) checkCoding(end int) error {
	switch {
	case h.seen&sawCoding == 0:
		return nil
	case h.seen&sawLength != 0:
		return fail(400, end, "Content-Length beside Transfer-Encoding")
	case h.Minor == 0: // RFC 9112 section 6.1: treat its framing as faulty
		return fail(400, end, "Transfer-Encoding in HTTP/1.0")
	case !h.Chunked: // section 6.3, rule 4
		return fail(400, end, "chunked is not the last transfer coding")
	case h.seen&sawOther != 0:
		return fail(501, end, "transfer coding not supported")
	}
	return nil
}
