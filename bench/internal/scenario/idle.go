package scenario

import "github.com/tornadio/tornadio/bench/internal/client"

// idle clients have joined, answer heartbeats, and nothing else.
type idle struct{ quiet }

func newIdle(r *Run) traffic { return idle{quiet{r}} }

// heartbeat counts the heartbeats of idle clients. They come when they come:
// measure for as long as the server's interval, or a multiple.
type heartbeat struct {
	quiet
	at    []int
	timer func()
}

func newHeartbeat(r *Run) traffic { return &heartbeat{quiet: quiet{r}, at: make([]int, r.N)} }

func (h *heartbeat) start() {
	h.r.every(func() { h.count() })
}

// count adds up the heartbeats since the last time.
func (h *heartbeat) count() {
	for i, c := range h.r.clients {
		h.r.ops += int64(c.Pings - h.at[i])
		h.at[i] = c.Pings
	}
}

// presence: see presence.go.

var _ client.Handler = idle{}
