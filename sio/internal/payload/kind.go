package payload

import "strconv"

// Kind is what a message is to a session. The values to Noop are the digits of
// Engine.IO on the wire.
type Kind uint8

const (
	Open    Kind = iota // the handshake's data, from the server
	Close               // the session ends
	Ping                // asks for a Pong with the same data
	Pong                // the answer
	Message             // for the layer above
	Upgrade             // the client has changed to the probed transport
	Noop                // releases a poll

	Heartbeat // revision 1 only: either side's sign of life
)

var kindNames = [...]string{"open", "close", "ping", "pong", "message", "upgrade", "noop", "heartbeat"}

// String gives the name of the kind as the specifications spell it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind(" + strconv.Itoa(int(k)) + ")"
}

// Error says what is wrong with an input and where. All errors of this package
// are *Error. The text is for logs; the peer never sees it.
type Error struct {
	Offset int    // bytes into the input of the function that failed
	Reason string // a constant text
}

func (e *Error) Error() string {
	return "payload: " + e.Reason + " at offset " + strconv.Itoa(e.Offset)
}

func fail(offset int, reason string) error { return &Error{Offset: offset, Reason: reason} }
