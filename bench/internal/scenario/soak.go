package scenario

import (
	"time"

	"github.com/tornadio/tornadio/bench/internal/proc"
)

// The resident size of a process with a collector is a saw, and a short look at
// a rising tooth proves nothing. In a soak the server is told to collect from
// time to time, and what its heap holds then is what must be flat.

// Held is what a server holds right after a collection.
type Held struct {
	Second float64 `json:"second"`
	Heap   int64   `json:"heap_bytes,omitempty"` // in use; 0: the server can't tell
	RSS    int64   `json:"rss_bytes"`
}

// heldEvery is the shortest time between two looks; there are 40 in a run, so
// that their cost does not matter.
const (
	heldEvery = 5 * time.Second
	heldLooks = 40
)

// watchHeld looks until stop is called. The server is asked beside the loop,
// which goes on.
func (r *Run) watchHeld() (stop func()) {
	if r.Scenario != "soak" || r.target.Server == nil {
		return func() {}
	}
	step, on := max(heldEvery, r.Time/heldLooks), true
	var look func()
	look = func() {
		if !on {
			return
		}
		second := time.Since(r.began).Seconds()
		r.asking.Go(func() {
			m, err := r.target.Server.Collect()
			rss, rssErr := proc.ReadRSS(r.target.PID)
			r.loop.Post(func() {
				if err == nil && rssErr == nil && on {
					r.held = append(r.held, Held{second, max(0, m.Heap), rss})
				}
			})
		})
		r.loop.After(step, look)
	}
	look()
	return func() { on = false }
}
