package sio

import (
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/tornadio/tornadio/flashpolicy"
)

// Config holds the settings of a [Server]. The zero value works: every field
// says what zero means. [New] copies it; a mistake is reported by [Server.Err],
// and by every call that would begin to listen.
type Config struct {
	// Path is where Socket.IO's requests go: TornadIO2's namespace of the URL.
	// A slash at its end is ignored, one that it lacks in front is added. Zero:
	// "/socket.io", which all clients use by default.
	Path string

	// NoTrailingSlash takes every path that begins with Path for Socket.IO's:
	// "/socket.io?EIO=4" too, as Node's addTrailingSlash: false. Zero: a slash
	// has to follow, as clients send it by default.
	NoTrailingSlash bool

	// Transports are the transports that are on. Clients of 0.7 to 0.9 are told
	// of "websocket", "flashsocket", "htmlfile", "xhr-polling" and
	// "jsonp-polling" in the order of this list, and try them in that order;
	// later clients have "websocket" and "polling". Clients of a generation
	// with none in the list are refused. Nil: all of these, in the order given
	// here. "webtransport" is off unless it is named, and needs a call of
	// Listen of package webtransport beside. (TornadIO2's enabled_protocols has
	// htmlfile last, so that Internet Explorer polls.)
	Transports []string

	// NoUpgrades leaves the list of upgrades that is sent to clients 1.x to 4.x
	// empty, so that each stays on the transport it began with.
	NoUpgrades bool

	// AllowRequest decides whether a handshake may begin a connection, before
	// anything of it exists; an error refuses it. Clients 1.x to 4.x read its
	// text as the message of code 4, status 403 (400 on a websocket's
	// handshake); clients 0.7 to 0.9 as the body of a 403. Later requests of
	// the same session are not asked about.
	//
	// It may wait: it runs in a goroutine of its own, and the connection waits
	// with it. The request's context ends when the peer goes away, after
	// AskTimeout, and when the server shuts down; it has no body. Nil: every
	// handshake is allowed.
	AllowRequest func(r *http.Request) error
	// Middleware wraps the requests of clients 1.x to 4.x, in front of all
	// other checks but CORS: sessions, logging, security headers. Each is a
	// middleware of net/http, the first one outermost; it sees every request,
	// without its body. What it sets on the http.ResponseWriter before it calls
	// the next handler is added to the answer, what it does afterwards comes
	// too late to be sent. One that answers by itself ends the request with that
	// answer, at most 1 MiB; one that does neither refuses it with code 3. What
	// it puts into the request's context reaches the next ones, AllowRequest,
	// GenerateID and [Handshake.Value]. They run in a goroutine, bounded as AllowRequest.
	Middleware []func(http.Handler) http.Handler
	// GenerateID makes the ids of connections: 1 to 128 letters, digits, "-",
	// "_", "." and "~". An id is the only credential of its connection: make
	// it so that nobody can guess it. An error, another kind of id, or one
	// that a connection has already, refuses the handshake with code 3. It
	// runs as AllowRequest does, after it. Nil: 20 characters, of which 104
	// bits are random.
	GenerateID func(r *http.Request) (string, error)
	// AskTimeout is how long each of AllowRequest, Middleware and GenerateID
	// may take. Past it the request is refused as with an error, and what the
	// function says later is ignored. Zero: 10 s.
	AskTimeout time.Duration
	// MaxAsking is how many of them may run at a time, those included that
	// have not returned after AskTimeout. Above it requests are refused. Zero:
	// 10 000.
	MaxAsking int

	// ClientFiles holds the files that browsers load the client from, e.g.
	// os.DirFS("node_modules/socket.io/client-dist"): socket.io.js,
	// socket.io.min.js, socket.io.msgpack.min.js and socket.io.esm.min.js with
	// their .map files, served below Path with an ETag, compressed once by
	// Brotli, gzip or deflate and remembered, up to 4 MiB each. A file NAME.br
	// beside one is taken for its Brotli form. The client of 0.9 goes into a
	// folder "0.9": it is served to who asks for socket.io.js?v=0.9.17, and its
	// WebSocketMain.swf and WebSocketMainInsecure.swf below static/flashsocket.
	// Nil: a redirect to Socket.IO's CDN, to version 4.8.1 or the one that ?v=
	// asks for.
	ClientFiles fs.FS
	// NoClientFiles serves neither, as Node's serveClient: false.
	NoClientFiles bool

	// InitialPacket is sent to every client 1.x to 4.x as the text of an
	// Engine.IO message right after the open packet. Socket.IO's clients take
	// it for a packet of Socket.IO. Zero: none.
	InitialPacket string
	// HTTPCompression is the size in bytes from which on the answer to a poll of
	// clients 1.x to 4.x is compressed, by gzip or deflate as the client asks
	// for it; compressing 10 kB takes the loop some 100 microseconds, and above
	// 64 KiB it is done in a goroutine. Zero: 1024, as the reference.
	// Negative: never.
	HTTPCompression int
	// Cookie, if set, is given to browsers with the first answer of a polling
	// session, for proxies that need one. Nil: none.
	Cookie *Cookie
	// InitialHeaders may add fields to the first answer of a connection, on a
	// websocket that of its handshake; Headers to every answer to a request of
	// a connection, refusals left out. Both are for clients 1.x to 4.x. They
	// run on the loop and must not block; fields that an answer has of its own,
	// such as Content-Type, are ignored. Each costs an http.Request a request.
	InitialHeaders func(h http.Header, r *http.Request)
	Headers        func(h http.Header, r *http.Request)
	// OnConnectionError is told of requests of clients 1.x to 4.x that were
	// refused, at most 100 a second on each loop: see ConnectionError.Omitted.
	// Stats counts them all. It runs on the loop and must not block.
	OnConnectionError func(e *ConnectionError)

	// DisableEIO3 refuses the clients 1.x and 2.x, whose Engine.IO has the
	// revision 3, with "Unsupported protocol version". The reference server does
	// so unless it is told otherwise; here every client may come, so zero lets
	// them in. What does not say EIO=4 counts as revision 3, as there. The id of
	// such a client is known to whom it is told, and is the only credential of
	// its connection: see [Socket.ID].
	DisableEIO3 bool

	// CORS lets pages of other origins read the answers. Nil: the answers to
	// clients 1.x to 4.x have no field of CORS, so that only pages of the same
	// origin can use the polling transport; clients 0.7 to 0.9 are served
	// whatever their origin is, as always.
	CORS *CORS

	// JSON encodes and decodes arguments. Nil: encoding/json.
	JSON JSONCodec

	// Parser is the form of Socket.IO's packets. Zero: ParserDefault, which
	// clients have built in.
	Parser Parser

	// PerMessageDeflate compresses websocket messages of clients 1.x to 4.x
	// that offer it. Nil: no compression, as the reference's default: it costs
	// CPU, and most messages are small.
	PerMessageDeflate *Deflate

	// PingInterval is the time from the opening of a connection, and from each
	// pong, to the next ping, for clients 3.x and 4.x. Those of 1.x and 2.x are
	// told to ping that often, and may stay silent for PingInterval and
	// PingTimeout together. A ping may come early, so that a loop pings many
	// clients at one moment: by up to 50 ms and a hundredth of the interval, or,
	// on a loop with 1000 clients and more, 800 ms and a twenty-fifth. Zero:
	// 25 s.
	PingInterval time.Duration
	// PingTimeout is how long a pong may take. Zero: 20 s.
	PingTimeout time.Duration
	// UpgradeTimeout is how long a client may take from the opening of its
	// websocket to the end of the upgrade. Zero: 10 s.
	UpgradeTimeout time.Duration
	// ConnectTimeout closes a connection that has joined no namespace in this
	// time (3.x and 4.x). Zero: 45 s.
	ConnectTimeout time.Duration

	// HeartbeatInterval is the time from the opening of a websocket, and from
	// each answer, to the next heartbeat, for clients 0.7 to 0.9; it may come as
	// early as a ping of PingInterval. Polling has no heartbeats: a client's
	// answer would abort its own POST. Zero: 25 s.
	HeartbeatInterval time.Duration
	// HeartbeatTimeout is how long a client of 0.7 to 0.9 may stay silent
	// after a heartbeat. It is announced in whole seconds. Zero: 60 s.
	HeartbeatTimeout time.Duration
	// CloseTimeout is how long a session of a client 0.7 to 0.9 lives between
	// two polls. It is announced in whole seconds. Zero: 60 s.
	CloseTimeout time.Duration
	// PollDuration is how long a poll of a client 0.7 to 0.9 is held with
	// nothing to say, and how long a htmlfile stream is silent before it gets a
	// comment. It must be less than HeartbeatTimeout and CloseTimeout. Zero:
	// 20 s.
	PollDuration time.Duration
	// GlobalHeartbeats has clients 0.7 to 0.9 get heartbeats over xhr-polling
	// and jsonp-polling too. TornadIO2's global_heartbeats is the same and on;
	// ours is off, since the client's answer can abort its own POST in flight,
	// whose messages are lost. Without them polls are answered every
	// PollDuration, which keeps all clients content.
	GlobalHeartbeats bool
	// WebSocketCheck finds software in between that lets a websocket be opened
	// and holds its data back: clients 0.7 to 0.9 first get nothing but a
	// heartbeat, over websocket and flashsocket, and a connection is opened, and
	// what waits for it sent, when the answer comes. (TornadIO2's
	// websocket_check.)
	WebSocketCheck bool
	// ClientTimeout is how long that answer may take; then the websocket is
	// closed, and the client tries its next transport. (TornadIO2's
	// client_timeout.) Zero: 5 s.
	ClientTimeout time.Duration
	// SessionExpiry is how long a handshake of a client 0.7 to 0.9 waits for
	// its first transport, and how long a closed session waits for the poll
	// that fetches the close. Zero: 30 s.
	SessionExpiry time.Duration

	// WriteDelay lets what is sent wait for more to come, so that it leaves for
	// a client in one write, in the order in which it was sent. The write to the
	// kernel is most of what a message costs: in rooms that are busy a delay of a
	// few milliseconds saves most of the CPU, and every message and every
	// acknowledgement is late by up to the delay and two milliseconds. What waits
	// leaves at once when a client's reaches 16 KiB or a loop's 16 MiB, with a
	// large message, when the connection is closed from this side, and when the
	// server shuts down. Zero: nothing waits longer than the batch of events
	// that the loop has before it. At most 1 s; measured in bench/RESULTS.md.
	WriteDelay time.Duration

	// AckTimeout is how long EmitAck waits for an answer. Zero: 30 s.
	AckTimeout time.Duration

	// MaxMessage is the size in bytes of one POST's body and of one websocket
	// message; it is announced to clients 4.x as maxPayload. Above it a POST
	// gets 413, a websocket is closed with 1009. Zero: 1 000 000.
	MaxMessage int
	// MaxQueue is how many bytes may wait for one client that reads slowly or
	// not at all. Above it that client is cut. Zero: 4 MiB.
	MaxQueue int
	// MaxStream is how many bytes one page of htmlfile may have; the browser
	// keeps all that it has read. Past it the client is made to begin a new one,
	// and loses nothing. Zero: 1 MiB.
	MaxStream int
	// MaxAttachments is how many binary values one event may have. Above it
	// the connection closes. Zero: 10, as socket.io-parser 4.2.6.
	MaxAttachments int
	// MaxNamespaces is how many namespaces one client may have joined at a
	// time. Above it the connection closes. Zero: 64.
	MaxNamespaces int
	// MaxDynamicNamespaces is how many namespaces may exist at a time that came
	// into being because clients asked for them: see [Server.OfMatch]. Above it
	// those who ask for another are refused. Zero: 100 000.
	MaxDynamicNamespaces int
	// MaxNamespaceName is the length in bytes of the name of such a namespace.
	// Above it there is none of that name. Zero: 256.
	MaxNamespaceName int
	// KeepEmptyNamespaces keeps such a namespace when its last client has left,
	// as Socket.IO does without cleanupEmptyChildNamespaces; it then counts
	// towards MaxDynamicNamespaces for good.
	KeepEmptyNamespaces bool
	// MaxRooms is how many rooms one socket may be in. Above it Join returns
	// an error. Zero: 10 000.
	MaxRooms int
	// MaxAcks is how many acknowledgements of one socket may be outstanding,
	// and how many broadcasts with acknowledgements of one namespace. Above it
	// EmitAck returns an error, or gives it to the callback. Zero: 1000.
	MaxAcks int
	// MaxAnswers is how many bytes the answers to one broadcast, see
	// [Target.EmitAck], may have together. Above it the rest is not waited for.
	// Zero: 16 MiB.
	MaxAnswers int
	// MaxWaiting is how many handlers with [Ordered] or [Concurrent] may run
	// for one socket. Above it the event goes to OnError as ErrBusy. Zero: 100.
	MaxWaiting int
	// MaxHeld is how many events of one socket may be held behind an [Ordered]
	// handler. Above it they go to OnError as ErrBusy. Zero: 1000.
	MaxHeld int
	// MaxHandlers is how many handlers with [Ordered] or [Concurrent] may run
	// in the server. Above it the event goes to OnError as ErrBusy. Zero:
	// 10 000.
	MaxHandlers int
	// MaxSessions is how many sessions the server has at most, spread over its
	// loops. A handshake above it gets 503 (403 in the words of Engine.IO).
	// Zero: 1 000 000.
	MaxSessions int
	// MaxConns is how many TCP connections are open at most. Zero: as many as
	// the process may open files, less a reserve.
	MaxConns int
	// MaxHandshakes is how many TLS handshakes are under way at most, each in a
	// goroutine. Those above it wait in line for their turn, within TLSTimeout;
	// clients that are in already notice nothing. Zero: 1000.
	MaxHandshakes int
	// MaxHeader is the size in bytes of a request's head. Above it the answer
	// is 431. Zero: 16 KiB.
	MaxHeader int
	// MaxBody is the size in bytes of the body of an ordinary request, see
	// [Server.Handle]; what the handler has not read is held in memory. Above
	// it the answer is 413. Zero: 10 MiB.
	MaxBody int64

	// TLSTimeout is how long a TLS handshake may take, from accept on. After it
	// the connection is cut. Zero: 10 s.
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

	// TrustedProxies are the addresses of the proxies in front of this server.
	// What they say of whom they stand for is believed: the address, for
	// Handshake.RemoteAddr and the RemoteAddr of ordinary requests, and whether
	// it came over TLS, for Handshake.Secure. A peer on a Unix socket is trusted
	// like them. Nil: no header is believed, every peer is a client.
	TrustedProxies []netip.Prefix
	// ProxyHeader is where the proxies write the address: "X-Forwarded-For" or
	// "Forwarded" (RFC 7239), which are walked from their end as long as who
	// wrote is trusted, or "X-Real-IP". Only this one is looked at, since
	// proxies pass the others on as clients sent them. With Forwarded its proto
	// says whether TLS was spoken, else X-Forwarded-Proto does. Zero:
	// "X-Forwarded-For".
	ProxyHeader string
	// VerifyRemoteIP makes a session unknown to requests that come from another
	// address than its handshake: TornadIO2's verify_remote_ip. It is off where
	// TornadIO2 has it on, because clients on mobile networks, and behind some
	// proxies, change theirs all the time.
	VerifyRemoteIP bool

	// FlashPolicy is Flash's policy file, for the transport "flashsocket":
	// TornadIO2's flash_policy_file (File) and flash_policy_port (Addrs, such
	// as ":843" and ":10843"). With that transport on, the main ports answer
	// requests for the policy too, unless they speak TLS, and Addrs are opened
	// when the server starts. An address that can't be opened is a warning
	// unless Required. The zero value opens none, and lets everyone in.
	FlashPolicy flashpolicy.Config

	// ShutdownTimeout is how long [Server.Run] lets a shutdown take. Zero:
	// 10 s.
	ShutdownTimeout time.Duration

	// Recovery turns connection state recovery on, for clients of 4.x whose
	// connection breaks: they come back with their id, rooms and data, and get
	// what they have missed. See [Recovery] and [Socket.Recovered]. Nil: off.
	Recovery *Recovery
	// Adapter makes the adapter of each namespace, which connects it with the
	// same namespace of other servers: see [Adapter]. It is called when the
	// namespace comes into being, on a loop for one that a client's request
	// makes, and must neither block nor call the server. An error, reported by
	// [Server.Err], keeps the server from listening. Nil: this server is alone.
	Adapter func(Local) (Adapter, error)
	// KeepHandshakes keeps the headers, query and auth of every client for
	// [Target.FetchSockets], in about 1 kB a socket.
	KeepHandshakes bool

	// Loops is the number of event loops. Zero: one for each CPU.
	Loops int
	// SlowHandler is how long a handler may run before it is reported by name:
	// it holds up every client of its loop. Zero: 250 ms; negative: never.
	SlowHandler time.Duration
	// Logger gets the few things worth a line: panics, slow handlers, faults
	// of the machine; never a peer's mistakes. Nil: slog.Default().
	Logger *slog.Logger
}
