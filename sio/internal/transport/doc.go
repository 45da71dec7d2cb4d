// Package transport carries sessions over what browsers had and have: each
// file is one transport and implements [session.Link].
//
//   - websocket.go  RFC 6455 and hybi 7 to 12, both generations; also the probe of an upgrade
//   - deflate.go    permessage-deflate for websockets
//   - polling.go    Engine.IO polling
//   - form.go       how its bodies are written: revision, base64, JSONP
//   - eio3.go       bodies and frames of revision 3
//   - xhr.go        xhr-polling of revision 1
//   - jsonp.go      jsonp-polling of revision 1: answers are scripts
//   - poll1.go      what those two have in common
//   - htmlfile.go   the endless page of revision 1, for Internet Explorer
//   - hixie.go      the websocket of Flash and of 2010: hixie-76
//   - socket.go     what the two websockets have in common: also the check, which
//     holds one back until its client has been heard
//
// A transport lives on its session's loop. The HTTP side of polling is an
// [Exchange]: a request that waits for its answer, possibly on a connection
// of another loop.
package transport
