package payload

import (
	"bytes"
	"encoding/base64"
)

// separator stands between the packets of one polling body (Engine.IO 4). JSON
// never contains it raw.
const separator = 0x1E

const reasonKind = "unknown packet type"

// NextEIO4 splits off the first packet of a polling body. A binary message
// (binary, kind Message) is left in base64 for [DecodeBase64]. The body is at
// its end when rest is empty. An empty body and an empty packet are errors, a
// separator at the end therefore too, when its turn comes: the reference ends
// the session over them.
func NextEIO4(body []byte) (kind Kind, binary bool, data, rest []byte, err error) {
	packet := body
	if i := bytes.IndexByte(body, separator); i >= 0 {
		packet, rest = body[:i:i], body[i+1:]
		if len(rest) == 0 {
			rest = body[i:] // the next call finds the empty packet
		}
	}
	if len(packet) > 0 && packet[0] == 'b' {
		return Message, true, packet[1:], rest, nil
	}
	kind, data, err = SplitFrameEIO4(packet)
	if err != nil {
		return 0, false, nil, nil, err
	}
	return kind, false, data, rest, nil
}

// SplitFrameEIO4 splits a websocket text message into its kind and data. (A
// websocket binary message is the bare data of a Message.)
func SplitFrameEIO4(b []byte) (kind Kind, data []byte, err error) {
	if len(b) == 0 || b[0] < '0' || b[0] > '0'+byte(Noop) {
		return 0, nil, fail(0, reasonKind)
	}
	return Kind(b[0] - '0'), b[1:], nil
}

// AppendEIO4 appends a packet of a polling body; first says that it is the
// first one and takes no separator. With first it is also the whole of a
// websocket text message. Data must not contain the byte 0x1E, which no JSON
// does.
func AppendEIO4(dst []byte, first bool, kind Kind, data []byte) []byte {
	if !first {
		dst = append(dst, separator)
	}
	dst = append(dst, '0'+byte(kind))
	return append(dst, data...)
}

// AppendBinaryEIO4 appends a binary message to a polling body, in base64.
func AppendBinaryEIO4(dst []byte, first bool, data []byte) []byte {
	if !first {
		dst = append(dst, separator)
	}
	dst = append(dst, 'b')
	return base64.StdEncoding.AppendEncode(dst, data)
}

// DecodeBase64 appends the bytes of a binary message of a polling body. The
// padding may be missing; nothing else may, where the reference skips what it
// doesn't know.
func DecodeBase64(dst, data []byte) ([]byte, error) {
	encoding := base64.StdEncoding
	if len(data)%4 != 0 {
		encoding = base64.RawStdEncoding
	}
	out, err := encoding.AppendDecode(dst, data)
	if err != nil {
		offset, _ := err.(base64.CorruptInputError)
		return dst, fail(int(offset), "invalid base64")
	}
	return out, nil
}
