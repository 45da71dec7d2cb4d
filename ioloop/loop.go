package ioloop

import (
	"sync"
	"sync/atomic"
	"time"
)

// Loop is one goroutine that runs the callbacks of its connections, its timers
// and what is posted to it, one after another. Methods are for the loop itself
// unless they say otherwise.
type Loop struct {
	// Any goroutine.
	group *Group
	index int
	poll  poller
	epoch time.Time // tick 0 of the wheel
	mail  mailbox
	owner atomic.Int64  // the goroutine that runs turns
	load  atomic.Int64  // its connections
	woken atomic.Bool   // poll.wake was called and wakeup is not yet through
	beat  atomic.Uint64 // odd while a callback runs; counts up at each border
	name  atomic.Pointer[string]

	// streamMu guards the stream fields of this loop's connections against
	// Conn.LocalAddr from other goroutines.
	streamMu sync.Mutex

	// Only the loop touches these.
	depth    int       // turns under way: 0, 1, or 2 when gnet closes inside a write
	now      time.Time // valid while fresh
	fresh    bool
	refusing bool   // Stop has begun
	sealed   func() // not nil: once the mailbox is empty, close it and tell

	current      *Conn     // its callback runs, so its cork goes out at its end
	conns        *Conn     // all, in a circular list
	dirty        []*Conn   // written to outside their own callback
	offers       []*Conn   // have kept input and a new handler
	leaving      []*Conn   // Close, CloseLinger or Move was called
	doomed       []*Conn   // to be ended at the end of this turn
	flushes      []Flusher // Defer
	spareFlushes []Flusher // the memory of the last batch's

	wheel   wheel
	armed   int64 // tick of the deadline set at the poller; valid if isArmed
	isArmed bool

	corks     *cork // free ones, of which there are corkCount
	corkCount int
	tails     *tail // free ones
	vecs      [][]byte
	tls       *tlsBuffers // nil before there is TLS
	names     map[string]*string
	lastName  *string // of names, the one set last
}

func newLoop(g *Group, index int) *Loop {
	l := &Loop{group: g, index: index}
	l.wheel.init(0)
	return l
}

// Index is the loop's place in Group.Loops. Any goroutine.
func (l *Loop) Index() int { return l.index }

// Group is the group the loop belongs to. Any goroutine.
func (l *Loop) Group() *Group { return l.group }

// InLoop tells whether it was called on this loop, from within a callback. Any
// goroutine.
func (l *Loop) InLoop() bool {
	// depth is the owner's, so it is read only by the owner.
	return l.owner.Load() == goroutineID() && l.depth > 0
}

// Post makes f run on the loop in a later turn, never inline. What one goroutine
// posts runs in that order. All that was accepted runs before an orderly Stop
// is through; after that Post gives ErrClosed. Any goroutine.
func (l *Loop) Post(f func()) error { return l.PostTask(funcTask(f)) }

// PostTask is Post without a closure. Any goroutine.
func (l *Loop) PostTask(t Task) error {
	open, first := l.mail.put(t)
	if !open {
		return ErrClosed
	}
	if first {
		l.wake()
	}
	return nil
}

// wake makes a wake turn come. Any goroutine.
func (l *Loop) wake() {
	if l.woken.CompareAndSwap(false, true) {
		l.poll.wake()
	}
}

// Now is the time on the backend's clock, read once a turn.
func (l *Loop) Now() time.Time {
	if !l.fresh {
		l.now, l.fresh = l.poll.now(), true
	}
	return l.now
}

// Flusher has something to do at the end of a batch of events.
type Flusher interface{ Flush() }

// Defer makes f.Flush run on the loop once the whole batch of ready events is
// done; the connections written to by then are flushed afterwards. What is
// deferred within a Flush belongs to the next batch.
func (l *Loop) Defer(f Flusher) {
	l.check()
	l.flushes = append(l.flushes, f)
}

// SetName names what runs now, for the watchdog and for reports of panics. It
// holds until it is set again or the callback ends.
func (l *Loop) SetName(name string) {
	if p := l.lastName; p == nil || *p != name {
		l.lastName = l.intern(name)
	}
	if l.name.Load() != l.lastName {
		l.name.Store(l.lastName)
	}
}

// maxNames bounds the names a loop remembers, should they be made up as they go.
const maxNames = 1024

// intern gives the same pointer for the same name, so that SetName does not
// allocate.
func (l *Loop) intern(name string) *string {
	if p, ok := l.names[name]; ok {
		return p
	}
	if l.names == nil || len(l.names) >= maxNames {
		l.names = make(map[string]*string)
	}
	p := new(string)
	*p = name
	l.names[name] = p
	return p
}

// seal closes the mailbox once it is empty, and calls done then. Any goroutine.
func (l *Loop) seal(done func()) {
	if l.Post(func() { l.sealed = done }) != nil {
		done()
	}
}

// eachConn calls f for the connections open now. f may close them.
func (l *Loop) eachConn(f func(*Conn)) {
	var all []*Conn
	for c := l.conns; c != nil; c = c.next {
		all = append(all, c)
		if c.next == l.conns {
			break
		}
	}
	for _, c := range all {
		f(c)
	}
}

func (l *Loop) link(c *Conn) {
	l.load.Add(1)
	if l.conns == nil {
		c.next, c.prev = c, c
		l.conns = c
		return
	}
	head, last := l.conns, l.conns.prev
	c.next, c.prev = head, last
	last.next, head.prev = c, c
}

func (l *Loop) unlink(c *Conn) {
	l.load.Add(-1)
	if c.next == c {
		l.conns = nil
	} else {
		c.next.prev, c.prev.next = c.prev, c.next
		if l.conns == c {
			l.conns = c.next
		}
	}
	c.next, c.prev = nil, nil
}
