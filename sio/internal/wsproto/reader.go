package wsproto

// How reading works.
//
// Read walks over the input frame by frame. A frame that lies in the input as
// a whole is unmasked where it lies and delivered from there; that is the fast
// path and touches no memory of the reader. What is left over, the part of a
// frame that has arrived or a fragment of a message, goes to a pooled buffer:
//
//	buf: [ earlier fragments | payload of the frame at hand ]
//	                         ^ start
//
// A control frame may come between two fragments, and its payload may arrive
// in parts too. It then lies behind the fragments, and is cut off again when
// it has been delivered.
//
// Header bytes are never kept: while a header is not whole it stays with the
// caller (13 bytes at most).

import (
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// Sink gets what a [Reader] has read, synchronously, on the goroutine that
// calls [Reader.Read]. p is valid until the method returns, and the method may
// change it. Each method returns false to stop reading: the connection was
// closed meanwhile, or the rest of the input is for another one. A sink must
// not call Read of the reader that calls it; it may call [Reader.Release].
type Sink interface {
	OnText(p []byte) bool   // a whole message, valid UTF-8
	OnBinary(p []byte) bool // a whole message
	OnPing(p []byte) bool   // up to 125 bytes, which the pong repeats
	OnPong(p []byte) bool
	// OnCloseFrame gets the peer's close frame; code is [CloseNoStatus] if it
	// has none, reason is valid UTF-8. Whatever follows is thrown away.
	OnCloseFrame(code uint16, reason []byte) bool
}

// DeflateSink is what a [Reader] needs once [Reader.Deflate] was called.
type DeflateSink interface {
	Sink
	// Inflate decompresses a whole message, into memory that is valid until the
	// message's callback returns.
	Inflate(p []byte) ([]byte, *CloseError)
}

// Reader reads the messages of a client. Its zero value is ready; for those of
// a server use [NewClientReader]. It is small, and holds memory only while a
// frame or a fragmented message is not whole. It is not for concurrent use.
type Reader struct {
	buf  *buffer // nil while nothing is gathered
	left int     // bytes of the frame at hand that are still to come

	mask    [4]byte
	maskPos uint8 // payload bytes of the frame unmasked so far, modulo 4
	first   byte  // first byte of the frame at hand
	kind    Op    // OpText or OpBinary from the first frame of a message to its end; else 0

	inFrame  bool // a header is read, its payload is not whole
	client   bool // reads a server's frames
	deflate  bool // permessage-deflate was agreed on
	deflated bool // the message at hand is compressed
	over     bool // closed, broken or released: input is thrown away
}

// Deflate makes the reader take compressed messages. The sinks given to Read
// must be DeflateSinks from then on.
func (r *Reader) Deflate() { r.deflate = true }

// Deflates reports whether compression was agreed on.
func (r *Reader) Deflates() bool { return r.deflate }

// Read reads the messages in data, unmasks them in place and delivers them to
// s. A message with more than max bytes is an error as soon as a header says
// so; max must be positive.
//
// used is how much of data is done with; the caller presents the rest again,
// in front of what arrives next. It is less than len(data) by a header that is
// not whole, or if s stopped the reading. The error, if any, is a
// [*CloseError]. After an error or a close frame the reader is over: it uses
// up all input and delivers nothing more.
func (r *Reader) Read(data []byte, max int, s Sink) (used int, err error) {
	for !r.over {
		if !r.inFrame {
			n, err := r.begin(data[used:], max)
			if err != nil {
				r.Release()
				return len(data), err
			}
			if n == 0 {
				return used, nil
			}
			used += n
		}
		n, more, err := r.payload(data[used:], s)
		used += n
		if err != nil {
			r.Release()
			return len(data), err
		}
		if !more || r.inFrame {
			return used, nil
		}
	}
	return len(data), nil
}

// Release gives back what the reader holds and ends it, as an error does. It
// is for a connection that closes with a message half read; without it the
// memory is merely collected instead of reused.
func (r *Reader) Release() {
	putBuffer(r.buf)
	*r = Reader{client: r.client, deflate: r.deflate, over: true}
}

// begin reads a frame's header; n is 0 if it is not whole.
func (r *Reader) begin(b []byte, max int) (n int, err *CloseError) {
	h, n, err := r.parseHeader(b, max)
	if n == 0 || err != nil {
		return 0, err
	}
	r.first, r.left, r.mask, r.maskPos = h.first, h.length, h.mask, 0
	r.inFrame = true
	if op := h.op(); op == OpText || op == OpBinary {
		r.kind = op
		r.deflated = h.first&bitRsv1 != 0
	}
	return n, nil
}

// payload takes what b has of the frame's payload. more tells whether to go on
// to the next frame.
func (r *Reader) payload(b []byte, s Sink) (n int, more bool, err *CloseError) {
	p := b[:min(r.left, len(b))]
	if !r.client {
		ws.Cipher(p, r.mask, int(r.maskPos))
		r.maskPos = uint8((int(r.maskPos) + len(p)) % maskSize)
	}
	start := r.start()
	fresh := r.gathered() == start
	r.left -= len(p)
	r.inFrame = r.left > 0
	if !r.inFrame && fresh {
		if r.isControl() {
			more, err = r.control(p, s)
			return len(p), more, err
		}
		if start == 0 && r.isFin() {
			more, err = r.whole(p, 0, s)
			return len(p), more, err
		}
	}
	more, err = r.gather(p, s)
	return len(p), more, err
}

func (r *Reader) isControl() bool { return Op(r.first & bitsOp).IsControl() }
func (r *Reader) isFin() bool     { return r.first&bitFin != 0 }

// gathered is the length of the buffer's content.
func (r *Reader) gathered() int {
	if r.buf == nil {
		return 0
	}
	return len(r.buf.b)
}

// start is the length of the message's earlier fragments.
func (r *Reader) start() int {
	if r.buf == nil {
		return 0
	}
	return r.buf.start
}

// control delivers a control frame.
func (r *Reader) control(p []byte, s Sink) (more bool, err *CloseError) {
	switch Op(r.first & bitsOp) {
	case OpPing:
		return s.OnPing(p), nil
	case OpPong:
		return s.OnPong(p), nil
	}
	code, reason, err := parseClose(p)
	if err != nil {
		return false, err
	}
	r.Release()
	return s.OnCloseFrame(code, reason), nil
}

// whole delivers a message, of which checked bytes of text are known to be
// valid, and begins the next one.
func (r *Reader) whole(p []byte, checked int, s Sink) (more bool, err *CloseError) {
	kind, deflated := r.kind, r.deflated
	r.kind, r.deflated = 0, false
	if deflated {
		if p, err = s.(DeflateSink).Inflate(p); err != nil {
			return false, err
		}
	}
	if kind == OpBinary {
		return s.OnBinary(p), nil
	}
	if !utf8.Valid(p[checked:]) {
		return false, errText
	}
	return s.OnText(p), nil
}

// gather keeps a part of a frame's payload, or a fragment, and delivers what
// has become whole.
func (r *Reader) gather(p []byte, s Sink) (more bool, err *CloseError) {
	r.keep(p)
	if r.isControl() {
		if r.inFrame {
			return true, nil
		}
		return r.gatheredControl(s)
	}
	if r.kind == OpText && !r.deflated {
		if err := r.checkText(); err != nil {
			return false, err
		}
	}
	switch {
	case r.inFrame:
		return true, nil
	case !r.isFin():
		if r.buf != nil {
			r.buf.start = len(r.buf.b)
		}
		return true, nil
	}
	return r.gatheredMessage(s)
}

// keep appends p to the buffer.
func (r *Reader) keep(p []byte) {
	if len(p) == 0 {
		return
	}
	if r.buf == nil {
		r.buf = getBuffer()
	}
	limit := 0
	if r.isFin() && !r.isControl() {
		limit = len(r.buf.b) + len(p) + r.left
	}
	r.buf.add(p, limit)
}

// checkText checks the characters that have become whole.
func (r *Reader) checkText() *CloseError {
	if r.buf == nil {
		return nil
	}
	n, ok := validPrefix(r.buf.b[r.buf.valid:])
	if !ok {
		return errText
	}
	r.buf.valid += n
	return nil
}

// gatheredControl delivers a control frame that lies in the buffer. The reader
// parts with the buffer for the time, so that a sink may release the reader
// and p stays valid.
func (r *Reader) gatheredControl(s Sink) (more bool, err *CloseError) {
	b, start := r.buf, r.buf.start
	r.buf = nil
	more, err = r.control(b.b[start:], s)
	if r.over || start == 0 {
		putBuffer(b)
		return more, err
	}
	b.b = b.b[:start]
	r.buf = b
	return more, err
}

// gatheredMessage delivers the message that lies in the buffer, and gives the
// buffer back.
func (r *Reader) gatheredMessage(s Sink) (more bool, err *CloseError) {
	b := r.buf
	r.buf = nil
	if b == nil {
		return r.whole(nil, 0, s)
	}
	more, err = r.whole(b.b, b.valid, s)
	putBuffer(b)
	return more, err
}
