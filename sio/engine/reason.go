package engine

import "github.com/tornadio/tornadio/sio/internal/session"

// Reason says why a session ended. Its strings are the reference's words.
type Reason uint8

// The reasons.
const (
	// TransportClose: the connection ended, or the client said goodbye.
	TransportClose = Reason(session.TransportClose)
	// TransportError: the connection failed, or broke the protocol.
	TransportError = Reason(session.TransportError)
	// PingTimeout: no sign of life in time.
	PingTimeout = Reason(session.PingTimeout)
	// ParseError: the client sent something that could not be read.
	ParseError = Reason(session.ParseError)
	// ForcedClose: closed from this side, with Close or because a handler
	// panicked.
	ForcedClose = Reason(session.ForcedClose)
	// ServerShuttingDown: see Server.Shutdown.
	ServerShuttingDown = Reason(session.ShuttingDown)
)

// String is the reason in Engine.IO's words: "transport close".
func (r Reason) String() string { return session.Reason(r).String() }
