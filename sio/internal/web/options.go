package web

import (
	"net/http"
	"time"

	"github.com/tornadio/tornadio/sio/internal/transport"
)

// Options are the less usual ones of Engine.IO. All zero, no request pays for
// them. Functions that run on a loop must not block; they do not panic.
type Options struct {
	// CORS, if set, is who may read answers; nil leaves Engine.IO's without a
	// field, and lets every origin use revision 1.
	CORS *CORS
	// Deflate, if set, offers compression to websockets of Engine.IO.
	Deflate *Deflate
	// Middleware runs in front of all other checks of Engine.IO's requests, in
	// a goroutine.
	Middleware []func(http.Handler) http.Handler
	// AllowRequest may refuse a handshake of any revision, in a goroutine.
	AllowRequest func(*http.Request) error
	// GenerateID makes the ids of sessions, in a goroutine.
	GenerateID func(*http.Request) (string, error)
	// AskTimeout is how long each of them may take, MaxAsking how many of them
	// may run.
	AskTimeout time.Duration
	MaxAsking  int

	// ClientFiles serves the requests that clientfiles.Known knows, in a
	// goroutine; nil leaves them to be refused.
	ClientFiles http.Handler
	// EngineOnly: the layer above knows nothing of Socket.IO. Requests of
	// revision 1 are those of Engine.IO that lack their parameters, and texts
	// are sent as they are.
	EngineOnly bool
	// NoSlash matches Path as a plain prefix, without a slash after it.
	NoSlash bool
	// NoUpgrades leaves the list of upgrades in the open packet empty.
	NoUpgrades bool
	// InitialPacket is the text of a message right after the open packet.
	InitialPacket string
	// Cookie gives the value of Set-Cookie for a new polling session.
	Cookie func(sid string) string
	// Compress is the size from which on polls are answered compressed; 0:
	// never.
	Compress int
	// InitialHeaders and Headers may add fields to the first answer of a
	// session, and to every one, on the loop.
	InitialHeaders func(loop int, h http.Header, r *http.Request)
	Headers        func(loop int, h http.Header, r *http.Request)
	// OnRefused is told of every refusal with a code, on the loop.
	OnRefused func(loop int, r Refused)
}

// Refused is a refusal in the words of Engine.IO.
type Refused struct {
	Code    int
	Message string
	Context map[string]string // as the reference's event "connection_error" has it
	Request *http.Request
}

// Deflate is how websocket messages are compressed.
type Deflate = transport.DeflateConfig
