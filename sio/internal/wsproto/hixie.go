package wsproto

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/tornadio/tornadio/httpparse"
)

// The draft hixie-76 (draft-ietf-hybi-thewebsocketprotocol-00, of 2010), which
// Flash's websocket in all clients of 0.7 to 0.9 speaks, Safari 5, and the
// websocket of those clients in Node. It shares nothing with RFC 6455:
//
//	request   two keys that hide a number each, and 8 bytes behind the head
//	          which no field announces
//	answer    a head, and the MD5 of the numbers and the 8 bytes
//	message   00, UTF-8 text, FF: no mask, no length, no fragment, no ping
//	closing   FF 00, from either side, answered once
//
// The 8 bytes may come late: proxies hold them back until they have seen the
// head of the answer. So that is written first.
//
// The draft before it (hixie-75, without keys) is not here: no released client
// of 0.7 to 0.9 sends it. [CheckUpgrade] refuses it like any other version.

const (
	// HixieKey3 is the count of bytes behind a request's head.
	HixieKey3 = 8
	// HixieClosing starts and ends the closing handshake.
	HixieClosing = "\xFF\x00"
)

var (
	errHixieKey   = &HandshakeError{400, "Bad Sec-WebSocket-Key1 or Sec-WebSocket-Key2", ""}
	errHixieFrame = &CloseError{CloseProtocolError, "hixie-76: frame is neither text nor closing"}
)

// CheckHixie judges a client's opening handshake as [CheckUpgrade] does, and
// gives the numbers that its two keys hide.
func CheckHixie(method, upgrade, connection, key1, key2 []byte) (n1, n2 uint32, err *HandshakeError) {
	switch {
	case string(method) != "GET":
		return 0, 0, errMethod
	case !hasToken(upgrade, "websocket"):
		return 0, 0, errUpgrade
	case !hasToken(connection, "upgrade"):
		return 0, 0, errConnection
	}
	n1, ok1 := HixieNumber(key1)
	n2, ok2 := HixieNumber(key2)
	if !ok1 || !ok2 {
		return 0, 0, errHixieKey
	}
	return n1, n2, nil
}

// HixieNumber gives the number that a key hides: its digits, all together, as
// one number, divided by the count of its spaces. A key without digits or
// spaces, one whose division leaves a remainder, or whose number needs more
// than 32 bits, is not ok (draft, section 5.2, steps 4 to 6).
func HixieNumber(key []byte) (n uint32, ok bool) {
	// No key of a legal number comes near: spaces are fewer than 2^28.
	const tooMuch = 1 << 60
	var number, spaces, digits uint64
	for _, c := range key {
		switch {
		case c == ' ':
			spaces++
		case '0' <= c && c <= '9':
			digits++
			if number = number*10 + uint64(c-'0'); number >= tooMuch {
				return 0, false
			}
		}
	}
	if spaces == 0 || digits == 0 || number%spaces != 0 || number/spaces > math.MaxUint32 {
		return 0, false
	}
	return uint32(number / spaces), true
}

// AppendHixieSwitching appends the whole head of the answer that accepts a
// handshake. origin, host and target are the request's; protocol is what it
// asked for, empty for none; secure says that it came over TLS. Flash compares
// bytes: one ": " a line, nothing else in Upgrade and Connection, and its own
// origin given back.
func AppendHixieSwitching(dst, origin, host, target, protocol []byte, secure bool) []byte {
	dst = append(dst, "HTTP/1.1 101 WebSocket Protocol Handshake\r\n"+
		"Upgrade: WebSocket\r\nConnection: Upgrade\r\n"...)
	dst = httpparse.AppendField(dst, "Sec-WebSocket-Origin", origin)
	dst = append(dst, "Sec-WebSocket-Location: ws"...)
	if secure {
		dst = append(dst, 's')
	}
	dst = append(dst, "://"...)
	dst = append(dst, host...)
	dst = append(dst, target...)
	dst = append(dst, "\r\n"...)
	if len(protocol) > 0 {
		dst = httpparse.AppendField(dst, "Sec-WebSocket-Protocol", protocol)
	}
	return append(dst, "\r\n"...)
}

