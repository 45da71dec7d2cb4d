package httpparse

import (
	"errors"
	"strconv"
)

// ErrMore says that the bytes so far are the beginning of a good message and
// that more are needed to judge it. Nothing has been used up.
var ErrMore = errors.New("httpparse: need more bytes")

// ErrTruncated is the answer of [Body.End] when the connection ended inside a
// body.
var ErrTruncated = errors.New("httpparse: connection ended inside the body")

// Error says that the peer broke a rule or a limit. The position in the stream
// after it is unknown, so the connection must close after the answer.
type Error struct {
	// Status to answer: 400, 413, 414, 417, 431, 501 or 505. For a response
	// it is always 502, what a gateway would answer.
	Status int
	// Offset of the offending byte: from the start of the message for a
	// head, of the body as sent for a body, of the text for [Unescape].
	Offset int
	// Reason is short, fixed English text, fit for the body of the answer.
	Reason string
}

// Error names status, offset and reason.
func (e *Error) Error() string {
	return "httpparse: " + strconv.Itoa(e.Status) + " at byte " + strconv.Itoa(e.Offset) + ": " + e.Reason
}

func fail(status, offset int, reason string) *Error {
	return &Error{Status: status, Offset: offset, Reason: reason}
}
