package sio

import "github.com/tornadio/tornadio/sio/internal/session"

// Reason says why a socket was closed. Its strings are the reference's words.
type Reason uint8

// The reasons.
const (
	// TransportClose: the connection ended, or the client left.
	TransportClose Reason = iota + 1
	// TransportError: the connection failed, or broke the protocol.
	TransportError
	// PingTimeout: no sign of life in time.
	PingTimeout
	// ParseError: the client sent something that could not be read. (Of a packet
	// of Socket.IO the reference says "forced close".)
	ParseError
	// ForcedClose: the connection was closed because of what the client did: it
	// sent something for a namespace that it has not joined, or joined one
	// twice. (The reference says "forced server close".)
	ForcedClose
	// ForcedServerClose: the server closed the client's connection because a
	// handler panicked. The client may come back.
	ForcedServerClose
	// ServerShuttingDown: see Server.Shutdown.
	ServerShuttingDown
	// ClientNamespaceDisconnect: the client left the namespace. In clients of
	// 0.7 to 0.9, leaving "/" is leaving altogether.
	ClientNamespaceDisconnect
	// ServerNamespaceDisconnect: the server closed this socket with Close, or all
	// sockets of the client with Disconnect.
	ServerNamespaceDisconnect
)

var reasonText = [...]string{
	TransportClose:            "transport close",
	TransportError:            "transport error",
	PingTimeout:               "ping timeout",
	ParseError:                "parse error",
	ForcedClose:               "forced close",
	ForcedServerClose:         "forced server close",
	ServerShuttingDown:        "server shutting down",
	ClientNamespaceDisconnect: "client namespace disconnect",
	ServerNamespaceDisconnect: "server namespace disconnect",
}

// String is the reason in Socket.IO's words.
func (r Reason) String() string {
	if int(r) < len(reasonText) {
		return reasonText[r]
	}
	return ""
}

var ofSession = [...]Reason{
	session.TransportClose: TransportClose,
	session.TransportError: TransportError,
	session.PingTimeout:    PingTimeout,
	session.ParseError:     ParseError,
	session.ForcedClose:    ForcedClose,
	session.ShuttingDown:   ServerShuttingDown,
	session.Goodbye:        ClientNamespaceDisconnect,
}
