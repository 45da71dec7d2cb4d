package wsproto

import "encoding/binary"

// MaxHeaderSize is the longest header of a server's frame, in bytes: the room
// to leave in front of a payload whose header is written later.
const MaxHeaderSize = 10

// HeaderSize is the size of the header of a server's frame whose payload has n
// bytes: 2, 4 or 10.
func HeaderSize(n int) int {
	switch {
	case n < len16:
		return 2
	case n <= 0xffff:
		return 4
	default:
		return MaxHeaderSize
	}
}

// PutHeader writes the header of an unmasked, final frame with a payload of n
// bytes to b[:HeaderSize(n)], and returns its size. It panics if b is shorter.
// For a header that ends where the payload begins, at offset room of a buffer:
//
//	start := room - HeaderSize(n)
//	PutHeader(buf[start:], op, n)
func PutHeader(b []byte, op Op, n int) int {
	return putHeader(b, bitFin|byte(op), 0, n)
}

// AppendFrame appends an unmasked, final frame: what a server sends.
func AppendFrame(dst []byte, op Op, payload []byte) []byte {
	var h [MaxHeaderSize]byte
	dst = append(dst, h[:PutHeader(h[:], op, len(payload))]...)
	return append(dst, payload...)
}

// putHeader writes a header without a masking key; mask is bitMask or 0.
func putHeader(b []byte, first, mask byte, n int) int {
	size := HeaderSize(n)
	b = b[:size]
	b[0] = first
	switch size {
	case 2:
		b[1] = mask | byte(n)
	case 4:
		b[1] = mask | len16
		binary.BigEndian.PutUint16(b[2:], uint16(n))
	default:
		b[1] = mask | len64
		binary.BigEndian.PutUint64(b[2:], uint64(n))
	}
	return size
}
