package scenario

import (
	"time"

	"github.com/tornadio/tornadio/bench/internal/client"
)

// warmClients are connected first, so that what a server's first connections
// set up is not counted for the others.
const warmClients = 50

// connectTime bounds the connecting of all clients: so much for each, and some.
const (
	connectEach = 5 * time.Millisecond
	connectSome = 30 * time.Second
)

// connect brings all clients up, and measures their memory.
func (r *Run) connect() error {
	if r.Scenario == "connect" {
		return nil // that is what it measures by itself
	}
	if err := r.connectTo(min(warmClients, r.N)); err != nil {
		return err
	}
	if err := r.meter.memoryBefore(); err != nil {
		return err
	}
	began, had := time.Now(), r.ready
	if err := r.connectTo(r.N); err != nil || r.over() {
		return err
	}
	if err := r.until(50 * time.Millisecond); err != nil { // for what comes behind
		return err
	}
	return r.meter.memoryAfter(r.N-had, time.Since(began))
}

// connectTo connects until n clients have joined.
func (r *Run) connectTo(n int) error {
	limit := connectSome + time.Duration(n)*connectEach
	if r.Joining > 0 {
		limit = r.Joining
	}
	defer r.every(r.showConnecting())()
	ok, err := r.loop.Run(time.Now().Add(limit), func() bool {
		for r.dialled < n && r.dialled-r.ready < r.Dialling && r.note == "" {
			r.dial(r.dialled)
			r.dialled++
		}
		return r.ready >= n || r.over()
	})
	if err == nil && !ok {
		r.tell("only %d of %d clients joined in %v", r.ready, n, limit)
	}
	return err
}

// dial begins client number i.
func (r *Run) dial(i int) *client.Client {
	c, err := client.Dial(r.loop, r.opts[i%len(r.opts)], r.source(i), i, r)
	if err != nil {
		r.tell("client %d: %v", i, err)
		c.Close()
	}
	r.clients = append(r.clients, c)
	return c
}

// The Run is the handler of its clients, and hands on to the scenario.

// OnReady implements client.Handler.
func (r *Run) OnReady(c *client.Client) {
	r.ready++
	r.traffic.OnReady(c)
}

// OnEvent implements client.Handler.
func (r *Run) OnEvent(c *client.Client, name, args []byte, bin [][]byte) {
	r.traffic.OnEvent(c, name, args, bin)
}

// OnAck implements client.Handler.
func (r *Run) OnAck(c *client.Client, id int, args []byte, bin [][]byte) {
	r.traffic.OnAck(c, id, args, bin)
}

// quiet is the part of a scenario that has nothing to say.
type quiet struct{ r *Run }

func (quiet) OnReady(*client.Client) {}
func (q quiet) OnEvent(c *client.Client, name, args []byte, _ [][]byte) {
	q.r.corrupt(c, string(name), args)
}
func (q quiet) OnAck(c *client.Client, _ int, args []byte, _ [][]byte) {
	q.r.corrupt(c, "an acknowledgement", args)
}
func (q quiet) OnDown(c *client.Client, err error) { q.r.OnDown(c, err) }
func (quiet) start()                               {}
func (quiet) owed() int                            { return 0 }
func (quiet) finish()                              {}
