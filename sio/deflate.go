package sio

// Deflate turns on the compression of websocket messages (permessage-deflate,
// RFC 7692), for clients 1.x to 4.x that offer it: see
// [Config.PerMessageDeflate]. The zero value works.
//
// Without ContextTakeover an idle client pays nothing for it, and a message for
// many receivers is compressed once.
type Deflate struct {
	// Threshold is the size in bytes from which on a message is compressed.
	// Zero: 1024, as the reference.
	Threshold int
	// ContextTakeover lets messages refer to those before them on the same
	// connection, in both directions, which makes small similar messages much
	// smaller; each connection then keeps up to 40 KiB, and a message for many
	// is compressed for each of them. A client that asks for no takeover gets
	// none.
	ContextTakeover bool
	// MaxContexts is how many connections may have a context, spread over the
	// loops; those that come later are compressed without. Zero: 1000.
	MaxContexts int
}
