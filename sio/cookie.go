package sio

import (
	"net/http"
	"time"
)

// Cookie is the cookie that the first answer of a polling session sets: its
// value is the session's id, so that a proxy can send later requests to the
// same server. The zero value is Node's: "io=<id>; Path=/; HttpOnly;
// SameSite=Lax". A connection that begins with a websocket gets none, and
// clients of 0.7 to 0.9 neither.
type Cookie struct {
	Name        string        // zero: "io"
	Path        string        // zero: "/"
	Domain      string        // zero: the host of the request
	MaxAge      time.Duration // in whole seconds; zero: until the browser ends
	Secure      bool          // over TLS alone
	Readable    bool          // scripts of the page may read it: it is not HttpOnly
	SameSite    http.SameSite // zero: Lax
	Partitioned bool
}
