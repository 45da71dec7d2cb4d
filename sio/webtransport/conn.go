package webtransport

import (
	"sync"
	"sync/atomic"
	"time"

	wt "github.com/quic-go/webtransport-go"

	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// conn is the half of a connection that has goroutines: one reads the stream
// and hands the packets to the loop, batch by batch, waiting each time until
// they are taken; one writes what the loop has queued.
type conn struct {
	request *request
	sess    *wt.Session
	str     *wt.Stream
	link    *link // nil until the first packet has come
	max     int   // bytes of a message

	// The reader's; the loop's while a batch is being taken.
	in      []byte
	packets []packet // they lie in in
	fault   error    // a packet that can't be read
	end     error    // of the stream
	taken   chan struct{}

	// Of what is written: see write.go.
	mu       sync.Mutex
	out      []session.Message
	ending   bool // once out is empty
	gone     bool // nothing is written any more
	wake     chan struct{}
	written  chan struct{} // closed with the writer's end
	backlog  atomic.Int64  // bytes that Send took and the stream did not
	stuck    atomic.Bool   // the loop waits to hear that the backlog is gone
	parting  sync.Once
	anything bool // was written
}

// packet is one that was read.
type packet struct {
	data   []byte
	binary bool
}

func newConn(r *request, str *wt.Stream, max int) *conn {
	return &conn{request: r, sess: r.sess, str: str, max: max, taken: make(chan struct{}, 1), wake: make(chan struct{}, 1), written: make(chan struct{})}
}

// The read buffer grows with what a message has, and shrinks again.
const (
	minRead  = 2 << 10
	keepRead = 16 << 10
)

// fill reads some of the stream.
func (c *conn) fill() error {
	if len(c.in) == cap(c.in) {
		c.in = append(make([]byte, 0, max(minRead, 2*cap(c.in))), c.in...)
	}
	n, err := c.str.Read(c.in[len(c.in):cap(c.in)])
	c.in = c.in[:len(c.in)+n]
	return err
}

// drop forgets the first n bytes read.
func (c *conn) drop(n int) {
	rest := c.in[n:]
	if cap(c.in) > keepRead && len(rest) < minRead {
		c.in = make([]byte, 0, minRead)
	}
	c.in = append(c.in[:0], rest...)
}

// first reads the packet that says what the client wants.
func (c *conn) first() (sid string, ok bool) {
	for {
		end := c.fill()
		p, binary, used, err := payload.NextStream(c.in, firstPacket)
		switch {
		case err != nil, used == 0 && end != nil:
			return "", false
		case used > 0:
			sid, ok = openPacket(p, binary)
			c.drop(used)
			return sid, ok
		}
	}
}

// read reads until the stream ends, or brings what can't be read, and the loop
// knows. It reports false if the loop is not there any more.
func (c *conn) read(stopped <-chan struct{}) bool {
	for {
		used := c.split()
		if len(c.packets) > 0 || c.fault != nil || c.end != nil {
			if !c.deliver(stopped) {
				return false
			}
			if c.fault != nil || c.end != nil {
				return true
			}
			c.drop(used)
		}
		c.end = c.fill()
	}
}

// split finds the packets that have come whole.
func (c *conn) split() (used int) {
	clear(c.packets)
	c.packets = c.packets[:0]
	for {
		p, binary, n, err := payload.NextStream(c.in[used:], c.max)
		if n == 0 || err != nil {
			c.fault = err
			return used
		}
		used += n
		c.packets = append(c.packets, packet{p, binary})
	}
}

// deliver has the loop take what was read, and waits for it: a client that
// sends faster than its messages are handled is held up by QUIC.
func (c *conn) deliver(stopped <-chan struct{}) bool {
	if c.link.loop.PostTask(c) != nil {
		return false
	}
	select {
	case <-c.taken:
		return true
	case <-stopped:
		return false
	}
}

// Run implements ioloop.Task.
func (c *conn) Run() {
	defer func() { c.taken <- struct{}{} }()
	c.link.take(c.packets, c.fault, c.end)
}

// part ends the WebTransport session at once, in good order: see goodbye.go.
// What is not written yet stays so.
func (c *conn) part() {
	c.parting.Do(func() {
		_ = c.str.SetWriteDeadline(time.Now())
		c.request.goodbye()
	})
}

// patience is longer than what was written needs to arrive, a loss included.
func (c *conn) patience() time.Duration {
	return min(100*time.Millisecond+4*c.request.peer.conn.ConnectionStats().SmoothedRTT, maxPatience)
}

const maxPatience = time.Second
