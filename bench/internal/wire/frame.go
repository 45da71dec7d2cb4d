// Package wire is what a Socket.IO client of any generation writes and reads,
// as pure functions on bytes: WebSocket frames (RFC 6455), HTTP/1.1 as polling
// needs it, payloads of Engine.IO, packets of Socket.IO. It is the tool's own,
// and shares nothing with the library it measures.
package wire

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// Opcodes of RFC 6455, 11.8.
const (
	OpContinuation = 0x0
	OpText         = 0x1
	OpBinary       = 0x2
	OpClose        = 0x8
	OpPing         = 0x9
	OpPong         = 0xA
)

// ErrFrame is a frame that a server must not send.
var ErrFrame = errors.New("websocket: bad frame")

// Frame is one frame from a server.
type Frame struct {
	Op         byte
	Fin        bool
	Compressed bool // RSV1, permessage-deflate
	Payload    []byte
}

// MaxFrame bounds what a server may send in one frame.
const MaxFrame = 64 << 20

// ParseFrame reads the frame at the beginning of b and returns how long it is.
// 0 means that b ends before it does. The payload is a part of b.
func ParseFrame(b []byte) (f Frame, n int, err error) {
	if len(b) < 2 {
		return f, 0, nil
	}
	size, at := uint64(b[1]&0x7f), 2
	switch size {
	case 126:
		if len(b) < 4 {
			return f, 0, nil
		}
		size, at = uint64(binary.BigEndian.Uint16(b[2:])), 4
	case 127:
		if len(b) < 10 {
			return f, 0, nil
		}
		size, at = binary.BigEndian.Uint64(b[2:]), 10
	}
	if b[0]&0x30 != 0 || b[1]&0x80 != 0 || size > MaxFrame {
		return f, 0, ErrFrame
	}
	if uint64(len(b)-at) < size {
		return f, 0, nil
	}
	f = Frame{Op: b[0] & 0xf, Fin: b[0]&0x80 != 0, Compressed: b[0]&0x40 != 0, Payload: b[at : at+int(size)]}
	return f, at + int(size), nil
}

// AppendFrame appends a whole message in one frame, masked with key as a
// client must.
func AppendFrame(dst []byte, op byte, compressed bool, key uint32, payload []byte) []byte {
	first := 0x80 | op
	if compressed {
		first |= 0x40
	}
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, first, 0x80|byte(n))
	case n < 1<<16:
		dst = append(dst, first, 0x80|126, byte(n>>8), byte(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, first, 0x80|127), uint64(n))
	}
	dst = binary.LittleEndian.AppendUint32(dst, key)
	at := len(dst)
	dst = append(dst, payload...)
	mask(dst[at:], key)
	return dst
}

// mask is RFC 6455, 5.3, eight bytes at a time.
func mask(b []byte, key uint32) {
	wide := uint64(key)<<32 | uint64(key)
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^wide)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= byte(key)
		key = bits.RotateLeft32(key, -8)
	}
}
