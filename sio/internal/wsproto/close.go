package wsproto

import (
	"encoding/binary"
	"unicode/utf8"
)

// Close codes (RFC 6455, section 7.4.1, and the registry of section 11.7).
const (
	CloseNormal        = 1000
	CloseGoingAway     = 1001
	CloseProtocolError = 1002
	CloseUnsupported   = 1003
	CloseNoStatus      = 1005 // never sent: stands for a close frame without a code
	CloseAbnormal      = 1006 // never sent: the connection broke
	CloseInvalidData   = 1007
	ClosePolicy        = 1008
	CloseTooBig        = 1009
	CloseInternal      = 1011
	CloseTLSHandshake  = 1015 // never sent
)

// CloseError is what the peer did wrong: the code to close the connection
// with, and the reason, for our own log rather than for the peer.
type CloseError struct {
	Code   uint16
	Reason string
}

func (e *CloseError) Error() string { return "websocket: " + e.Reason }

// Protocol errors, made once: a peer can't make us allocate by breaking rules.
var (
	errReservedBits     = &CloseError{CloseProtocolError, "reserved bit set without an extension"}
	errReservedOp       = &CloseError{CloseProtocolError, "reserved operation code"}
	errUnmasked         = &CloseError{CloseProtocolError, "frame of a client is not masked"}
	errMasked           = &CloseError{CloseProtocolError, "frame of a server is masked"}
	errControlLong      = &CloseError{CloseProtocolError, "control frame longer than 125 bytes"}
	errControlFragment  = &CloseError{CloseProtocolError, "fragmented control frame"}
	errNoMessage        = &CloseError{CloseProtocolError, "continuation without a message"}
	errWantContinuation = &CloseError{CloseProtocolError, "new message inside a fragmented one"}
	errLength           = &CloseError{CloseProtocolError, "length with its highest bit set"}
	errCloseShort       = &CloseError{CloseProtocolError, "close frame with one byte"}
	errCloseCode        = &CloseError{CloseProtocolError, "close code that may not be sent"}
	errCloseReason      = &CloseError{CloseInvalidData, "close reason is not UTF-8"}
	errText             = &CloseError{CloseInvalidData, "text is not UTF-8"}
	errDeflate          = &CloseError{CloseInvalidData, "compressed message can't be read"}
	errTooBig           = &CloseError{CloseTooBig, "message exceeds the limit"}
)

// AppendClose appends a server's close frame. A code that stands for the
// absence of one (0, 1005, 1006, 1015) gives a frame without a payload, so the
// code that [Sink.OnCloseFrame] got can be echoed. A reason too long for a
// control frame is cut between two characters.
func AppendClose(dst []byte, code uint16, reason string) []byte {
	var body [maxControl]byte
	return AppendFrame(dst, OpClose, AppendCloseBody(body[:0], code, reason))
}

// AppendCloseBody appends the payload of a close frame, by the rules of
// [AppendClose].
func AppendCloseBody(dst []byte, code uint16, reason string) []byte {
	switch code {
	case 0, CloseNoStatus, CloseAbnormal, CloseTLSHandshake:
		return dst
	}
	dst = binary.BigEndian.AppendUint16(dst, code)
	return append(dst, cutReason(reason)...)
}

func cutReason(reason string) string {
	n := maxControl - 2
	if len(reason) <= n {
		return reason
	}
	for n > maxControl-2-utf8.UTFMax && !utf8.RuneStart(reason[n]) {
		n--
	}
	return reason[:n]
}

// parseClose takes the payload of a close frame apart (section 5.5.1).
func parseClose(p []byte) (code uint16, reason []byte, err *CloseError) {
	switch {
	case len(p) == 0:
		return CloseNoStatus, nil, nil
	case len(p) == 1:
		return 0, nil, errCloseShort
	}
	code, reason = binary.BigEndian.Uint16(p), p[2:]
	switch {
	case !closeCodeAllowed(code):
		return 0, nil, errCloseCode
	case !utf8.Valid(reason):
		return 0, nil, errCloseReason
	}
	return code, reason, nil
}

// closeCodeAllowed reports whether a peer may send code. 1012 to 1014 came to
// the registry after the RFC; 1000 to 2999 are otherwise reserved for the
// protocol, and 5000 and above have no meaning (section 7.4.2).
func closeCodeAllowed(code uint16) bool {
	switch {
	case code >= 3000:
		return code <= 4999
	case code == 1004, code == CloseNoStatus, code == CloseAbnormal:
		return false
	}
	return code >= 1000 && code <= 1014
}
