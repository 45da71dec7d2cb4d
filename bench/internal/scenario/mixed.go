package scenario

import (
	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

type kind struct {
	proto     wire.Proto
	transport client.Transport
}

// mixedKinds are the clients of mixed, in turn.
func mixedKinds(o Options) []kind {
	if o.Alone {
		p := o.Proto
		return []kind{{p, client.WebSocket}, {p, client.WebSocket}, {p, client.Polling}, {p, client.Upgrade}}
	}
	return []kind{
		{wire.EIO4, client.WebSocket}, {wire.EIO4, client.WebSocket}, {wire.Rev1, client.WebSocket},
		{wire.EIO4, client.Polling}, {wire.EIO4, client.Upgrade}, {wire.Rev1, client.Polling},
	}
}

// mixed is rooms at a fixed rate with clients of every kind side by side: 4.x
// over websocket, polling and the upgrade, 0.9 over websocket and xhr-polling;
// or those of one protocol alone.
func newMixed(r *Run) traffic {
	r.opts = nil
	for _, k := range mixedKinds(r.Options) {
		o := r.Options
		o.Proto, o.Transport = k.proto, k.transport
		r.opts = append(r.opts, r.clientOptions(o))
	}
	if r.Rate == 0 {
		r.Rate = float64(r.N) / 10 // each says something every ten seconds
	}
	return newRooms(r)
}
