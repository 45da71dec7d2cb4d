package ioloop

import (
	"sync"
	"sync/atomic"

	"github.com/valyala/bytebufferpool"
)

// Buf is bytes shared by many connections of many loops: encoded once, written
// to each of them without a copy, and given back to a pool when the last
// reference is released. Fill it first and share it then; shared bytes must not
// change.
type Buf struct {
	b    *bytebufferpool.ByteBuffer
	refs atomic.Int32
	alt  atomic.Pointer[Buf]
}

// keepBuf is the most capacity that goes back to the pool.
const keepBuf = 64 << 10

var (
	bufPool bytebufferpool.Pool // of bytes
	bufs    = sync.Pool{New: func() any { return new(Buf) }}
)

// NewBuf gives an empty Buf with one reference. A Buf whose last reference is
// released is given out again, so that who goes on using it sees another's
// bytes; builds with the race detector make a new one each time.
func NewBuf() *Buf {
	b := bufs.Get().(*Buf)
	b.b = bufPool.Get()
	b.refs.Store(1)
	return b
}

// Bytes gives the bytes; valid as long as a reference is held.
func (b *Buf) Bytes() []byte { return b.b.B }

// Len is how many bytes it holds.
func (b *Buf) Len() int { return len(b.b.B) }

// Append adds p.
func (b *Buf) Append(p ...byte) { b.b.B = append(b.b.B, p...) }

// SetBytes makes p the bytes, of which the Buf is the owner from now on:
// b.SetBytes(appendFrame(b.Bytes(), …)).
func (b *Buf) SetBytes(p []byte) { b.b.B = p }

// Alt is another form of the same bytes, e.g. compressed, that one of those who
// share them has made; nil if nobody has. It is valid as long as a reference of
// b is held. Any goroutine.
func (b *Buf) Alt() *Buf { return b.alt.Load() }

// SetAlt makes alt the other form for all who share b, and takes over its
// reference. It returns the one that counts: another's, if that was there
// first. Any goroutine.
func (b *Buf) SetAlt(alt *Buf) *Buf {
	if b.alt.CompareAndSwap(nil, alt) {
		return alt
	}
	alt.Release()
	return b.alt.Load()
}

// Retain adds a reference. Any goroutine that holds one.
func (b *Buf) Retain() *Buf {
	b.refs.Add(1)
	return b
}

// Release gives up a reference. Any goroutine.
func (b *Buf) Release() {
	switch n := b.refs.Add(-1); {
	case n > 0:
		return
	case n < 0:
		panic("ioloop: Buf released more often than retained")
	}
	if cap(b.b.B) <= keepBuf {
		bufPool.Put(b.b)
	}
	b.b = nil
	if b.alt.Load() != nil {
		b.alt.Swap(nil).Release()
	}
	if !checked {
		bufs.Put(b)
	}
}
