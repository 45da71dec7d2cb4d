// Package engine is a server for Engine.IO alone: sessions and messages over
// websockets and polling, without what Socket.IO puts on top (events,
// namespaces, rooms, acknowledgements). It is to package sio what the npm
// package engine.io is to socket.io; its clients are engine.io-client of the
// revisions 3 (1.x to 3.x) and 4 (4.x to 6.x).
//
//	srv := engine.New(engine.Config{})
//	srv.OnMessage(func(c *engine.Socket, m engine.Message) {
//		c.Send("you said " + m.Text())
//	})
//	log.Fatal(srv.ListenAndServe(":8001"))
//
// # Connections
//
// [Accept] makes every connection a value of your own struct, with [Socket]
// embedded: its methods OnOpen, OnMessage, OnUpgrade and OnClose are the
// handlers, and its fields the connection's state. [Server.OnOpen] and its like
// are the same for handlers that are functions.
//
// OnOpen sees the [Handshake] (query, headers, cookies, address, TLS) before it
// is answered, and refuses the client with an error. OnClose is told a [Reason]
// in the reference's words.
//
// # Messages
//
// A message is text or binary data; which, is kept on the way in both
// directions and over every transport. [Server.Send] and [Server.SendPacket]
// send one to everyone, encoded once.
//
// Texts to clients of revision 3 go as they are. engine.io-client 1.0 to 1.8
// decodes a text of the polling transport twice, as UTF-8 of UTF-8: there ASCII
// alone arrives unchanged. What such a client sends is read either way.
//
// # Threads
//
// A server has one event loop for each CPU, and each session lives on one of
// them. All callbacks of a session run on its loop, in order, one at a time,
// and must not block it; what waits belongs into a goroutine, and its result
// comes back with [Socket.Do]. Every method is safe from any goroutine. A
// callback that panics costs its client the session, and no one else anything.
//
// # Around it
//
// Transports, heartbeats, upgrades, JSONP, permessage-deflate, CORS, cookies,
// middlewares, who is let in ([Config.AllowRequest]), TLS, proxies, ordinary
// routes ([Server.Handle]) and shutdown are what they are in package sio, and
// made of the same code. Whatever a client controls is bounded by a field of
// [Config].
//
// Tests need no sockets: World.Engine of package siotest makes a server on a
// simulated network.
package engine
