// Package transport carries sessions over what browsers had and have: each
// file is one transport and implements [session.Link].
//
//   - websocket.go  RFC 6455, both generations; also the probe of an upgrade
//   - polling.go    Engine.IO 4 polling
//   - xhr.go        xhr-polling of revision 1
//
// A transport lives on its session's loop. The HTTP side of polling is an
// [Exchange]: a request that waits for its answer, possibly on a connection
// of another loop.
package transport
