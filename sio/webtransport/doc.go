// Package webtransport serves Engine.IO over WebTransport (HTTP/3), the third
// transport of Socket.IO's clients from 4.7 on, where a browser has it. It stands
// beside a server of package sio or engine:
//
//	srv := sio.New(sio.Config{Transports: []string{"polling", "websocket", "webtransport"}})
//	cfg := &tls.Config{GetCertificate: cert.GetCertificate}
//	srv.ListenTLS("tcp", ":8443", cfg)
//	webtransport.Listen(srv, ":8443", webtransport.Config{TLS: cfg}) // UDP, the same number
//	log.Fatal(srv.Wait())
//
// or, in one call, [ListenAndServe]. The transport is off unless the Config of
// the server names it, as in the reference; a server that names it and has no
// port for it does not start.
//
// To the handlers nothing changes: Socket.Transport is "webtransport",
// Stats.Transports counts it, and pings, message and queue limits, namespaces,
// broadcasts and recovery are what they are elsewhere. Clients begin with it, or
// with polling, and change to it then.
//
// # Who is let in
//
// AllowRequest, Middleware and GenerateID of the server's Config are asked about
// the request of each WebTransport session, in a goroutine, with AskTimeout and
// MaxAsking; a refusal is its status. With CORS set, a page of another origin is
// let in if CORS lets it read answers; without, every page is, as over a
// websocket. Browsers send no cookies with such a request. The reference server
// has no request there: it asks nobody, cannot make ids of one's own, and closes
// every WebTransport session as soon as a middleware is in use, cors among them.
//
// The address of a client is that of its UDP packets: proxies are not asked.
//
// One stream carries all packets. A client has Config.UpgradeTimeout of the
// server to open it and to say what it wants; what comes first and is neither a
// new session nor one that polls ends the WebTransport session, and so does a
// packet that can't be read. Further streams and datagrams are not looked at.
//
// # What it costs
//
// QUIC is not for an event loop: quic-go runs a handful of goroutines for each
// connection, and this package one that reads and one that writes. With the
// buffers of TLS and QUIC an idle client takes some 120 kB of resident memory,
// where a websocket takes less than two. The clients of the other transports
// pay nothing, and programs that do not import this package do not link quic-go.
// All work of a session is done on its loop as ever: the goroutines only carry
// bytes.
//
// Bounds: Config.MaxConns and HandshakeTimeout here; MaxSessions, MaxMessage,
// MaxQueue and MaxHeader of the server; and for each connection 16 streams, 512
// KiB that it may have sent without being read, 10 s without a session.
package webtransport
