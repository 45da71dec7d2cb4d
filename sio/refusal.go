package sio

import (
	"net/http"

	"github.com/tornadio/tornadio/sio/internal/web"
)

// ConnectionError is a request of Engine.IO that was refused, what the
// reference server calls "connection_error".
type ConnectionError struct {
	// Code and Message are what the client reads: 0 "Transport unknown", 1
	// "Session ID unknown", 2 "Bad handshake method", 3 "Bad request", 4
	// "Forbidden", 5 "Unsupported protocol version".
	Code    int
	Message string
	// Context says more, by the reference's names: transport (0), sid (1),
	// method (2), name (3: TRANSPORT_MISMATCH, TRANSPORT_HANDSHAKE_ERROR,
	// MIDDLEWARE_FAILURE, ID_GENERATION_ERROR), message (4: the text of
	// AllowRequest's error), protocol (5).
	Context map[string]string
	// Request is the refused request, without its body.
	Request *http.Request
	// Omitted is how many refusals on this loop were not reported since the
	// last one that was.
	Omitted int
}

// reporter tells OnConnectionError of refusals.
func (c *Config) reporter(s *Server) func(int, web.Refused) {
	f := c.OnConnectionError
	if f == nil {
		return nil
	}
	return func(loop int, r web.Refused) {
		sh := s.shards[loop]
		if e := sh.reports.May(sh.loop.Now(), r); e != nil {
			sh.Guard("OnConnectionError", func() { f((*ConnectionError)(e)) })
		}
	}
}
