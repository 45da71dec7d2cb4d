package sio

import "github.com/tornadio/tornadio/sio/internal/web"

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

func (d *Deflate) web() *web.Deflate {
	if d == nil {
		return nil
	}
	cfg := &web.Deflate{Threshold: d.Threshold, Takeover: d.ContextTakeover, MaxContexts: d.MaxContexts}
	set(&cfg.Threshold, 1024)
	set(&cfg.MaxContexts, 1000)
	return cfg
}

// check looks for mistakes.
func (d *Deflate) check(bad func(ok bool, format string, args ...any)) {
	if d == nil {
		return
	}
	bad(d.Threshold >= 0, "PerMessageDeflate.Threshold is %d: write a positive number of bytes, or 0 for the default", d.Threshold)
	bad(d.MaxContexts >= 0, "PerMessageDeflate.MaxContexts is %d: write a positive number, or 0 for the default", d.MaxContexts)
}
