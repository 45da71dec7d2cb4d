package webtransport

import (
	"sync"
	"time"

	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Writing. The loop appends to out and wakes the writer, which takes all that
// is there, puts it behind one another, and writes it to the stream, where it
// blocks while the peer's windows are full. Above highWater the link is not
// ready: the rest stays in the session's queue, whose bound (MaxQueue) counts
// the backlog too. At lowWater the session goes on.
const (
	highWater = 64 << 10
	lowWater  = 16 << 10

	gather  = 16 << 10 // a message that does not fit with others is written alone
	keepOut = 256      // messages for which an idle connection keeps room
)

var gathers = sync.Pool{New: func() any { b := make([]byte, 0, gather); return &b }}

// emptyBinary stands for a binary message of no bytes, as a text in base64: the
// reference's decoder takes an empty packet for an error.
var emptyBinary = []byte{1, 'b'}

// ready reports whether more may be sent. Where it may not the loop is told
// later.
func (c *conn) ready() bool {
	if c.backlog.Load() <= highWater {
		return true
	}
	c.stuck.Store(true)
	return c.backlog.Load() <= lowWater // the writer may have passed it just now
}

// send queues messages. It runs on the loop.
func (c *conn) send(ms []session.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		release(ms)
		return
	}
	n := 0
	for _, m := range ms {
		n += len(m.Payload())
	}
	c.backlog.Add(int64(n))
	c.out = append(c.out, ms...)
	c.nudge()
}

// finish ends the connection once all that was sent is written. A peer that
// does not read is not waited for.
func (c *conn) finish() {
	c.mu.Lock()
	c.ending = true
	c.mu.Unlock()
	_ = c.str.SetWriteDeadline(time.Now().Add(maxGoodbye))
	c.nudge()
}

func (c *conn) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// write is the writer.
func (c *conn) write() {
	defer close(c.written)
	var batch []session.Message
	for {
		batch = c.next(batch)
		if len(batch) == 0 {
			break
		}
		err := c.writeAll(batch)
		c.release(batch)
		if err != nil {
			break
		}
		if c.backlog.Load() <= lowWater && c.stuck.Swap(false) {
			_ = c.link.loop.Post(c.writable)
		}
	}
	c.mu.Lock()
	c.gone = true
	left, ending := c.out, c.ending
	c.out = nil
	c.mu.Unlock()
	c.release(left)
	if ending && c.anything && c.sess.Context().Err() == nil {
		c.linger()
	}
	c.part()
}

// next waits for messages. It gives none when the connection ends.
func (c *conn) next(spare []session.Message) []session.Message {
	clear(spare)
	if cap(spare) > keepOut {
		spare = nil
	}
	for {
		c.mu.Lock()
		if len(c.out) > 0 {
			batch := c.out
			c.out = spare[:0]
			c.mu.Unlock()
			return batch
		}
		ending := c.ending
		c.mu.Unlock()
		if ending {
			return nil
		}
		select {
		case <-c.wake:
		case <-c.sess.Context().Done():
			return nil
		}
	}
}

// writable runs on the loop.
func (c *conn) writable() {
	if !c.link.done {
		c.link.s.Flush()
	}
}

// release gives back what was written, or never will be.
func (c *conn) release(ms []session.Message) {
	n := 0
	for _, m := range ms {
		n += len(m.Payload())
	}
	release(ms)
	c.backlog.Add(-int64(n))
}

func release(ms []session.Message) {
	for _, m := range ms {
		m.Buf.Release()
	}
}

// writeAll writes messages, small ones together.
func (c *conn) writeAll(ms []session.Message) error {
	room := gathers.Get().(*[]byte)
	defer gathers.Put(room)
	b := (*room)[:0]
	c.anything = true
	for _, m := range ms {
		p := m.Payload()
		if len(b)+payload.MaxStreamHeader+len(p) > gather && len(b) > 0 {
			if _, err := c.str.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
		if len(p) == 0 && m.Binary {
			b = append(b, emptyBinary...)
			continue
		}
		b = payload.AppendStreamHeader(b, len(p), m.Binary)
		if len(b)+len(p) <= gather {
			b = append(b, p...)
			continue
		}
		if _, err := c.str.Write(b); err != nil {
			return err
		}
		b = b[:0]
		if _, err := c.str.Write(p); err != nil {
			return err
		}
	}
	if len(b) == 0 {
		return nil
	}
	_, err := c.str.Write(b)
	return err
}

// linger ends the stream. What was written last would be lost with the end of
// the session, so the peer gets some time to read it.
func (c *conn) linger() {
	_ = c.str.Close()
	select {
	case <-c.sess.Context().Done():
	case <-time.After(c.patience()):
	}
}
