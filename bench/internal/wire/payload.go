package wire

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"
	"unicode/utf8"
)

// ErrPayload is a polling body that can't be read.
var ErrPayload = errors.New("payload: bad body")

// SplitPayload calls f for each packet of a polling answer; f says whether it
// wants more. Binary data comes decoded.
func (p Proto) SplitPayload(b []byte, f func(packet []byte, binary bool) bool) error {
	for len(b) > 0 {
		packet, rest, err := p.first(b)
		if err != nil {
			return err
		}
		b = rest
		data, isBinary, err := p.binary(packet)
		if err != nil {
			return err
		}
		if !f(data, isBinary) {
			return nil
		}
	}
	return nil
}

// first cuts the first packet off, in the framing of the generation.
func (p Proto) first(b []byte) (packet, rest []byte, err error) {
	switch p {
	case EIO4:
		packet, rest, _ = bytes.Cut(b, []byte{0x1e})
		return packet, rest, nil
	case EIO3:
		n, after, ok := digits(b)
		if !ok || len(after) == 0 || after[0] != ':' {
			return nil, nil, ErrPayload
		}
		return cutUnits(after[1:], n)
	}
	const mark = "\ufffd"
	if !bytes.HasPrefix(b, []byte(mark)) {
		return b, nil, nil
	}
	n, after, ok := digits(b[len(mark):])
	if !ok || !bytes.HasPrefix(after, []byte(mark)) {
		return nil, nil, ErrPayload
	}
	return cutUnits(after[len(mark):], n)
}

// cutUnits cuts n UTF-16 code units off, by which both older generations count.
func cutUnits(b []byte, n int) (packet, rest []byte, err error) {
	i := 0
	for n > 0 {
		if i >= len(b) {
			return nil, nil, ErrPayload
		}
		_, size := utf8.DecodeRune(b[i:])
		if n--; size == 4 {
			n--
		}
		i += size
	}
	return b[:i], b[i:], nil
}

// binary tells attachments in base64 from other packets.
func (p Proto) binary(packet []byte) (data []byte, isBinary bool, err error) {
	skip := 1
	switch {
	case p == EIO4 && len(packet) > 0 && packet[0] == 'b':
	case p == EIO3 && bytes.HasPrefix(packet, []byte("b4")):
		skip = 2
	default:
		return packet, false, nil
	}
	data = make([]byte, base64.StdEncoding.DecodedLen(len(packet)-skip))
	n, err := base64.StdEncoding.Decode(data, packet[skip:])
	if err != nil {
		return nil, false, ErrPayload
	}
	return data[:n], true, nil
}

// AppendPayload appends a packet to a POST's body. Several packets of revision
// 1 are framed only where there are several, so there the caller says so.
func (p Proto) AppendPayload(dst, packet []byte, several bool) []byte {
	switch {
	case p == EIO4:
		if len(dst) > 0 {
			dst = append(dst, 0x1e)
		}
	case p == EIO3:
		dst = append(strconv.AppendInt(dst, int64(units(packet)), 10), ':')
	case several:
		dst = append(strconv.AppendInt(append(dst, "\ufffd"...), int64(units(packet)), 10), "\ufffd"...)
	}
	return append(dst, packet...)
}

// AppendBinaryPacket appends an attachment in the form of polling.
func (p Proto) AppendBinaryPacket(dst, data []byte) []byte {
	dst = append(dst, 'b')
	if p == EIO3 {
		dst = append(dst, '4')
	}
	return base64.StdEncoding.AppendEncode(dst, data)
}

func units(b []byte) int {
	n := 0
	for len(b) > 0 {
		_, size := utf8.DecodeRune(b)
		if n++; size == 4 {
			n++
		}
		b = b[size:]
	}
	return n
}
