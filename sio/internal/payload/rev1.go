package payload

import "strconv"

// Revision 1 puts one packet bare into a body, and several as
//
//	1*( U+FFFD length U+FFFD packet )
//
// The length counts UTF-16 code units, what JavaScript calls the length of a
// string (utf16.go). A packet may contain U+FFFD: the length decides. A body
// that does not begin with U+FFFD is one packet, whatever it contains. The
// clients read payloads on every transport, and write them in POST bodies only.

// marker is U+FFFD in UTF-8.
const marker = "\xEF\xBF\xBD"

// maxLengthDigits bounds a length to 999 999 999 units.
const maxLengthDigits = 9

// Classify gives what a revision 1 packet is to a session: Close, Heartbeat or
// Noop when type 0, 2 or 8 comes with an empty endpoint, else Message, however
// malformed.
func Classify(b []byte) Kind {
	if len(b) < 3 || b[1] != ':' {
		return Message
	}
	var kind Kind
	switch b[0] {
	case '0':
		kind = Close
	case '2':
		kind = Heartbeat
	case '8':
		kind = Noop
	default:
		return Message
	}
	i := 2
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	if i < len(b) && b[i] == '+' {
		i++
	}
	if i < len(b) && b[i] == ':' && (i+1 == len(b) || b[i+1] == ':') {
		return kind
	}
	return Message
}

// NextRev1 splits off the first packet of a body, which may be an empty one.
// The body is at its end when rest is empty. An empty body, a length that is no
// number or exceeds what is there, or that cuts a character in two, and
// anything but U+FFFD after a packet are errors, where the released parsers
// drop or invent packets.
func NextRev1(body []byte) (packet, rest []byte, err error) {
	if len(body) == 0 {
		return nil, nil, fail(0, "empty payload")
	}
	if !hasMarker(body) {
		return body, nil, nil
	}
	i, n := len(marker), 0
	for i < len(body) && body[i]-'0' <= 9 && i < len(marker)+maxLengthDigits {
		n = n*10 + int(body[i]-'0')
		i++
	}
	if i == len(marker) || !hasMarker(body[i:]) {
		return nil, nil, fail(i, "malformed length")
	}
	i += len(marker)
	end, ok := utf16Prefix(body[i:], n)
	if !ok {
		return nil, nil, fail(i, "length does not fit the text")
	}
	packet, rest = body[i:i+end:i+end], body[i+end:]
	if len(rest) > 0 && !hasMarker(rest) {
		return nil, nil, fail(i+end, "text after a packet")
	}
	return packet, rest, nil
}

func hasMarker(b []byte) bool {
	return len(b) >= len(marker) && string(b[:len(marker)]) == marker
}

// AppendRev1 appends a body of packets: a single one bare, several framed.
func AppendRev1(dst []byte, packets ...[]byte) []byte {
	if len(packets) == 1 {
		return append(dst, packets[0]...)
	}
	for _, p := range packets {
		dst = AppendRev1Framed(dst, p)
	}
	return dst
}

// AppendRev1Framed appends one packet with its length before it: a piece of a
// body of several packets. (All clients take it alone in a body too.)
func AppendRev1Framed(dst, packet []byte) []byte {
	dst = append(dst, marker...)
	dst = strconv.AppendInt(dst, int64(UTF16Len(packet)), 10)
	dst = append(dst, marker...)
	return append(dst, packet...)
}
