package engine

import (
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"time"
)

// Config holds the settings of a [Server]. The zero value works: every field
// says what zero means. [New] copies it; a mistake is reported by [Server.Err],
// and by every call that would begin to listen.
type Config struct {
	// Path is where Engine.IO's requests go. A slash at its end is ignored, one
	// that it lacks in front is added. Zero: "/engine.io", which clients use by
	// default.
	Path string
	// NoTrailingSlash takes every path that begins with Path for Engine.IO's:
	// "/engine.io?EIO=4" too, as Node's addTrailingSlash: false. Zero: a slash
	// has to follow, as clients send it by default.
	NoTrailingSlash bool
	// Transports are the transports that are on, out of "websocket", "polling"
	// (JSONP included), and "webtransport", which needs a call of Listen of
	// package webtransport beside. Nil: the first two.
	Transports []string
	// NoUpgrades leaves the list of upgrades that clients are sent empty, so
	// that each stays on the transport it began with.
	NoUpgrades bool
	// DisableEIO3 refuses clients of the revision 3 with "Unsupported protocol
	// version", as the reference does unless it is told otherwise. Here every
	// client may come, so zero lets them in.
	DisableEIO3 bool

	// AllowRequest decides whether a handshake may begin a session, before
	// anything of it exists; an error refuses it with code 4, whose message is
	// its text. Later requests of the same session are not asked about.
	//
	// It may wait: it runs in a goroutine of its own. The request's context
	// ends when the peer goes away, after AskTimeout, and when the server shuts
	// down; it has no body. Nil: every handshake is allowed.
	AllowRequest func(r *http.Request) error
	// Middleware wraps all requests, in front of all other checks but CORS.
	// Each is a middleware of net/http, the first one outermost; it sees
	// requests without their body. What it sets on the http.ResponseWriter
	// before it calls the next handler is added to the answer. One that answers
	// by itself ends the request with that answer, at most 1 MiB; one that does
	// neither refuses it with code 3. What it puts into the request's context
	// reaches the next ones, AllowRequest and GenerateID. They run in a
	// goroutine, bounded as AllowRequest.
	Middleware []func(http.Handler) http.Handler
	// GenerateID makes the ids of sessions: 1 to 128 letters, digits, "-", "_",
	// "." and "~". An id is the only credential of its session: make it so that
	// nobody can guess it. An error, another kind of id, or one that a session
	// has already, refuses the handshake with code 3. It runs as AllowRequest
	// does, after it. Nil: 20 characters, of which 104 bits are random.
	GenerateID func(r *http.Request) (string, error)
	// AskTimeout is how long each of AllowRequest, Middleware and GenerateID
	// may take. Past it the request is refused as with an error. Zero: 10 s.
	AskTimeout time.Duration
	// MaxAsking is how many of them may run at a time, those included that
	// have not returned after AskTimeout. Above it requests are refused. Zero:
	// 10 000.
	MaxAsking int

	// InitialPacket is sent to every client as the text of a message right
	// after the open packet. Zero: none.
	InitialPacket string
	// HTTPCompression is the size in bytes from which on the answer to a poll
	// is compressed, by gzip or deflate as the client asks for it. Zero: 1024,
	// as the reference. Negative: never.
	HTTPCompression int
	// PerMessageDeflate compresses websocket messages of clients that offer it.
	// Nil: no compression, as the reference's default.
	PerMessageDeflate *Deflate
	// Cookie, if set, is given to browsers with the first answer of a polling
	// session, for proxies that need one. Nil: none.
	Cookie *Cookie
	// CORS lets pages of other origins read the answers. Nil: the answers have
	// no field of CORS, so that only pages of the same origin can use polling.
	// Websockets are not bound by CORS: see AllowRequest.
	CORS *CORS
	// InitialHeaders may add fields to the first answer of a session, on a
	// websocket that of its handshake; Headers to every answer to a request of
	// a session, refusals left out. They run on the loop and must not block;
	// fields that an answer has of its own, such as Content-Type, are ignored.
	InitialHeaders func(h http.Header, r *http.Request)
	Headers        func(h http.Header, r *http.Request)
	// OnConnectionError is told of requests that were refused, at most 100 a
	// second on each loop: see ConnectionError.Omitted. Stats counts them all.
	// It runs on the loop and must not block.
	OnConnectionError func(e *ConnectionError)

	// PingInterval is the time from the opening of a session, and from each
	// pong, to the next ping. Clients of revision 3 are told to ping that
	// often, and may stay silent for PingInterval and PingTimeout together. A
	// ping may come early, so that a loop pings many clients at one moment: by
	// up to 50 ms and a hundredth of the interval, or, on a loop with 1000
	// clients and more, 800 ms and a twenty-fifth. Zero: 25 s.
	PingInterval time.Duration
	// PingTimeout is how long a pong may take. Zero: 20 s.
	PingTimeout time.Duration
	// UpgradeTimeout is how long a client may take from the opening of its
	// websocket to the end of the upgrade. Zero: 10 s.
	UpgradeTimeout time.Duration
	// CloseTimeout is how long a closed session waits for the poll that fetches
	// the close. Zero: 30 s.
	CloseTimeout time.Duration

	// WriteDelay lets what is sent wait for more to come, so that it leaves for
	// a client in one write, in the order in which it was sent: where one is
	// sent many small messages a delay of a few milliseconds saves most of the
	// CPU. What waits leaves at once when a client's reaches 16 KiB or a loop's
	// 16 MiB, with a large message, when the session is closed from this side,
	// and when the server shuts down. Zero: nothing waits longer than the batch
	// of events that the loop has before it. At most 1 s.
	WriteDelay time.Duration

	// MaxMessage is the size in bytes of one POST's body and of one websocket
	// message; it is announced to clients as maxPayload. Above it a POST gets
	// 413, a websocket is closed with 1009. (The reference's
	// maxHttpBufferSize.) Zero: 1 000 000.
	MaxMessage int
	// MaxQueue is how many bytes may wait for one client that reads slowly or
	// not at all. Above it that client is cut. Zero: 4 MiB.
	MaxQueue int
	// MaxSessions is how many sessions the server has at most. A handshake
	// above it is refused with code 4. Zero: 1 000 000.
	MaxSessions int
	// MaxConns is how many TCP connections are open at most. Zero: as many as
	// the process may open files, less a reserve.
	MaxConns int
	// MaxHandshakes is how many TLS handshakes are under way at most. Those
	// above it wait in line, within TLSTimeout. Zero: 1000.
	MaxHandshakes int
	// MaxHeader is the size in bytes of a request's head. Above it the answer
	// is 431. Zero: 16 KiB.
	MaxHeader int
	// MaxBody is the size in bytes of the body of an ordinary request, see
	// [Server.Handle]. Above it the answer is 413. Zero: 10 MiB.
	MaxBody int64

	// TLSTimeout is how long a TLS handshake may take, from accept on. Zero:
	// 10 s.
	TLSTimeout time.Duration
	// HeaderTimeout is how long a request's head may take, from its first byte
	// or from accept. Zero: 10 s.
	HeaderTimeout time.Duration
	// BodyTimeout is how long the body of a POST may take; for an ordinary
	// request it is the longest time without progress. Zero: 30 s.
	BodyTimeout time.Duration
	// IdleTimeout is how long a connection may rest between two requests.
	// Zero: 75 s.
	IdleTimeout time.Duration
	// ShutdownTimeout is how long [Server.Run] lets a shutdown take. Zero:
	// 10 s.
	ShutdownTimeout time.Duration

	// TrustedProxies are the addresses of the proxies in front of this server,
	// whose word about the client's address, and about TLS, is believed. Nil:
	// every peer is a client.
	TrustedProxies []netip.Prefix
	// ProxyHeader is where they write the address: "X-Forwarded-For",
	// "Forwarded" or "X-Real-IP". Zero: "X-Forwarded-For".
	ProxyHeader string
	// VerifyRemoteIP makes a session unknown to requests that come from another
	// address than its handshake.
	VerifyRemoteIP bool

	// Loops is the number of event loops. Zero: one for each CPU.
	Loops int
	// SlowHandler is how long a callback may run before it is reported: it
	// holds up every client of its loop. Zero: 250 ms; negative: never.
	SlowHandler time.Duration
	// Logger gets the few things worth a line: panics, slow callbacks, faults
	// of the machine; never a peer's mistakes. Nil: slog.Default().
	Logger *slog.Logger
}

