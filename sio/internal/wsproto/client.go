package wsproto

import "github.com/gobwas/ws"

// NewClientReader returns a reader of a server's frames, which are not masked:
// for tests and for clients.
func NewClientReader() Reader { return Reader{client: true} }

// AppendMasked appends a frame as a client sends it, its payload masked with
// mask. payload itself is not changed. With fin false, or with
// [OpContinuation], it is a fragment of a message (RFC 6455, section 5.4).
func AppendMasked(dst []byte, op Op, fin bool, mask [4]byte, payload []byte) []byte {
	first := byte(op)
	if fin {
		first |= bitFin
	}
	return appendMasked(dst, first, mask, payload)
}

// AppendMaskedDeflated appends a frame whose payload is compressed, the
// reserved bit 1 set.
func AppendMaskedDeflated(dst []byte, op Op, mask [4]byte, payload []byte) []byte {
	return appendMasked(dst, bitFin|bitRsv1|byte(op), mask, payload)
}

func appendMasked(dst []byte, first byte, mask [4]byte, payload []byte) []byte {
	var h [MaxHeaderSize]byte
	dst = append(dst, h[:putHeader(h[:], first, bitMask, len(payload))]...)
	dst = append(dst, mask[:]...)
	start := len(dst)
	dst = append(dst, payload...)
	ws.Cipher(dst[start:], mask, 0)
	return dst
}
