package session

// Reason says why a session ended.
type Reason uint8

// The reasons of engine.io 6.6, in its words.
const (
	NoReason       Reason = iota
	TransportClose        // the connection ended, or the client said goodbye
	TransportError        // the connection failed, or broke the protocol of its transport
	PingTimeout           // no sign of life in time
	ParseError            // a packet could not be read
	ForcedClose           // closed from this side
	ShuttingDown          // the server stops
	Goodbye               // the client of revision 1 sent "0::"
)

var reasonText = [...]string{
	NoReason:       "",
	TransportClose: "transport close",
	TransportError: "transport error",
	PingTimeout:    "ping timeout",
	ParseError:     "parse error",
	ForcedClose:    "forced close",
	ShuttingDown:   "server shutting down",
	Goodbye:        "client disconnect",
}

func (r Reason) String() string { return reasonText[r] }
