// Package web is the HTTP side of a server: requests come in, transports go
// out, and everything else goes to an ordinary http.Handler.
//
// A [Front] is shared by all loops; each loop has a [Shard]; each connection,
// until a websocket takes it over, a [Conn]. A request that names a session of
// another loop is handed over as a message and its answer handed back (see
// remote.go); a websocket for such a session moves its connection first (see
// upgrade.go).
//
//   - front.go     what all loops share, and the interface that web calls upwards
//   - conn.go      one connection: heads, bodies, deadlines, one request at a time
//   - answer.go    writing answers; Conn as an exchange
//   - route.go     whose request is it
//   - engine.go    Engine.IO 4: handshake, polls, posts, refusals
//   - rev1.go      the same for revision 1
//   - upgrade.go   websocket handshakes
//   - remote.go    requests for sessions of other loops
//   - options.go   what few servers set; extra.go is what few requests need
//   - ask.go       asking the application, which may wait; middleware.go
//   - hooks.go     telling it
//   - cors.go      CORS as bytes; origin.go applies it
//   - compress.go  compressed polls
//   - serve.go     ordinary routes, run in goroutines; body.go and writer.go
//     are their request and response
package web
