package wsproto

import (
	"crypto/sha1"
	"encoding/base64"
)

// acceptGUID is what the key is hashed with (RFC 6455, section 1.3).
const acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// AppendAccept appends the value of Sec-WebSocket-Accept for a client's
// Sec-WebSocket-Key: 28 bytes (section 4.2.2). key is not checked here.
func AppendAccept(dst, key []byte) []byte {
	var text [keySize + len(acceptGUID)]byte
	sum := sha1.Sum(append(append(text[:0], key...), acceptGUID...))
	return base64.StdEncoding.AppendEncode(dst, sum[:])
}

// AppendSwitching appends the whole head of the answer that accepts a
// handshake. protocol is the subprotocol, empty for none. extra is header
// lines to add, each with its CRLF, or nil. Neither is checked.
func AppendSwitching(dst, key, protocol, extra []byte) []byte {
	dst = append(dst, "HTTP/1.1 101 Switching Protocols\r\n"+
		"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	dst = AppendAccept(dst, key)
	if len(protocol) > 0 {
		dst = append(dst, "\r\nSec-WebSocket-Protocol: "...)
		dst = append(dst, protocol...)
	}
	dst = append(dst, "\r\n"...)
	dst = append(dst, extra...)
	return append(dst, "\r\n"...)
}