// Deflate turns on the compression of websocket messages (permessage-deflate,
// RFC 7692): see [Config.PerMessageDeflate]. The zero value works. Without
// ContextTakeover an idle client pays nothing for it, and a message for many
// receivers is compressed once.
type Deflate struct {
	// Threshold is the size in bytes from which on a message is compressed.
	// Zero: 1024, as the reference.
	Threshold int
	// ContextTakeover lets messages refer to those before them on the same
	// connection, which then keeps up to 40 KiB.
	ContextTakeover bool
	// MaxContexts is how many connections may have a context; those that come
	// later are compressed without. Zero: 1000.
	MaxContexts int
}

// Cookie is the cookie that the first answer of a polling session sets: its
// value is the session's id. The zero value is Node's: "io=<id>; Path=/;
// HttpOnly; SameSite=Lax".
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

// CORS says which pages of other origins may read the answers. It has the
// options of the npm package cors. The zero value lets every page in, without
// credentials.
type CORS struct {
	Origin     string                            // answered to every request; zero, or "*": every origin
	Origins    []string                          // those that are let in, each answered with its own name
	Patterns   []*regexp.Regexp                  // the same for those that one of them matches
	Reflect    bool                              // everyone is let in and answered with its own name
	OriginFunc func(origin string) (bool, error) // decides, on the loop; an error refuses with code 3

	Methods        []string      // for preflights; nil: GET, HEAD, PUT, PATCH, POST and DELETE
	AllowedHeaders []string      // of requests; nil: those that the preflight asks for
	ExposedHeaders []string      // of answers, besides the usual ones
	Credentials    bool          // pages may send cookies and the like
	MaxAge         time.Duration // of a preflight's answer, in whole seconds; negative: 0 is sent

	PreflightContinue    bool // leaves preflights to a middleware
	OptionsSuccessStatus int  // of a preflight's answer; zero: 204
}

// ConnectionError is a request that was refused, what the reference server
// calls "connection_error".
type ConnectionError struct {
	// Code and Message are what the client reads: 0 "Transport unknown", 1
	// "Session ID unknown", 2 "Bad handshake method", 3 "Bad request", 4
	// "Forbidden", 5 "Unsupported protocol version".
	Code    int
	Message string
	// Context says more, by the reference's names: transport (0), sid (1),
	// method (2), name (3), message (4), protocol (5).
	Context map[string]string
	// Request is the refused request, without its body.
	Request *http.Request
	// Omitted is how many refusals on this loop were not reported since the
	// last one that was.
	Omitted int
}
