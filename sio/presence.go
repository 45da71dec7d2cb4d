package sio

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// Which loops have members of a room: what a sender asks, so that a broadcast
// goes to those loops only. Readers take no lock: they walk chains whose cells
// are never changed but for their links, in a table that is replaced when it
// grows. Writers take the lock of one stripe; there are few of them, since only
// the first member of a room on a loop, and the last one, change anything.
//
// A loop counts as present, too, while something that was promised to it is on
// its way: a join that another goroutine has posted. So who joins a socket from
// elsewhere and then sends to the room reaches it, as the order of the calls
// says.

const stripes = 16

// roomTable is the presence of all rooms of a namespace.
type roomTable struct {
	seed    maphash.Seed
	words   int // of a loopSet, beyond the first
	stripes [stripes]stripe
	// changed is told that a room came into being or ceased to be. It is called
	// with the stripe locked, so that the calls for one room are in order.
	changed func(p *presence, created bool)
}

type stripe struct {
	mu      sync.Mutex
	count   int
	buckets atomic.Pointer[[]atomic.Pointer[cell]]
}

// cell is a link of a chain.
type cell struct {
	p    *presence
	next atomic.Pointer[cell]
}

// presence is where one room is.
type presence struct {
	name   string
	hash   uint64
	legacy atomic.Int32 // members of revision 1, on all loops
	loops  loopBits     // for senders: members or promises

	// Under the stripe's lock.
	members  int // loops that have members
	promises []promise
	own      cell // the first cell, in the same allocation
}

// promise counts what is on its way to a room on one loop.
type promise struct{ loop, count int }

// loopBits is a set of loops that changes under readers.
type loopBits struct {
	first atomic.Uint64
	more  []atomic.Uint64 // of loops from 64 on
}

func (b *loopBits) word(loop int) *atomic.Uint64 {
	if loop < 64 {
		return &b.first
	}
	return &b.more[loop/64-1]
}

func (b *loopBits) set(loop int)   { b.word(loop).Or(1 << (loop % 64)) }
func (b *loopBits) clear(loop int) { b.word(loop).And(^uint64(1 << (loop % 64))) }

func (b *loopBits) empty() bool {
	if b.first.Load() != 0 {
		return false
	}
	for i := range b.more {
		if b.more[i].Load() != 0 {
			return false
		}
	}
	return true
}

// loopSet is a set of loops: a value as long as there are at most 64.
type loopSet struct {
	first uint64
	more  []uint64
}

func (s *loopSet) add(b *loopBits) {
	s.first |= b.first.Load()
	for i := range b.more {
		if s.more == nil {
			s.more = make([]uint64, len(b.more))
		}
		s.more[i] |= b.more[i].Load()
	}
}

func (s *loopSet) addLoop(loop, words int) {
	if loop < 64 {
		s.first |= 1 << loop
		return
	}
	if s.more == nil {
		s.more = make([]uint64, words)
	}
	s.more[loop/64-1] |= 1 << (loop % 64)
}

func (s *loopSet) has(loop int) bool {
	if loop < 64 {
		return s.first&(1<<loop) != 0
	}
	return s.more != nil && s.more[loop/64-1]&(1<<(loop%64)) != 0
}

func (t *roomTable) init(loops int, changed func(p *presence, created bool)) {
	t.changed = changed
	t.seed = maphash.MakeSeed()
	t.words = (loops - 1) / 64
}

// find gives the presence of a room, nil if no loop has it.
func (t *roomTable) find(name string) *presence {
	h := maphash.String(t.seed, name)
	if c := t.stripes[h%stripes].find(h, name); c != nil {
		return c.p
	}
	return nil
}

// names are the rooms that have members.
func (t *roomTable) names() (all []string) {
	for i := range t.stripes {
		st := &t.stripes[i]
		st.mu.Lock()
		if b := st.buckets.Load(); b != nil {
			for i := range *b {
				for c := (*b)[i].Load(); c != nil; c = c.next.Load() {
					if c.p.members > 0 {
						all = append(all, c.p.name)
					}
				}
			}
		}
		st.mu.Unlock()
	}
	return all
}

func (st *stripe) find(h uint64, name string) *cell {
	buckets := st.buckets.Load()
	if buckets == nil {
		return nil
	}
	for c := bucket(*buckets, h).Load(); c != nil; c = c.next.Load() {
		if c.p.hash == h && c.p.name == name {
			return c
		}
	}
	return nil
}