// AppendHixieDigest appends the 16 bytes that follow the answer's head. key3
// are the 8 bytes behind the request's.
func AppendHixieDigest(dst []byte, n1, n2 uint32, key3 [HixieKey3]byte) []byte {
	var b [16]byte
	binary.BigEndian.PutUint32(b[0:], n1)
	binary.BigEndian.PutUint32(b[4:], n2)
	copy(b[8:], key3[:])
	sum := md5.Sum(b[:])
	return append(dst, sum[:]...)
}

// AppendHixieFrame appends a text message. A byte FF, which UTF-8 never has,
// would end it: each becomes U+FFFD.
func AppendHixieFrame(dst, text []byte) []byte {
	dst = append(dst, 0x00)
	for {
		i := bytes.IndexByte(text, 0xFF)
		if i < 0 {
			break
		}
		dst = append(dst, text[:i]...)
		dst = append(dst, "\uFFFD"...)
		text = text[i+1:]
	}
	dst = append(dst, text...)
	return append(dst, 0xFF)
}

// HixieSink gets what a [HixieReader] has read, under the terms of [Sink].
type HixieSink interface {
	OnText(p []byte) bool // a whole message, valid UTF-8
	// OnClosing: the peer began, or answered, the closing handshake. Whatever
	// follows is thrown away.
	OnClosing() bool
}

// HixieReader reads the messages of one side. Its zero value is ready. It
// holds memory only while a message is not whole.
type HixieReader struct {
	buf     *buffer
	inText  bool // a 00 was read, its FF was not
	closing bool // an FF was read where a frame begins
	over    bool
}

// Read reads the messages in data and delivers them to s. A message with more
// than max bytes is an error as soon as they are there. used is less than
// len(data) only if s stopped the reading. The error, if any, is a
// [*CloseError]; the draft knows no close codes, the connection just ends.
// After an error or a closing the reader is over and throws away its input.
func (r *HixieReader) Read(data []byte, max int, s HixieSink) (used int, err error) {
	for used < len(data) && !r.over {
		if !r.inText {
			more, err := r.begin(data[used], s)
			if used++; err != nil {
				return len(data), err
			}
			if !more {
				return used, nil
			}
			continue
		}
		n, more, err := r.text(data[used:], max, s)
		if used += n; err != nil {
			r.Release()
			return len(data), err
		}
		if !more {
			return used, nil
		}
	}
	return len(data), nil
}

// Release gives back what the reader holds and ends it.
func (r *HixieReader) Release() {
	putBuffer(r.buf)
	*r = HixieReader{over: true}
}

// begin takes the byte that says what a frame is. Length-prefixed frames (80
// to FE) and text-like ones of other types (01 to 7F) no client sends.
func (r *HixieReader) begin(c byte, s HixieSink) (more bool, err error) {
	switch {
	case r.closing && c == 0x00:
		r.Release()
		return s.OnClosing(), nil
	case !r.closing && c == 0x00:
		r.inText = true
		return true, nil
	case !r.closing && c == 0xFF:
		r.closing = true
		return true, nil
	}
	r.Release()
	return false, errHixieFrame
}

// text takes text up to its end, or all.
func (r *HixieReader) text(b []byte, max int, s HixieSink) (n int, more bool, err error) {
	end := bytes.IndexByte(b, 0xFF)
	p := b
	if end >= 0 {
		p = b[:end]
	}
	have := len(p)
	if r.buf != nil {
		have += len(r.buf.b)
	}
	switch {
	case have > max:
		return len(b), false, errTooBig
	case end < 0:
		if r.buf == nil {
			r.buf = getBuffer()
		}
		r.buf.add(p, 0)
		return len(b), true, nil
	}
	r.inText = false
	return end + 1, r.deliver(p, s), nil
}

// deliver hands over a message whose last part is p.
func (r *HixieReader) deliver(p []byte, s HixieSink) bool {
	buf := r.buf
	r.buf = nil // the sink may release the reader
	if buf != nil {
		buf.add(p, len(buf.b)+len(p))
		defer putBuffer(buf)
		p = buf.b
	}
	if !utf8.Valid(p) {
		// The draft has it read so, rather than refused (section 4.2).
		p = bytes.ToValidUTF8(p, []byte("\uFFFD"))
	}
	return s.OnText(p)
}
