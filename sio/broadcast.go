package sio

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tornadio/tornadio/sio/internal/session"
)

// broadcast is a packet on its way to the receivers on all loops.
type broadcast struct {
	Target
	p    *Packet
	seq  uint64 // its offset, 0 for none
	left atomic.Int32

	// Of emitOnce: b is of the pool, and p ends with the delivery.
	own    bool
	packet Packet
	room   []byte // of its arguments
}

var broadcasts = sync.Pool{New: func() any { return new(broadcast) }}

// keep gives the packet an offset; the loops will put it into their rings. What
// is kept must not change under the caller's hands.
func (b *broadcast) keep() {
	o := b.p.out
	if b.own {
		o.args = bytes.Clone(o.args)
	}
	b.p = &Packet{out: o}
	b.seq = b.ns.rec.seq.Add(1)
	b.p.out.offset = formatOffset(b.seq)
	b.rooms, b.except = slices.Clone(b.rooms), slices.Clone(b.except)
}

// keepOn puts the packet into a loop's ring.
func (b *broadcast) keepOn(n *nsShard) {
	ms, err := b.p.messages(n.sh.srv.form(session.Rev4), b.ns.name)
	if err != nil {
		return
	}
	e := entry{seq: b.seq, rooms: b.rooms, except: b.except, ms: ms}
	if b.skip != nil {
		e.skip = b.skip.id
	}
	e.share()
	n.keeper.keep(e)
}

// delivery is the part of one loop.
type delivery struct {
	b *broadcast
	n *nsShard
}

// Run implements ioloop.Task.
func (d *delivery) Run() { d.b.deliver(d.n) }

func (b *broadcast) done() {
	if b.left.Add(-1) > 0 || !b.own && b.seq == 0 {
		return
	}
	b.p.release()
	if !b.own {
		return
	}
	const keep = 4 << 10
	room := b.room
	if cap(room) > keep {
		room = nil
	}
	b.Target, b.p, b.seq = Target{}, nil, 0
	b.packet.out, b.packet.first[0], b.room = outgoing{}, form{}, room
	broadcasts.Put(b)
}

// deliver queues the packet for the receivers of one loop, each once.
func (b *broadcast) deliver(n *nsShard) {
	defer b.done()
	if b.seq != 0 {
		b.keepOn(n)
	}
	n.sh.marks++
	r := reach{b: b, n: n, mark: n.sh.marks, shows: n.ns.shows()}
	defer r.showAll()
	if b.skip != nil {
		b.skip.markOn(n, r.mark)
	}
	for _, name := range b.except {
		n.each(name, func(s *Socket) { s.mark = r.mark })
	}
	if len(b.rooms) == 0 {
		r.all(n.all)
		return
	}
	for _, name := range b.rooms {
		if room := n.rooms[name]; room != nil {
			r.all(room.members)
		}
		if s := n.byID(name); s != nil {
			r.one(s)
		}
	}
}

// markOn marks the socket if it lives on this loop.
func (s *Socket) markOn(n *nsShard, mark uint64) {
	if s.c != nil && s.c.sh == n.sh {
		s.mark = mark
	}
}

// reach is one delivery on one loop: the bytes for each kind of receiver are
// looked up once.
type reach struct {
	b    *broadcast
	n    *nsShard
	mark uint64
	ms   [session.Rev4 + 1][]session.Message // by revision
	have [session.Rev4 + 1]bool

	shows bool      // the namespace has listeners of what goes out
	shown []*Socket // receivers with listeners: see showAll
}

func (r *reach) messages(rev session.Rev) []session.Message {
	i := rev &^ packed // a server has one parser
	if !r.have[i] {
		r.have[i] = true
		// A form that does not exist (binary for revision 1) has no messages;
		// the sender was told.
		r.ms[i], _ = r.b.p.messages(rev, r.n.ns.name)
	}
	return r.ms[i]
}

func (r *reach) all(members []*Socket) {
	for _, s := range members {
		r.one(s)
	}
}

func (r *reach) one(s *Socket) {
	if s.mark == r.mark || s.state.Load() != sockOpen && s.state.Load() != sockOpening {
		return
	}
	s.mark = r.mark
	sess := &s.c.sess
	if r.b.volatile && !sess.Writable() {
		return
	}
	if r.shows || s.showsOwn() {
		r.shown = append(r.shown, s)
		return
	}
	r.queue(s)
}

func (r *reach) queue(s *Socket) {
	if r.b.seq != 0 && !s.delivered(r.b.seq) {
		r.n.keeper.ring.without(r.b.seq, s.id)
		return
	}
	sess := &s.c.sess
	for _, m := range r.messages(s.c.form()) {
		m.Buf.Retain()
		m.Plain = r.b.plain
		sess.EnqueueShared(m)
	}
}

// showAll sends to receivers with listeners of what goes out. Those may join
// and leave rooms, so that they run when no room is being walked over.
func (r *reach) showAll() {
	for _, s := range r.shown {
		if s.showOutgoing(&r.b.p.out); !s.Closed() {
			r.queue(s)
		}
	}
}
