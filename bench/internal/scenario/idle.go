package scenario

import (
	"time"

	"github.com/tornadio/tornadio/bench/internal/client"
)

// idle clients have joined, answer heartbeats, and nothing else.
type idle struct {
	quiet
	began time.Time
	at    []int // heartbeats of each client when it began
}

func newIdle(r *Run) traffic { return &idle{quiet: quiet{r}, at: make([]int, r.N)} }

func (h *idle) start() {
	h.began = time.Now()
	for i, c := range h.r.clients {
		h.at[i] = c.Pings
	}
}

// lateBeat is how late a heartbeat may be.
const lateBeat = 5 * time.Second

// finish counts the heartbeats that were due and never came.
func (h *idle) finish() {
	for i, c := range h.r.clients {
		every := c.Interval()
		if every <= 0 || h.r.Rest {
			continue
		}
		if due := int((time.Since(h.began) - lateBeat) / every); c.Pings-h.at[i] < due {
			h.r.faults.Lost += due - (c.Pings - h.at[i])
			h.r.tell("client %d got %d heartbeats in %v, and the server had promised one every %v", i, c.Pings-h.at[i], time.Since(h.began).Round(time.Second), every)
		}
	}
}

// heartbeat counts the heartbeats of idle clients. They come when they come:
// measure for as long as the server's interval, or a multiple.
type heartbeat struct {
	idle
	counted []int
}

func newHeartbeat(r *Run) traffic {
	return &heartbeat{*newIdle(r).(*idle), make([]int, r.N)}
}

func (h *heartbeat) start() {
	h.idle.start()
	copy(h.counted, h.at)
	h.r.every(h.count)
}

// count adds up the heartbeats since the last time.
func (h *heartbeat) count() {
	for i, c := range h.r.clients {
		h.r.ops += int64(c.Pings - h.counted[i])
		h.counted[i] = c.Pings
	}
}

var _ client.Handler = idle{}
