package sio

import (
	"net/http"
	"time"

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

// maxReports is how many refusals a loop reports in a second: a peer that asks
// for refusals must not flood what the hook writes to.
const maxReports = 100

// reports counts a loop's reports of refusals. It lives on the loop.
type reports struct {
	second  int64
	made    int
	omitted int
}

// may reports whether another one may be made now, and how many were not.
func (r *reports) may(now time.Time) (omitted int, ok bool) {
	if s := now.Unix(); s != r.second {
		r.second, r.made = s, 0
	}
	if r.made == maxReports {
		r.omitted++
		return 0, false
	}
	r.made++
	omitted, r.omitted = r.omitted, 0
	return omitted, true
}

// reporter tells OnConnectionError of refusals.
func (c *Config) reporter(s *Server) func(int, web.Refused) {
	f := c.OnConnectionError
	if f == nil {
		return nil
	}
	return func(loop int, r web.Refused) {
		sh := s.shards[loop]
		omitted, ok := sh.reports.may(sh.loop.Now())
		if !ok {
			return
		}
		e := &ConnectionError{Code: r.Code, Message: r.Message, Context: r.Context, Request: r.Request, Omitted: omitted}
		sh.guard("OnConnectionError", func() { f(e) })
	}
}
