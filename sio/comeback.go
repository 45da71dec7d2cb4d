package sio

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// The way back of a socket whose connection broke: the claim, which another
// loop may answer, and what the socket gets. See recovery.go.

// comeback is what one who comes back gets.
type comeback struct {
	from   *nsShard
	id     session.ID
	was    recoverable
	rooms  []string
	data   json.RawMessage
	start  uint64 // of what was missed, in the ring of from
	missed []missed

	// From the log of a fleet's adapter instead:
	fleet   *recovering
	packets []*Packet
	loop    int // where it was to come
}

func (b *comeback) release() {
	if b == nil {
		return
	}
	for _, m := range b.missed {
		for _, m := range m.ms {
			m.Buf.Release()
		}
	}
}

// drop gives back what nobody can take.
func (b *comeback) drop() {
	if b == nil {
		return
	}
	b.release()
	if b.fleet != nil {
		b.putBack()
		return
	}
	k := b.from.keeper
	_ = k.n.sh.loop.Post(func() { k.unclaim(b.was.pid) })
}

// claim hands over one that was away to the loop of to. It is nil if there is
// none, or if not all that it missed is there any more.
func (k *keeper) claim(pid session.ID, offset string, to *nsShard) *comeback {
	a := k.away[pid]
	if a == nil || a.claimed != nil || k.n.sh.loop.Now().After(a.expires) {
		return nil
	}
	from, ok := a.missedFrom(offset)
	if !ok {
		k.forget(a)
		return nil
	}
	b := &comeback{from: k.n, id: a.id, was: a.was, rooms: a.rooms, data: a.data, start: from}
	for pos := from; pos < k.ring.end(); pos++ {
		e := k.ring.at(pos)
		if !e.meets(a.id, a.rooms) {
			continue
		}
		if !a.was.see(e.seq) { // it may be there twice: forwarded, and here late
			if _, twice := k.ring.findIn(a.was.start, pos, e.seq, a.id); twice {
				continue
			}
		}
		b.missed = append(b.missed, e.share())
	}
	b.was.seen = maps.Clone(a.was.seen) // each loop goes on with its own
	if to == k.n {
		k.forget(a)
		return b
	}
	a.claimed = to
	k.moved = append(k.moved, a)
	k.n.sh.loop.StartTimer(&a.timer, forwarding, a)
	return b
}

// missedFrom is the position in the ring of the first event that the client may
// have missed.
func (a *away) missedFrom(offset string) (uint64, bool) {
	r := &a.k.ring
	if a.was.last == 0 || offset == formatOffset(a.was.last) {
		return a.end, a.end >= r.first // it has all that was sent before the break
	}
	if offset == a.was.base {
		return a.was.start, a.was.start >= r.first // it has got nothing since it came
	}
	seq, err := strconv.ParseUint(offset, 36, 64)
	if err != nil || seq > a.k.seq.Load() {
		return 0, false
	}
	pos, ok := r.find(seq, a.id)
	return max(pos, a.was.start), ok
}

// forwarding is how long a loop forwards to one that has moved.
const forwarding = 2 * time.Second

// OnTimer implements ioloop.TimerHandler: nobody sends here any more.
func (a *away) OnTimer(*ioloop.Timer) { a.k.forget(a) }

// forward hands an event to the loop where the socket lives now.
func (a *away) forward(m missed) {
	n := a.claimed
	if n.sh.loop.Post(func() { n.takeForwarded(a.id, a.pid, m) }) != nil {
		(&comeback{missed: []missed{m}}).release()
	}
}

// takeForwarded sends what the old loop has forwarded, unless this one did. If
// the connection is broken again it is kept.
func (n *nsShard) takeForwarded(id, pid session.ID, m missed) {
	if s := n.ids[id.Key()]; s != nil && s.id == id && !s.Closed() {
		if s.extra.Load().rec.see(m.seq) {
			s.take1(m)
			return
		}
	} else if a := n.keeper.away[pid]; a != nil && a.was.see(m.seq) {
		n.keeper.keep(entry{seq: m.seq, only: id, ms: m.ms})
		return
	}
	(&comeback{missed: []missed{m}}).release()
}

