package payload

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"unicode/utf8"
)

// Engine.IO 3 (clients 1.x and 2.x) has two forms of a polling body. Text:
//
//	*( length ":" packet )
//
// where the length counts UTF-16 code units, and a binary packet is
// "b" type base64; without packets it is "0:". And binary:
//
//	*( ( 0 | 1 ) length 0xFF packet )
//
// where 0 stands for text and 1 for binary data, the length has a byte for each
// decimal digit and counts bytes, and a binary packet begins with its type as a
// byte.
//
// Clients 1.x encode the text of the first form in UTF-8 twice: each byte of
// its UTF-8 is one character of the body, and the length counts those. Those of
// 1.0 do so in the text messages of a websocket, too. Nothing in a request tells
// them all from clients 2.x, so texts are read by [DecodeTwice], and written by
// [AppendASCII] without any character that the two take for different ones. The
// binary form is the same in both.

const reasonLength = "malformed length"

// NextEIO3 splits off the first packet of a body in the text form. A binary
// message is left in base64 for [DecodeBase64]. The body is at its end when
// rest is empty. Empty packets are skipped, as in the reference: none says that
// nothing was left. An empty body and a length that is no number or does not
// fit are errors; the packets behind are lost then.
func NextEIO3(body []byte) (p PacketEIO3, rest []byte, err error) {
	for {
		packet, rest, err := cutEIO3(body)
		switch {
		case err != nil:
			return PacketEIO3{}, nil, err
		case len(packet) == 0 && len(rest) == 0:
			return PacketEIO3{None: true}, nil, nil
		case len(packet) == 0:
			body = rest
			continue
		case packet[0] == 'b':
			packet = packet[1:]
			p.Base64 = true
		}
		p.Kind, p.Data, err = SplitFrameEIO4(packet)
		return p, rest, err
	}
}

// PacketEIO3 is one packet of a body.
type PacketEIO3 struct {
	Kind   Kind
	Data   []byte
	Binary bool
	Base64 bool // Data is binary data in base64
	None   bool // there was none
}

// cutEIO3 reads a length and takes the packet behind it.
func cutEIO3(body []byte) (packet, rest []byte, err error) {
	i, n := 0, 0
	for i < len(body) && body[i]-'0' <= 9 && i < maxLengthDigits {
		n = n*10 + int(body[i]-'0')
		i++
	}
	if i == 0 || i == len(body) || body[i] != ':' {
		return nil, nil, fail(i, reasonLength)
	}
	i++
	end, ok := utf16Prefix(body[i:], n)
	if !ok {
		return nil, nil, fail(i, "length does not fit the text")
	}
	return body[i : i+end : i+end], body[i+end:], nil
}

// NextBinaryEIO3 is NextEIO3 for the binary form. An empty body has no packets.
// The texts are not checked for UTF-8.
func NextBinaryEIO3(body []byte) (p PacketEIO3, rest []byte, err error) {
	for {
		if len(body) == 0 {
			return PacketEIO3{None: true}, nil, nil
		}
		if body[0] > 1 {
			return PacketEIO3{}, nil, fail(0, "neither text nor binary data")
		}
		i, n := 1, 0
		for i < len(body) && body[i] <= 9 && i <= maxLengthDigits {
			n = n*10 + int(body[i])
			i++
		}
		if i == 1 || i == len(body) || body[i] != 0xFF {
			return PacketEIO3{}, nil, fail(i, reasonLength)
		}
		i++
		if n > len(body)-i {
			return PacketEIO3{}, nil, fail(i, "length does not fit the data")
		}
		packet := body[i : i+n : i+n]
		rest, p.Binary = body[i+n:], body[0] == 1
		if n == 0 {
			body = rest
			continue
		}
		if p.Binary {
			p.Kind, p.Data, err = SplitBinaryEIO3(packet)
			return p, rest, err
		}
		if p.Base64 = packet[0] == 'b'; p.Base64 {
			packet = packet[1:]
		}
		p.Kind, p.Data, err = SplitFrameEIO4(packet)
		return p, rest, err
	}
}

// SplitBinaryEIO3 splits a binary packet, as it stands in a websocket's binary
// message too, into its kind and data.
func SplitBinaryEIO3(b []byte) (kind Kind, data []byte, err error) {
	if len(b) == 0 || b[0] > byte(Noop) {
		return 0, nil, fail(0, reasonKind)
	}
	return Kind(b[0]), b[1:], nil
}

