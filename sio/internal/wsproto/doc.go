// Package wsproto is the WebSocket protocol (RFC 6455) as bytes in, bytes out:
// the handshake's check and answer, the reading of messages, the writing of
// frames. It has no connection, no clock and no goroutine; a transport feeds
// it what arrived and sends what it appends.
//
// Drafts hybi-07 to hybi-17, which the browsers of 2011 speak, differ from the
// RFC only in the version they name (7 or 8) and in the header with the
// origin, so the same code serves them.
//
// The draft before those, hixie-76, is another protocol; it is in hixie.go.
//
// Frame constants, header checks and masking come from gobwas/ws. Extensions
// are not negotiated: a frame with a reserved bit is an error.
package wsproto