func bucket(buckets []atomic.Pointer[cell], h uint64) *atomic.Pointer[cell] {
	return &buckets[h/stripes&uint64(len(buckets)-1)]
}

// enter notes the first member of a room on a loop.
func (t *roomTable) enter(name string, loop int) *presence {
	h := maphash.String(t.seed, name)
	st := &t.stripes[h%stripes]
	st.mu.Lock()
	defer st.mu.Unlock()
	p := t.need(st, h, name)
	if p.members++; p.members == 1 {
		t.changed(p, true)
	}
	p.loops.set(loop)
	return p
}

// exit notes that the last member on a loop has left.
func (t *roomTable) exit(p *presence, loop int) {
	st := &t.stripes[p.hash%stripes]
	st.mu.Lock()
	defer st.mu.Unlock()
	if p.members--; p.members == 0 {
		t.changed(p, false)
	}
	if p.promised(loop) == nil {
		p.loops.clear(loop)
		st.dropIfEmpty(p)
	}
}

// promise makes a loop count as present until settle.
func (t *roomTable) promise(name string, loop int) *presence {
	h := maphash.String(t.seed, name)
	st := &t.stripes[h%stripes]
	st.mu.Lock()
	defer st.mu.Unlock()
	p := t.need(st, h, name)
	if pr := p.promised(loop); pr != nil {
		pr.count++
	} else {
		p.promises = append(p.promises, promise{loop, 1})
	}
	p.loops.set(loop)
	return p
}

// settle ends a promise; present says whether the loop has members now.
func (t *roomTable) settle(p *presence, loop int, present bool) {
	st := &t.stripes[p.hash%stripes]
	st.mu.Lock()
	defer st.mu.Unlock()
	pr := p.promised(loop)
	if pr.count--; pr.count > 0 {
		return
	}
	last := len(p.promises) - 1
	*pr = p.promises[last]
	p.promises = p.promises[:last]
	if !present {
		p.loops.clear(loop)
		st.dropIfEmpty(p)
	}
}

func (p *presence) promised(loop int) *promise {
	for i := range p.promises {
		if p.promises[i].loop == loop {
			return &p.promises[i]
		}
	}
	return nil
}

// need finds or makes a presence. The stripe is locked.
func (t *roomTable) need(st *stripe, h uint64, name string) *presence {
	if c := st.find(h, name); c != nil {
		return c.p
	}
	p := &presence{name: name, hash: h}
	if t.words > 0 {
		p.loops.more = make([]atomic.Uint64, t.words)
	}
	p.own.p = p
	if b := st.buckets.Load(); b == nil || st.count >= len(*b) {
		st.resize(max(4, 2*st.count))
	}
	st.count++
	st.link(&p.own)
	return p
}

func (st *stripe) link(c *cell) {
	b := bucket(*st.buckets.Load(), c.p.hash)
	c.next.Store(b.Load())
	b.Store(c)
}

// resize replaces the buckets. Readers on the old ones go on there: the chains
// get new cells.
func (st *stripe) resize(n int) {
	size := 4
	for size < n {
		size *= 2
	}
	fresh := make([]atomic.Pointer[cell], size)
	if old := st.buckets.Load(); old != nil {
		cells := make([]cell, 0, st.count)
		for i := range *old {
			for c := (*old)[i].Load(); c != nil; c = c.next.Load() {
				cells = append(cells, cell{p: c.p})
				k := &cells[len(cells)-1]
				b := bucket(fresh, c.p.hash)
				k.next.Store(b.Load())
				b.Store(k)
			}
		}
	}
	st.buckets.Store(&fresh)
}

// dropIfEmpty takes a room out that no loop has.
func (st *stripe) dropIfEmpty(p *presence) {
	if !p.loops.empty() {
		return
	}
	link := bucket(*st.buckets.Load(), p.hash)
	for c := link.Load(); c == nil || c.p != p; c = link.Load() {
		if c == nil {
			return // a loop has ended with members of it
		}
		link = &c.next
	}
	link.Store(link.Load().next.Load())
	st.count--
	if n := len(*st.buckets.Load()); n > 64 && st.count < n/8 {
		st.resize(2 * st.count)
	}
}