// DecodeTwice undoes the second encoding of a text, where there is one: if all
// its characters are below U+0100 and are, taken as bytes, UTF-8 with at least
// one character beyond ASCII. Then it appends the text to dst. Else once says
// whether the text is proof that its sender encodes once.
func DecodeTwice(dst, text []byte) (out []byte, twice, once bool) {
	n := asciiRun(text)
	if n == len(text) {
		return dst, false, false
	}
	start := len(dst)
	dst = append(dst, text[:n]...)
	for i := n; i < len(text); {
		c := text[i]
		switch {
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		case c&^1 == 0xC2 && i+1 < len(text): // U+0080 to U+00FF
			dst = append(dst, c<<6|text[i+1]&0x3F)
			i += 2
		default:
			return dst[:start], false, true
		}
	}
	if !utf8.Valid(dst[start:]) {
		return dst[:start], false, true
	}
	return dst, true, false
}

// AppendEIO3 appends a packet of the text form. It is written as it is: what
// clients that decode it twice shall read has to be in ASCII, see
// [AppendASCII].
func AppendEIO3(dst, packet []byte) []byte {
	return append(appendLengthEIO3(dst, UTF16Len(packet)), packet...)
}

func beginOfJSON(packet []byte) int {
	if i := bytes.IndexByte(packet, '"'); i >= 0 {
		return i
	}
	return len(packet)
}

// IsASCII reports whether AppendASCII would change nothing.
func IsASCII(packet []byte) bool { return asciiRun(packet) == len(packet) }

// AppendASCII appends a packet with its JSON in ASCII. What comes before the
// first quote, as a namespace's name does, is no JSON.
func AppendASCII(dst, packet []byte) []byte {
	json := beginOfJSON(packet)
	return appendASCII(append(dst, packet[:json]...), packet[json:])
}

func appendLengthEIO3(dst []byte, n int) []byte {
	return append(strconv.AppendInt(dst, int64(n), 10), ':')
}

// appendASCII appends JSON text with every character beyond ASCII, which can
// only stand inside strings, as an escape. What is not UTF-8 becomes U+FFFD.
func appendASCII(dst, json []byte) []byte {
	for len(json) > 0 {
		if run := asciiRun(json); run > 0 {
			dst, json = append(dst, json[:run]...), json[run:]
			continue
		}
		r, _ := utf8.DecodeRune(json)
		size, units := sequence(json)
		if json = json[size:]; units == 1 {
			dst = appendUnit(dst, r)
			continue
		}
		r -= 0x10000
		dst = appendUnit(appendUnit(dst, 0xD800+r>>10), 0xDC00+r&0x3FF)
	}
	return dst
}

// AppendBase64EIO3 appends a binary packet, whose first byte is its type, to a
// body in the text form.
func AppendBase64EIO3(dst, packet []byte) []byte {
	n := 2 + base64.StdEncoding.EncodedLen(len(packet)-1)
	return AppendFrameBase64EIO3(appendLengthEIO3(dst, n), packet)
}

// AppendFrameBase64EIO3 appends a binary packet as a websocket's text message:
// "b4" and base64.
func AppendFrameBase64EIO3(dst, packet []byte) []byte {
	dst = append(dst, 'b', '0'+packet[0])
	return base64.StdEncoding.AppendEncode(dst, packet[1:])
}

// AppendBinaryEIO3 appends a packet of the binary form: a text, or binary data
// whose first byte is its type.
func AppendBinaryEIO3(dst, packet []byte, binary bool) []byte {
	var b [20]byte
	mark := byte(0)
	if binary {
		mark = 1
	}
	dst = append(dst, mark)
	for _, c := range strconv.AppendInt(b[:0], int64(len(packet)), 10) {
		dst = append(dst, c-'0')
	}
	return append(append(dst, 0xFF), packet...)
}

// FormText undoes in place what a client's JSONP form does to the text of
// a payload: a newline travels as a backslash and an "n", and these two
// characters with one more backslash in front. It returns the shorter text.
func FormText(text []byte) []byte {
	out := text[:0]
	for i := 0; i < len(text); i++ {
		c := text[i]
		if n := len(out); c == 'n' && n > 0 && out[n-1] == '\\' {
			if out = out[:n-1]; n < 2 || out[n-2] != '\\' {
				c = '\n'
			}
		}
		out = append(out, c)
	}
	return out
}
