package scenario

import (
	"github.com/tornadio/tornadio/bench/internal/check"
	"github.com/tornadio/tornadio/bench/internal/client"
)

// broadcast has one client emit to everyone, itself too. In a closed loop the
// next one leaves when all have the last.
type broadcast struct {
	quiet
	streams []check.Stream // by receiver
	deaf    int            // receivers that never read: the first of all but the sender
	sent    int
	got     int // deliveries
	times   ring
	buf     []byte
}

func newBroadcast(r *Run) traffic {
	return &broadcast{quiet: quiet{r}, streams: make([]check.Stream, r.N)}
}

// newSlow lets some clients never read; for them nothing is checked, and a
// server may cut them.
func newSlow(r *Run) traffic {
	b := newBroadcast(r).(*broadcast)
	b.deaf = max(1, int(float64(r.N)*r.Slow))
	return b
}

func (b *broadcast) isDeaf(c *client.Client) bool { return c.Index > 0 && c.Index <= b.deaf }

func (b *broadcast) start() {
	for _, c := range b.r.clients {
		if b.isDeaf(c) {
			c.Pause()
		}
	}
	if b.r.Rate > 0 {
		b.r.pace(func(_ int, due int64) { b.send(due) })
		return
	}
	for range b.r.Inflight {
		b.send(now())
	}
}

func (b *broadcast) send(since int64) {
	b.times.put(b.sent, since)
	b.buf = b.r.msgs.Append(b.buf[:0], 0, b.sent)
	b.r.clients[0].Emit(-1, "all", b.buf)
	b.sent++
}

// OnEvent checks a delivery.
func (b *broadcast) OnEvent(c *client.Client, name, args []byte, _ [][]byte) {
	from, seq, ok := b.r.msgs.Parse(args)
	if !ok || from != 0 || seq >= b.sent || string(name) != "all" {
		b.r.corrupt(c, string(name), args)
		return
	}
	if b.isDeaf(c) || !b.r.see(&b.streams[c.Index], seq, c, aMessage, 0) {
		return
	}
	b.got++
	b.r.done(b.times.at(seq))
	if b.r.Rate == 0 && !b.r.stopping && b.got == (b.sent-b.r.Inflight+1)*(b.r.N-b.deaf) {
		b.send(now())
	}
}

// OnDown forgives the server for cutting those that do not read.
func (b *broadcast) OnDown(c *client.Client, err error) {
	if !b.isDeaf(c) {
		b.r.OnDown(c, err)
	}
}

func (b *broadcast) owed() int { return b.sent*(b.r.N-b.deaf) - b.got }

func (b *broadcast) finish() {
	for i, c := range b.r.clients {
		if !b.isDeaf(c) {
			b.r.end(&b.streams[i], b.sent, i, aMessage, 0)
		}
	}
}

// ring keeps when the last messages of a sender left.
type ring struct{ since []int64 }

// ringSize is how far a receiver may lag behind with its latency still known;
// beyond it, the oldest known time makes it look quicker than it was.
const ringSize = 256

func (r *ring) put(seq int, since int64) {
	if r.since == nil {
		r.since = make([]int64, ringSize)
	}
	r.since[seq%ringSize] = since
}

func (r *ring) at(seq int) int64 { return r.since[seq%ringSize] }
