package packet

import "strconv"

// Type is the meaning of a packet, the same for all generations. The values of
// the first seven are the digits of protocols 4 and 5 on the wire; revision 1
// has digits of its own.
type Type uint8

const (
	Connect      Type = iota // joins a namespace, or says that it is joined
	Disconnect               // leaves a namespace; revision 1 without endpoint: ends the session
	Event                    // name and arguments
	Ack                      // the answer to an event; ID is the id of that event
	ConnectError             // a refused Connect; protocol 5, server to client
	BinaryEvent              // Event whose attachments follow; protocol 5
	BinaryAck                // Ack whose attachments follow; protocol 5

	Message     // text; revision 1
	JSON        // one JSON value; revision 1
	Heartbeat   // revision 1
	ErrorPacket // Reason and Advice; revision 1, server to client
	Noop        // closes a poll that had nothing to say; revision 1
)

var typeNames = [...]string{
	"connect", "disconnect", "event", "ack", "connect_error", "binary_event",
	"binary_ack", "message", "json", "heartbeat", "error", "noop",
}

// String gives the name of the type as the specifications spell it.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "type(" + strconv.Itoa(int(t)) + ")"
}

// Packet is a packet split into its fields, nothing decoded. Its slices point
// into the parsed input.
type Packet struct {
	Type Type

	// Namespace is never empty after parsing: "/" when the wire has none. A
	// parsed "/" that was not on the wire is a shared slice; do not write to it.
	// When appending, empty means "/". Protocol 5 keeps a query in it, as the
	// reference does; revision 1 cuts it off. It must not contain a comma
	// (protocol 5) or a colon (revision 1).
	Namespace []byte

	// Query is what follows "?" in a revision 1 Connect, without the "?".
	Query []byte

	HasID bool   // ID is there
	ID    uint64 // asks for an acknowledgement; in an Ack, the id that it answers

	// Plus says that the sender of a revision 1 packet wants an acknowledgement
	// with data, from the application. Without it, Message and JSON with an id
	// are acknowledged by the library, without data.
	Plus bool

	// Data is JSON text, empty when there is none. For a revision 1 Message it
	// is plain text, for a revision 1 Ack the part after id and "+".
	Data []byte

	// Attachments is how many binary messages follow a BinaryEvent or BinaryAck.
	// Parsing bounds it by MaxInt32 only: compare it with the configured limit
	// before waiting for them.
	Attachments int

	Reason Reason // of a revision 1 ErrorPacket
	Advice Advice // of a revision 1 ErrorPacket
}

// DefaultMaxAttachments is the number of attachments above which the reference
// (socket.io-parser 4.2.6) refuses a packet.
const DefaultMaxAttachments = 10

// Reason says why a revision 1 server refuses, in an ErrorPacket.
type Reason uint8

const (
	ReasonNone                  Reason = iota // none, or one that the protocol does not know
	ReasonTransportNotSupported               // "0" on the wire
	ReasonClientNotHandshaken                 // "1"
	ReasonUnauthorized                        // "2"
)

var reasonTexts = [...]string{"", "transport not supported", "client not handshaken", "unauthorized"}

// String gives the protocol's words for the reason, "" for none.
func (r Reason) String() string {
	if int(r) < len(reasonTexts) {
		return reasonTexts[r]
	}
	return ""
}

// Advice tells a revision 1 client what to do after an error.
type Advice uint8

const (
	AdviceNone      Advice = iota // none, or one that the protocol does not know
	AdviceReconnect               // "0" on the wire
)

// String gives the protocol's word for the advice, "" for none.
func (a Advice) String() string {
	if a == AdviceReconnect {
		return "reconnect"
	}
	return ""
}

// Error says what is wrong with an input and where. All errors of this package
// are *Error. The text is for logs; the peer never sees it.
type Error struct {
	Offset int    // bytes into the input of the function that failed
	Reason string // a constant text
}

func (e *Error) Error() string {
	return "packet: " + e.Reason + " at offset " + strconv.Itoa(e.Offset)
}

func fail(offset int, reason string) error { return &Error{Offset: offset, Reason: reason} }

// root is the namespace of packets that name none. Its capacity is its length,
// so that appending to it copies.
var root = []byte("/")

func isRoot(namespace []byte) bool {
	return len(namespace) == 0 || len(namespace) == 1 && namespace[0] == '/'
}

// digits reads the decimal number at b[i:]. It gives the offset after the last
// digit; ok is false when the number exceeds 64 bits. Without a digit, end is i.
func digits(b []byte, i int) (v uint64, end int, ok bool) {
	for ; i < len(b); i++ {
		d := uint64(b[i] - '0')
		if d > 9 {
			break
		}
		if v > (1<<64-1-d)/10 {
			return 0, i, false
		}
		v = v*10 + d
	}
	return v, i, true
}

// reservedEvents have a local meaning in the reference implementation and are
// refused as names of protocol 5 events (socket.io-parser, RESERVED_EVENTS).
var reservedEvents = [...]string{
	"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
}

// Reserved reports whether name must not be used as the name of an event:
// protocol 5 peers close the connection over it. ParseRev5 refuses such events;
// revision 1 has no such rule on the wire.
func Reserved(name []byte) bool {
	for _, r := range reservedEvents {
		if string(name) == r {
			return true
		}
	}
	return false
}