// take1 queues an event that was missed, and keeps it in this loop's ring, from
// where it may be missed again.
func (s *Socket) take1(m missed) {
	n := s.ns.shards[s.c.sh.index]
	e := entry{seq: m.seq, only: s.id, ms: m.ms}
	share := e.share()
	n.keeper.keep(e)
	s.extra.Load().rec.last = m.seq
	for _, m := range share.ms {
		s.c.sess.Enqueue(m)
	}
}

// back reads who a client says it was. An offset that is missing is "".
func (c *client) back(ns *namespace, h *Handshake) (pid session.ID, offset string, ok bool) {
	if ns.rec == nil || c.sess.Rev() != session.Rev4 || len(h.auth) == 0 {
		return pid, "", false
	}
	var auth struct{ PID, Offset any }
	if json.Unmarshal(h.auth, &auth) != nil {
		return pid, "", false
	}
	name, _ := auth.PID.(string)
	offset, _ = auth.Offset.(string)
	pid, ok = session.ParseID([]byte(name))
	return pid, offset, ok && (ns.rec.fleet != nil || ns.loopOf(pid) < len(ns.shards))
}

// offset is the one that the client gave, "" if none.
func (c *client) offset(h *Handshake) string {
	var auth struct{ Offset string }
	if len(h.auth) > 0 {
		_ = json.Unmarshal(h.auth, &auth)
	}
	return auth.Offset
}

// recoverFirst tries to recover the client's socket, and calls next with what
// it was, or nil: at once, or when another loop has answered.
func (c *client) recoverFirst(ns *namespace, h *Handshake, next func(h *Handshake, b *comeback)) {
	pid, offset, ok := c.back(ns, h)
	if !ok {
		next(h, nil)
		return
	}
	here := ns.shards[c.sh.index]
	if ns.rec.fleet != nil {
		c.waiting(ns, h).restore(here, pid, offset, next)
		return
	}
	there := ns.shards[ns.loopOf(pid)]
	if here == there {
		next(h, here.keeper.claim(pid, offset, here))
		return
	}
	a := c.waiting(ns, h)
	answer := func(b *comeback) {
		if c.sh.loop.Post(func() { a.recovered(b, next) }) != nil {
			b.release()
		}
	}
	if there.sh.loop.Post(func() { answer(there.keeper.claim(pid, offset, here)) }) != nil {
		answer(nil)
	}
}

// waiting is a request to join that waits for the answer to who the client was.
func (c *client) waiting(ns *namespace, h *Handshake) *admission {
	a := &admission{c: c, ns: ns, h: h.Clone(), cancel: func() {}}
	if c.sh.admissions == nil {
		c.sh.admissions = make(map[*client][]*admission)
	}
	c.sh.admissions[c] = append(c.sh.admissions[c], a)
	return a
}

// recovered goes on with the other loop's answer, or the adapter's.
func (a *admission) recovered(b *comeback, next func(*Handshake, *comeback)) {
	if !a.remove() { // the client has left meanwhile
		b.drop()
		a.ns.release()
		return
	}
	before := a.c.sess.Enter()
	next(a.h, b)
	a.c.sess.Leave(before)
}

// unclaim takes back one whose client has left before it was back.
func (k *keeper) unclaim(pid session.ID) {
	if a := k.away[pid]; a != nil {
		k.unclaimed(a)
	}
}

func (k *keeper) unclaimed(a *away) {
	a.claimed = nil
	k.moved = slices.DeleteFunc(k.moved, func(x *away) bool { return x == a })
	k.n.sh.loop.StopTimer(&a.timer)
}

// restore makes a socket what it was, before its OnOpen.
func (s *Socket) restore(b *comeback) {
	x := s.needExtra()
	x.mu.Lock()
	x.data = b.data
	x.mu.Unlock()
	n := s.ns.shards[s.c.sh.index]
	for _, room := range b.rooms {
		n.join(s, room)
	}
	s.takeLogged(b.packets)
	for _, m := range b.missed {
		x.rec.see(m.seq)
		if b.from != n {
			s.take1(m)
			continue
		}
		x.rec.last = m.seq
		for _, m := range m.ms {
			s.c.sess.Enqueue(m)
		}
	}
}
