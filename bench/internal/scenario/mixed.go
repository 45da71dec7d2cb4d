package scenario

import (
	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// mixed is rooms at a fixed rate with clients of every kind side by side: 4.x
// over websocket, polling and the upgrade, 0.9 over websocket and xhr-polling.
func newMixed(r *Run) traffic {
	kinds := []struct {
		proto     wire.Proto
		transport client.Transport
	}{
		{wire.EIO4, client.WebSocket}, {wire.EIO4, client.WebSocket}, {wire.Rev1, client.WebSocket},
		{wire.EIO4, client.Polling}, {wire.EIO4, client.Upgrade}, {wire.Rev1, client.Polling},
	}
	r.opts = nil
	for _, k := range kinds {
		o := r.Options
		o.Proto, o.Transport = k.proto, k.transport
		r.opts = append(r.opts, r.clientOptions(o))
	}
	if r.Rate == 0 {
		r.Rate = float64(r.N) / 10 // each says something every ten seconds
	}
	return newRooms(r)
}
