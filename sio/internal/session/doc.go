// Package session is one client's life, from the handshake to the close
// reason, in every generation of the protocol.
//
// A [Session] is plain state on one loop: an id, a queue of encoded messages,
// a heartbeat, and at most one transport that carries it. It knows neither
// HTTP nor Socket.IO packets. Below it stands a [Link], the transport; above
// it an [Owner], who gets the messages and, once, the reason of the end.
// Everything here runs on the loop that owns the session; a [Manager] holds
// the sessions of one loop.
//
// Where to look:
//
//   - session.go    the state, its transitions, what a transport reports
//   - queue.go      outgoing messages: order, bounds, the end of a turn
//   - heartbeat.go  who pings whom, and what silence means, by revision
//   - upgrade.go    from polling to websocket without losing or doubling
//   - aside.go      a transport that another one replaced, in revision 1
//   - close.go      every way to end
//   - manager.go    the sessions of a loop, by id
//   - id.go         ids that say which loop owns them
package session
