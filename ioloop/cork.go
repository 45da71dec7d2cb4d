package ioloop

// cork holds what a turn writes to one connection until it leaves in one write.
// A loop keeps the free ones.
type cork struct {
	own  []byte // copied bytes, of all pieces that are not shared
	segs []piece
	size int // bytes in all
	next *cork
}

// piece is a stretch of own, or the bytes of buf from offset from on.
type piece struct {
	from, to int
	buf      *Buf
}

const (
	// copyBelow is up to which size shared bytes are copied: cheaper than one
	// more vector in the write.
	copyBelow = 512

	// keepOwn is the most capacity a free cork keeps.
	keepOwn = 64 << 10

	// keepCorks is how many free corks a loop keeps.
	keepCorks = 256
)

// Write queues a copy of p. It leaves when the callback of this connection ends,
// together with all else that was queued; written from elsewhere, at the end of
// the batch of events. On a closed connection it is dropped.
func (c *Conn) Write(p []byte) {
	if len(p) == 0 || !c.writable() {
		return
	}
	c.corked().copy(p)
}

// WriteBuf queues b.Bytes()[off:] without copying. It takes over one reference,
// which it releases when the bytes have been handed on. off is 0 to b.Len().
func (c *Conn) WriteBuf(b *Buf, off int) {
	n := b.Len() - off
	if n <= 0 || !c.writable() {
		b.Release()
		return
	}
	k := c.corked()
	if n <= copyBelow {
		k.copy(b.Bytes()[off:])
		b.Release()
		return
	}
	k.segs = append(k.segs, piece{from: off, buf: b})
	k.size += n
}

// Flush writes what is queued now. The turn does it by itself; this is for a
// callback which goes on for long.
func (c *Conn) Flush() {
	c.check()
	c.flush()
}

func (c *Conn) writable() bool {
	c.check()
	return c.state <= moving || c.state == parting
}

// corked gives the cork of c, and sees to its being flushed.
func (c *Conn) corked() *cork {
	l := c.Loop()
	if c.cork == nil {
		c.cork = l.newCork()
	}
	if l.current != c && !c.isDirty {
		c.isDirty = true
		l.dirty = append(l.dirty, c)
	}
	return c.cork
}

// flush hands the cork to the stream. A moving connection takes it along.
func (c *Conn) flush() {
	k := c.cork
	if k == nil || c.state == moving || c.state == away {
		return
	}
	c.cork = nil
	l := c.Loop()
	if c.stream != nil && c.state != doomed {
		c.writev(l, k)
	}
	l.freeCork(k)
}

func (c *Conn) writev(l *Loop, k *cork) {
	l.vecs = k.appendTo(l.vecs[:0])
	s := c.stream
	err := s.writev(l.vecs)
	clear(l.vecs)
	switch {
	case err != nil:
		l.setStream(c, nil) // it is dead
		c.doom(err)
	case c.state < doomed && s.buffered() > 0:
		c.watch()
	}
}

func (k *cork) copy(p []byte) {
	from := len(k.own)
	k.own = append(k.own, p...)
	k.size += len(p)
	if n := len(k.segs); n > 0 && k.segs[n-1].buf == nil {
		k.segs[n-1].to = len(k.own)
		return
	}
	k.segs = append(k.segs, piece{from: from, to: len(k.own)})
}

func (k *cork) appendTo(vecs [][]byte) [][]byte {
	for i := range k.segs {
		p := &k.segs[i]
		if p.buf != nil {
			vecs = append(vecs, p.buf.Bytes()[p.from:])
		} else {
			vecs = append(vecs, k.own[p.from:p.to])
		}
	}
	return vecs
}

func (l *Loop) newCork() *cork {
	k := l.corks
	if k == nil {
		return new(cork)
	}
	l.corks, k.next = k.next, nil
	l.corkCount--
	return k
}

// freeCork gives up what k holds and keeps k for later.
func (l *Loop) freeCork(k *cork) {
	for i := range k.segs {
		if b := k.segs[i].buf; b != nil {
			b.Release()
		}
	}
	clear(k.segs)
	k.segs, k.own, k.size = k.segs[:0], k.own[:0], 0
	if cap(k.own) > keepOwn {
		k.own = nil
	}
	if cap(k.segs) > keepTasks {
		k.segs = nil
	}
	if l.corkCount < keepCorks {
		k.next, l.corks = l.corks, k
		l.corkCount++
	}
}
