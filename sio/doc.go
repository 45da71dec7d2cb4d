// Package sio is a server for Socket.IO: one set of callbacks serves clients
// from 0.7 (2011) to 4.x, in few bytes and without a goroutine for each.
//
// # A server
//
//	type Chat struct {
//		sio.Socket        // Emit, Send, Join, To, Close ...
//		name string       // the connection's own state: no locks
//	}
//
//	func (c *Chat) OnOpen(h *sio.Handshake) error {
//		c.name = h.Query("name")
//		return c.Join("lobby")
//	}
//
//	func (c *Chat) Say(text string) { c.To("lobby").Emit("said", c.name, text) }
//
//	func main() {
//		srv := sio.New(sio.Config{})
//		chat := sio.Of[Chat](srv, "/", nil)
//		sio.On(chat, "say", (*Chat).Say)
//		log.Fatal(srv.ListenAndServe(":8001"))
//	}
//
// [Of] makes a namespace whose every client is a value of your struct, with
// [Socket] embedded. [On], [On0], [On2], [On3] and [Answer] register handlers
// by event; the types of their arguments are checked by the compiler and
// decoded from JSON, or from binary data, when the event comes; Config.JSON can
// name another codec than encoding/json.
// [Namespace.OnRaw] hands over the bytes instead. [Server.Of] is the same for
// handlers that are functions; [Namespace.OnConnection] and
// [Namespace.OnDisconnection] tell those who comes and goes.
//
// # Threads
//
// A server has one event loop for each CPU, and each client lives on one of
// them. All callbacks of a client run on its loop, in order, one at a time:
// a client's own state needs no lock. Clients of one namespace live on
// different loops; what they share, beside rooms, needs one.
//
// A callback must not block: it would hold up every client of its loop. What
// waits belongs into a goroutine, and its result comes back with [Socket.Do].
// A handler that takes longer than Config.SlowHandler is reported by name. One
// that panics costs its client the connection, and no one else anything.
//
// Every method is safe from any goroutine. On the client's loop it acts at
// once, elsewhere it is posted there, in order. What a callback sends leaves
// when it ends, all in one write.
//
// # Events, messages and answers
//
// [Socket.Emit] sends an event, [Socket.Send] a message: what clients give to
// send() themselves, and handlers get in OnMessage. Data is sent as it is when
// an argument is []byte, or a [Binary] inside of one. [Encode] makes a [Packet]
// of an event that goes out many times; [Typed] ties a name to its argument's
// type.
//
// Answers go both ways. What a handler of [Answer] returns is the
// acknowledgement of the client's event, [Event.Reply] gives it later.
// [Socket.EmitAck] asks the client: its callback runs exactly once, with the
// answer, at the end of the time, or when the client is gone.
//
// # What waits
//
// A handler that has to wait is registered with [Ordered], which holds the next
// events of this client until it returns, or [Concurrent], which does not: it
// runs in a goroutine, within Config.MaxHandlers. [Socket.Context] ends with
// the socket. [Socket.After], [Socket.Every] and [Server.Every] are timers on
// the loop, [Server.Do] runs something there once.
//
// # Namespaces
//
// A client may be in many namespaces over its one connection. [Of] and
// [Server.Of] make those whose names are known; [OfMatch] and [OfFunc] make
// parents, whose children come into being when a client asks for one and cease
// with their last client. Emitting on a parent reaches all its children.
//
// [Namespace.Use] asks before a client joins, [Namespace.UseContext] does so
// where that has to wait; a [RefusedError] carries data to the client. What it
// finds out OnOpen gets by [Handshake.SetValue] and [Handshake.Value].
// [Namespace.UseEvent] asks before each event, [Namespace.OnAny] and
// [Namespace.OnAnyOutgoing] see all of them; sockets have the same of their
// own. A handler that is to run once keeps a flag in its client's struct.
//
// OnClose is told a [Reason] in the reference's words while the socket is still
// in its rooms: what Socket.IO calls disconnecting.
//
// # Rooms
//
// [Socket.Join] puts a client into a room, [Socket.To] and [Namespace.To] name
// the members as a [Target]: a value that can be kept, and used from any
// goroutine. A socket's id is the name of a room with that one member.
//
//	ns.To("a", "b").Except("c").Emit("news", item)          // each member once
//	c.To("a").Volatile().Emit("moved", x, y)                // all but c; may get lost
//	ns.To("a").Timeout(time.Second).EmitAck("ready?", f)    // f gets all answers
//	ns.To("a").FetchSockets(f)                              // who is in
//	ns.To("a").SocketsJoin("b")                             // and SocketsLeave
//	ns.To("a").DisconnectSockets(true)
//
// An event is encoded once for each generation that receives it, and its bytes
// are shared. Each loop keeps the members that live on it, without locks, and
// a broadcast goes only to the loops that have some. [Namespace.OnJoinRoom],
// [Namespace.OnCreateRoom] and their like tell of what happens to rooms.
// [Namespace.Each] and [Namespace.With] hand out the sockets themselves, each on
// its loop.
//
// With Config.Recovery a client of 4.x whose connection broke comes back as the
// socket that it was, and gets what it has missed: see [Recovery].
//
// Several servers become one through an [Adapter]: Config.Adapter. The same
// calls then reach the clients of all, and [Namespace.ServerSideEmit] the
// servers themselves. With one that is a [Recoverer] clients come back on any of
// them.
//
// # Generations
//
//	clients     protocol                     transports
//	0.7 to 0.9  Socket.IO revision 1         websocket, flashsocket, htmlfile,
//	                                         xhr-polling, jsonp-polling
//	1.x, 2.x    Engine.IO 3, Socket.IO 4     websocket, polling, with upgrade; JSONP
//	3.x, 4.x    Engine.IO 4, Socket.IO 5     the same
//
// Handlers see no difference, but for two things. Clients of 0.7 to 0.9 know no
// binary data: sending them some is [ErrBinary]. And their send() makes text
// and JSON messages of its own kind; all come to OnMessage.
//
// Config.Parser has clients of 1.x to 4.x speak msgpack instead of JSON, as the
// npm package socket.io-msgpack-parser does. Handlers see no difference there
// either.
//
// Who wants sessions and messages without Socket.IO on top, as the npm package
// engine.io has them, finds them in package engine.
//
// # TLS
//
// [Server.ListenAndServeTLS] takes a certificate's files and notices when they
// are renewed. [Server.ListenTLS] takes a tls.Config, for client certificates,
// for several names, or for certificates from elsewhere, and goes beside
// [Server.Listen], as often as one likes:
//
//	srv.ListenTLS("tcp", ":8443", &tls.Config{GetCertificate: manager.GetCertificate})
//	log.Fatal(srv.Run(":8080"))
//
// All transports work over it. What is left open is set safely: TLS 1.2 and 1.3
// only, no suite without forward secrecy. [Handshake.TLS] tells about the
// connection and the client's certificate, http.Request.TLS likewise. A
// handshake runs in a goroutine that ends with it; what a flood of them can take
// is bounded (Config.MaxHandshakes, Config.TLSTimeout) and is never more than
// half of the processors.
//
// WebTransport, which clients from 4.7 on have in browsers, is HTTP/3 over UDP:
// package webtransport serves it beside, where Config.Transports names it.
//
// # Where clients come from
//
// A peer is a client, unless Config.TrustedProxies says that it is a proxy: then
// [Handshake.RemoteAddr], [Handshake.Secure] and the RemoteAddr of ordinary
// requests are what it says of its client. Config.VerifyRemoteIP binds sessions
// to addresses.
//
// Flash asks for a policy file before it opens a socket. With "flashsocket" in
// Config.Transports it gets one on the ports of the server itself, and on those
// in Config.FlashPolicy; package flashpolicy does it.
//
// # Coming from another server
//
// MIGRATING.md, beside this file, goes through TornadIO2, TornadIO 1, Node's
// servers from 0.9 to 4.x and other libraries for Go, call by call and setting
// by setting, and says what behaves differently and why.
//
// # Who is let in
//
// Config.AllowRequest decides about a connection before there is one, and may
// take its time: it runs in a goroutine. Config.Middleware takes middlewares of
// net/http for every request of clients 1.x to 4.x. [CORS] says which pages of
// other origins may read the answers; without it pages of 1.x to 4.x can use
// nothing but websockets from there. Config.OnConnectionError tells of who was refused.
//
// Browsers load the client from Config.ClientFiles, or are sent to Socket.IO's
// CDN.
//
// # Start and end
//
// [Server.ListenAndServe] is enough for most; [Server.Listen] and
// [Server.ListenTLS] open as many ports as one likes, [Server.Serve] takes
// listeners that others have opened, and [Server.Run] is a whole main, which
// ends in good order when the process is told to. [Server.Handle] has ordinary
// routes beside Socket.IO. Mistakes in the settings and registrations are logged
// when they are made, and returned by [Server.Err] and by all of these.
//
// [Server.Shutdown] closes each client in the words of its protocol, sends what
// is queued for it, and waits for handlers.
//
// # Memory
//
// An idle client of 4.x takes about 1.3 kB of the process. The heap is long
// lived, and messages in steady state add next to nothing to it, so that the
// collector has little to do. GOMEMLIMIT at nine tenths of what the process may
// have keeps a burst from being killed; it should be at least 1.7 times the live
// heap, for below that the collector takes the CPU. With many clients GOGC=200
// to 400 halves its work. bench/CAPACITY.md has what was measured.
//
// # Statistics and tests
//
// [Server.Stats] counts clients by transport and generation, packets, refusals,
// and ends by reason; [Server.StatsHandler] and [Server.PublishStats] show it.
//
// Package siotest has clients of every generation on a simulated network and
// clock, so that handlers are tested without sockets and without sleeping.
//
// # Bounds
//
// Whatever a client controls is bounded by a field of [Config]: sizes, counts,
// nesting, times, and the bytes that wait for it. Past a bound it gets the
// protocol's own error, and the others notice nothing.
package sio
