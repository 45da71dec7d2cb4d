package session

import "time"

// Config is what the sessions of one server share. The layer above fills every
// field; nothing here has a default.
type Config struct {
	// Engine.IO. In revision 3 the client pings, and may stay silent for the sum
	// of the first two.
	PingInterval   time.Duration // from open, and from each pong, to the next ping
	PingTimeout    time.Duration // from a ping to its pong
	UpgradeTimeout time.Duration // from "2probe" to "5"

	// Revision 1.
	HeartbeatInterval time.Duration // from attach, and from each answer, to the next heartbeat
	HeartbeatTimeout  time.Duration // from a heartbeat to any packet of the client
	CloseTimeout      time.Duration // how long a session lives without a transport
	PollDuration      time.Duration // a poll with nothing to say is answered with a noop, a silent stream gets a comment
	GlobalHeartbeats  bool          // polls get heartbeats too

	// WriteDelay is how long what is sent may wait for more, so that it leaves
	// in one write. 0: till the end of the batch only, or of the callback.
	WriteDelay time.Duration

	// Expiry is how long a session may wait for its first transport, or, once
	// closed from this side, for the poll that fetches the close.
	Expiry time.Duration

	// ClientTimeout is how long a websocket's check may take (revision 1).
	ClientTimeout time.Duration

	// MaxStream is how many bytes a page of htmlfile may have.
	MaxStream int
	// MaxQueueBytes bounds what waits for one client, the transport's own
	// backlog included. A client above it is cut.
	MaxQueueBytes int
}
