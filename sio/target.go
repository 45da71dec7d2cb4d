package sio

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/tornadio/tornadio/sio/internal/session"
)

// Target names receivers: the members of rooms, or a whole namespace, less
// some. It is a value: every operator returns a new one, and one can be kept
// and used again, from any goroutine.
type Target struct {
	ns       *namespace
	rooms    []string
	except   []string
	skip     *Socket // the sender
	only     *Socket // a single receiver
	timeout  time.Duration
	volatile bool
	plain    bool // not compressed
	local    bool
}

// To is the members of a room; of several, each once. With no room it is
// everyone in the namespace. Of a socket, the socket itself is left out. A
// socket's id is the name of a room with that one member.
func (s *Socket) To(rooms ...string) Target {
	return Target{ns: s.ns, rooms: rooms, skip: s}
}

// Broadcast is everyone in the namespace but the socket itself.
func (s *Socket) Broadcast() Target { return Target{ns: s.ns, skip: s} }

// Volatile is the socket itself for messages that may get lost: see
// [Target.Volatile].
func (s *Socket) Volatile() Target { return Target{ns: s.ns, only: s, volatile: true} }

// Compress is the socket itself for messages that are, or are not, compressed:
// see [Target.Compress].
func (s *Socket) Compress(on bool) Target { return Target{ns: s.ns, only: s, plain: !on} }

// To adds rooms.
func (t Target) To(rooms ...string) Target {
	t.rooms = append(slices.Clip(t.rooms), rooms...)
	return t
}

// Except leaves the members of rooms out.
func (t Target) Except(rooms ...string) Target {
	t.except = append(slices.Clip(t.except), rooms...)
	return t
}

// Volatile drops messages for clients that can't take them at once: those
// between two polls, and those that read too slowly.
func (t Target) Volatile() Target {
	t.volatile = true
	return t
}

// Local keeps to this server where it is one of a fleet.
func (t Target) Local() Target {
	t.local = true
	return t
}

// Compress says whether what is sent may be compressed, where the transport
// does that at all. It may, unless Compress(false) was called.
func (t Target) Compress(on bool) Target {
	t.plain = !on
	return t
}

// Timeout bounds how long the answers to EmitAck and FetchSockets may take. 0
// is Config.AckTimeout.
func (t Target) Timeout(d time.Duration) Target {
	t.timeout = d
	return t
}

// Emit sends an event. It is encoded once for each kind of receiver.
func (t Target) Emit(event string, args ...any) error {
	o, err := newEvent(t.ns.json(), event, args)
	if err != nil {
		return err
	}
	return t.send(&Packet{out: o}, true)
}

// Send sends a message, as [Socket.Send] does.
func (t Target) Send(v any) error {
	o, err := newSend(t.ns.json(), v)
	if err != nil {
		return err
	}
	return t.send(&Packet{out: o}, true)
}

// EmitPacket sends an event that was encoded before.
func (t Target) EmitPacket(p *Packet) error { return t.send(p, false) }

// send sends p. own says that p ends with the delivery.
func (t Target) send(p *Packet, own bool) error {
	if t.ns == nil {
		return ErrClosed
	}
	if t.only != nil {
		return t.only.sendFlagged(p, &t)
	}
	if t.ns.family != nil || t.ns.adapter != nil && !t.local {
		return t.through().Broadcast(p, t.selection())
	}
	return t.deliver(p, own)
}

// deliver delivers p on every loop of this server that may have receivers: by
// one message to each of the others, at once on the loop it runs on.
func (t Target) deliver(p *Packet, own bool) error {
	b := &broadcast{Target: t, p: p, own: own}
	if t.ns.rec != nil && !t.volatile && p.out.isEvent() && p.out.offset == "" {
		b.keep()
	}
	b.left.Store(1)
	var here *nsShard
	loops := t.loops()
	for i, n := range t.ns.shards {
		if !loops.has(i) {
			continue
		}
		b.left.Add(1)
		if here == nil && n.sh.loop.InLoop() {
			here = n
			continue
		}
		n.sh.stats.posts.Add(1)
		if n.sh.loop.PostTask(&delivery{b, n}) != nil {
			b.done()
		}
	}
	if here != nil {
		b.deliver(here)
	}
	b.done()
	if len(p.out.attachments) > 0 && t.hasLegacy() {
		return ErrBinary
	}
	return nil
}

// loops is where receivers may be: a few too many now and then, never too few.
func (t *Target) loops() (set loopSet) {
	ns := t.ns
	if len(t.rooms) == 0 {
		for i, n := range ns.shards {
			if n.count.Load()+n.away.Load() > 0 {
				set.addLoop(i, ns.where.words)
			}
		}
		return set
	}
	for _, name := range t.rooms {
		if p := ns.where.find(name); p != nil {
			set.add(&p.loops)
		}
		if id, ok := ns.parseID(name); ok {
			if loop := ns.loopOf(id); loop < len(ns.shards) {
				set.addLoop(loop, ns.where.words)
			}
		}
	}
	return set
}

func (t *Target) hasLegacy() bool {
	if len(t.rooms) == 0 {
		return t.ns.legacy.Load() > 0
	}
	for _, name := range t.rooms {
		if p := t.ns.where.find(name); p != nil && p.legacy.Load() > 0 {
			return true
		}
	}
	return false
}

// sendFlagged sends to a single socket with the target's flags.
func (s *Socket) sendFlagged(p *Packet, t *Target) error {
	if s.Closed() {
		return ErrClosed
	}
	if len(p.out.attachments) > 0 && s.Generation() == Legacy {
		return ErrBinary
	}
	if s.onLoop() {
		_, err := s.deliver(p, t)
		return err
	}
	flags := *t
	return s.c.sh.loop.Post(func() { _, _ = s.deliver(p, &flags) })
}

// broadcast is a packet on its way to the receivers on all loops.
type broadcast struct {
	Target
	p    *Packet
	own  bool
	seq  uint64 // its offset, 0 for none
	left atomic.Int32
}

// keep gives the packet an offset; the loops will put it into their rings. What
// is kept must not change under the caller's hands.
func (b *broadcast) keep() {
	b.p, b.own = &Packet{out: b.p.out}, true
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
	if b.left.Add(-1) == 0 && b.own {
		b.p.release()
	}
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
		sess.Enqueue(m)
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
