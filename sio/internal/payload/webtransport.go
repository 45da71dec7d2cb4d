package payload

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// Packets on a stream of WebTransport (Engine.IO 4, engine.io-parser 5.2): a
// header, then the packet as a websocket message would hold it. The header is
// that of a server's websocket frame without its first byte, and the mask's bit
// says that the packet is the bare data of a binary message:
//
//	n < 126     bit|n
//	n < 65536   bit|126, n in 2 bytes
//	else        bit|127, n in 8 bytes
//
// Numbers are big-endian. As in the reference's decoder a length may have more
// bytes than it needs.

// MaxStreamHeader is the length of the longest header.
const MaxStreamHeader = 9

const (
	streamBinary = 0x80
	streamLen16  = 126
	streamLen64  = 127
)

// What is wrong with a packet of a stream.
var (
	ErrStreamEmpty = errors.New("payload: an empty packet")
	ErrStreamLong  = errors.New("payload: a packet above the limit")
	ErrStreamText  = errors.New("payload: a packet that is not UTF-8")
)

// AppendStreamHeader appends the header of a packet of n bytes.
func AppendStreamHeader(dst []byte, n int, binaryMessage bool) []byte {
	var bit byte
	if binaryMessage {
		bit = streamBinary
	}
	switch {
	case n < streamLen16:
		return append(dst, bit|byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, bit|streamLen16), uint16(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, bit|streamLen64), uint64(n))
}

// NextStream reads the first packet of b, which has used bytes together with
// its header; used is 0 while the packet is not complete. max is the most bytes
// that one may have: above it the error comes with the header.
//
// An empty text is an error, as in the reference. An empty binary message is
// one there too, though its own clients send it for an empty attachment; here
// it is taken for what it says.
func NextStream(b []byte, max int) (packet []byte, binaryMessage bool, used int, err error) {
	if len(b) == 0 {
		return nil, false, 0, nil
	}
	n, head := uint64(b[0]&^streamBinary), 1
	switch {
	case n == streamLen16 && len(b) >= 3:
		n, head = uint64(binary.BigEndian.Uint16(b[1:])), 3
	case n == streamLen64 && len(b) >= 9:
		n, head = binary.BigEndian.Uint64(b[1:]), 9
	case n >= streamLen16:
		return nil, false, 0, nil
	}
	binaryMessage = b[0]&streamBinary != 0
	switch {
	case n == 0 && !binaryMessage:
		return nil, false, 0, ErrStreamEmpty
	case n > uint64(max):
		return nil, false, 0, ErrStreamLong
	case uint64(len(b)-head) < n:
		return nil, false, 0, nil
	}
	packet = b[head : head+int(n) : head+int(n)]
	if !binaryMessage && !utf8.Valid(packet) {
		return nil, false, 0, ErrStreamText
	}
	return packet, binaryMessage, head + int(n), nil
}
