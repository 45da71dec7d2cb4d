package wsproto

import "github.com/gobwas/ws"

// Op is the operation code of a frame (RFC 6455, section 5.2).
type Op = ws.OpCode

// The operation codes of RFC 6455, section 5.2. All others are reserved.
const (
	OpContinuation = ws.OpContinuation
	OpText         = ws.OpText
	OpBinary       = ws.OpBinary
	OpClose        = ws.OpClose
	OpPing         = ws.OpPing
	OpPong         = ws.OpPong
)

// maxControl is the longest payload of a control frame, in bytes (section 5.5).
const maxControl = ws.MaxControlFramePayloadSize

// The bits of a frame's first two bytes (section 5.2).
const (
	bitFin   = 0x80
	bitsRsv  = 0x70
	bitRsv1  = 0x40 // the message is compressed (RFC 7692, section 6)
	bitsOp   = 0x0f
	bitMask  = 0x80
	bitsLen  = 0x7f
	len16    = 126 // the length follows in 2 bytes
	len64    = 127 // the length follows in 8 bytes
	maskSize = 4
)
