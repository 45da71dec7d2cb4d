package wsproto

import "encoding/binary"

// header is a frame's header as it was read.
type header struct {
	first  byte // FIN, reserved bits, operation code
	length int
	mask   [4]byte
}

func (h *header) op() Op    { return Op(h.first & bitsOp) }
func (h *header) fin() bool { return h.first&bitFin != 0 }

// parseHeader reads the header of the frame that b begins with. size is 0
// while it is not whole. Every rule is judged as soon as its bytes are there,
// the same for any split of the input: the first two bytes at once, the length
// before the masking key.
//
// A length in more bytes than it needs is accepted for data frames, as Node's
// ws does; a control frame has to use the short form.
func (r *Reader) parseHeader(b []byte, max int) (h header, size int, err *CloseError) {
	if len(b) < 2 {
		return h, 0, nil
	}
	h.first = b[0]
	if err := r.checkStart(&h, b[1]); err != nil {
		return h, 0, err
	}
	length, size, err := parseLength(b)
	if size == 0 || err != nil {
		return h, 0, err
	}
	if h.op().IsData() && int64(length) > int64(r.limit(&h, max)-r.start()) {
		return h, 0, errTooBig
	}
	h.length = int(length)
	if b[1]&bitMask == 0 {
		return h, size, nil
	}
	if len(b) < size+maskSize {
		return h, 0, nil
	}
	copy(h.mask[:], b[size:])
	return h, size + maskSize, nil
}

// checkStart judges the first two bytes of a header; h has the first one.
func (r *Reader) checkStart(h *header, second byte) *CloseError {
	op := h.op()
	switch masked := second&bitMask != 0; {
	case h.first&bitsRsv != 0 && !r.mayDeflate(h):
		return errReservedBits
	case op.IsReserved():
		return errReservedOp
	case masked && r.client:
		return errMasked
	case !masked && !r.client:
		return errUnmasked
	case op.IsControl():
		return checkControl(h.fin(), second&bitsLen)
	case op == OpContinuation && r.kind == 0:
		return errNoMessage
	case op != OpContinuation && r.kind != 0:
		return errWantContinuation
	}
	return nil
}

// mayDeflate reports whether the reserved bits of a frame say that it begins a
// compressed message, and may (RFC 7692, section 6.1).
func (r *Reader) mayDeflate(h *header) bool {
	op := h.op()
	return r.deflate && h.first&bitsRsv == bitRsv1 && (op == OpText || op == OpBinary)
}

// limit is how long a message may be as it comes. Compression can make it a
// little longer than it is.
func (r *Reader) limit(h *header, max int) int {
	if r.deflated || r.deflate && h.first&bitRsv1 != 0 {
		return max + max>>8 + 64
	}
	return max
}

// checkControl judges a control frame (section 5.5).
func checkControl(fin bool, length byte) *CloseError {
	switch {
	case !fin:
		return errControlFragment
	case length > maxControl:
		return errControlLong
	}
	return nil
}

// parseLength reads the payload's length; size is that of the header up to the
// length's end, or 0 if the length is not whole.
func parseLength(b []byte) (length uint64, size int, err *CloseError) {
	switch n := b[1] & bitsLen; {
	case n < len16:
		return uint64(n), 2, nil
	case n == len16 && len(b) >= 4:
		return uint64(binary.BigEndian.Uint16(b[2:])), 4, nil
	case n == len64 && len(b) >= 10:
		length = binary.BigEndian.Uint64(b[2:])
		if length>>63 != 0 {
			return 0, 0, errLength
		}
		return length, 10, nil
	}
	return 0, 0, nil
}
