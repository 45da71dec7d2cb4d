package sio

import (
	"encoding/json"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/host"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Connection state recovery: a client of 4.x whose connection broke comes back
// as the socket that it was, and gets what it has missed.
//
// Every plain event carries an offset, as one more argument. When a socket's
// connection breaks, its loop keeps what it was (away), stays present in its
// rooms, and goes on to put events into its ring. Most clients come back on
// another loop. That one claims the socket; the old loop hands over what was
// missed, and forwards what comes in for two more seconds, while senders learn
// where the rooms are now. The new one leaves out what it delivered already.

// Recovery are the settings of connection state recovery. With an [Adapter] that
// is a [Recoverer] its log is the memory: MaxPackets, MaxBytes and MaxSessions
// have no effect then.
//
// The zero value works. Its bounds are those of one namespace on one loop.
type Recovery struct {
	// MaxDisconnection is how long after the break a client can be recovered,
	// and how long events are kept. Zero: 2 min.
	MaxDisconnection time.Duration
	// AskMiddlewares asks the middlewares also before a recovery. By default
	// they are skipped.
	AskMiddlewares bool
	// MaxPackets is how many events are kept. A client that has missed an older
	// one joins anew. Zero: 10 000.
	MaxPackets int
	// MaxBytes is how many bytes their packets may have together. Zero: 16 MiB.
	MaxBytes int
	// MaxSessions is how many broken connections are kept. Above it the oldest
	// are forgotten. Zero: 10 000.
	MaxSessions int
}

func (r *Recovery) withDefaults() *Recovery {
	if r == nil {
		return nil
	}
	k := *r
	host.Set(&k.MaxDisconnection, 2*time.Minute)
	host.Set(&k.MaxPackets, 10_000)
	host.Set(&k.MaxBytes, 16<<20)
	host.Set(&k.MaxSessions, 10_000)
	return &k
}

func (r *Recovery) check(bad host.Bad) {
	if r == nil {
		return
	}
	bad(r.MaxDisconnection > 0, "Recovery.MaxDisconnection is %v: write a positive duration, or 0 for the default", r.MaxDisconnection)
	bad(r.MaxPackets > 0 && r.MaxBytes > 0 && r.MaxSessions > 0,
		"Recovery has MaxPackets %d, MaxBytes %d, MaxSessions %d: write positive numbers, or 0 for the defaults", r.MaxPackets, r.MaxBytes, r.MaxSessions)
}

// recovering is what the loops share of a namespace with recovery.
type recovering struct {
	cfg   *Recovery
	fleet Recoverer // keeps what is missed in place of the loops; or nil
	seq   atomic.Uint64
	moved sync.Map     // session.ID -> int: sockets and pids that live on another loop than they say
	moves atomic.Int64 // how many
}

func (r *recovering) move(id session.ID, loop int) {
	_, had := r.moved.Swap(id, loop)
	if !had {
		r.moves.Add(1)
	}
	if id.Loop() == loop {
		r.unmove(id, loop)
	}
}

func (r *recovering) unmove(id session.ID, loop int) {
	if r.moved.CompareAndDelete(id, loop) {
		r.moves.Add(-1)
	}
}

// loopOf is the loop that has what the id names.
func (ns *namespace) loopOf(id session.ID) int {
	if r := ns.rec; r != nil && r.moves.Load() > 0 {
		if loop, ok := r.moved.Load(id); ok {
			return loop.(int)
		}
	}
	return id.Loop()
}

// keeper is a namespace's recovery on one loop.
type keeper struct {
	*recovering
	n     *nsShard
	ring  ring
	away  map[session.ID]*away // by pid
	moved []*away              // claimed by other loops, for a moment
	queue []*away              // in the order in which they expire
	timer ioloop.Timer
	armed bool
}

// recoverable is what a socket has for its recovery.
type recoverable struct {
	pid       session.ID
	base      string // the offset with which the client came
	start     uint64 // and the position in the ring that it stands for
	last      uint64 // the offset last sent to it
	recovered bool
	// What it got lately, for a while after a recovery: the loop where it was
	// may forward the same.
	seen  map[uint64]struct{}
	until time.Time
}

// away is a socket whose connection broke.
type away struct {
	k       *keeper
	id, pid session.ID
	rooms   []string
	where   []*presence
	data    json.RawMessage
	end     uint64 // where the ring was when the connection broke
	was     recoverable
	expires time.Time
	gone    bool

	claimed *nsShard // the loop that has it now
	timer   ioloop.Timer
}

// keeps reports whether o goes to the socket with an offset.
func (s *Socket) keeps(o *outgoing) bool {
	return s.ns.rec != nil && o.isEvent() && !o.hasID && s.c.sess.Rev() == session.Rev4
}

// sendKept sends an event to this one socket, and keeps it.
func (s *Socket) sendKept(o *outgoing, plain bool) error {
	if !s.onLoop() {
		k := *o
		return s.c.sh.loop.Post(func() { _ = s.sendKept(&k, plain) })
	}
	if s.Closed() {
		return ErrClosed
	}
	if s.ns.rec.fleet != nil {
		return s.log(o, plain)
	}
	k := s.ns.shards[s.c.sh.index].keeper
	e := entry{seq: k.seq.Add(1), only: s.id}
	o.offset = formatOffset(e.seq)
	ms, err := o.encode(s.c.form(), s.ns.name)
	if err != nil {
		return err
	}
	e.ms = ms
	share := e.share()
	k.keep(e)
	s.delivered(e.seq)
	for _, m := range share.ms {
		m.Plain = plain
		s.c.sess.Enqueue(m)
	}
	return nil
}

func formatOffset(seq uint64) string { return strconv.FormatUint(seq, 36) }

// delivered notes an event with an offset, and reports whether the socket is to
// get it: not if its old loop has sent it already.
func (s *Socket) delivered(seq uint64) bool {
	x := s.extra.Load()
	if x == nil || x.rec == nil {
		return true
	}
	r := x.rec
	if !r.until.IsZero() {
		if s.c.sh.loop.Now().After(r.until) {
			r.seen, r.until = nil, time.Time{}
		} else if !r.see(seq) {
			return false
		}
	}
	r.last = seq
	return true
}

// see notes an event, and reports whether it is a new one.
func (r *recoverable) see(seq uint64) bool {
	if _, ok := r.seen[seq]; ok {
		return false
	}
	if r.seen == nil {
		r.seen = make(map[uint64]struct{})
	}
	r.seen[seq] = struct{}{}
	return true
}

// keep puts an event into the ring, and forwards it to those who have moved.
func (k *keeper) keep(e entry) {
	e.at = k.n.sh.loop.Now()
	for _, a := range k.moved {
		if e.meets(a.id, a.rooms) {
			a.forward(e.share())
		}
	}
	k.ring.add(e, k.cfg)
	k.arm()
}

func (k *keeper) arm() {
	if !k.armed && (k.ring.count > 0 || len(k.queue) > 0) {
		k.armed = true
		k.n.sh.loop.StartTimer(&k.timer, max(k.cfg.MaxDisconnection/4, time.Millisecond), k)
	}
}

// OnTimer implements ioloop.TimerHandler: what is too old goes.
func (k *keeper) OnTimer(*ioloop.Timer) {
	k.armed = false
	now := k.n.sh.loop.Now()
	k.ring.expire(now, k.cfg)
	for len(k.queue) > 0 && (k.queue[0].gone || now.After(k.queue[0].expires)) {
		k.forget(k.queue[0])
	}
	k.arm()
}

// welcome gives a socket that joins its private id.
func (k *keeper) welcome(s *Socket, offset string, back *comeback) {
	r := &recoverable{base: offset, start: k.ring.end()}
	if back == nil {
		r.pid = s.c.sess.Manager().NewID()
	} else {
		r.pid, r.recovered = back.was.pid, true
		r.last, r.seen = back.was.last, back.was.seen
		r.until = k.n.sh.loop.Now().Add(2 * forwarding)
		if old := k.away[r.pid]; old != nil { // it was here before, and elsewhere since
			k.forget(old)
		}
		if back.from == k.n {
			r.start = back.start
		}
		k.move(s.id, k.n.sh.index)
		k.move(r.pid, k.n.sh.index)
	}
	s.needExtra().rec = r
}

// recoverableReason tells which ends of a socket may be breaks.
func recoverableReason(why Reason) bool {
	// The memory of a server that shuts down is of no use to anyone.
	return why != ServerShuttingDown && why != ClientNamespaceDisconnect && why != ServerNamespaceDisconnect && why != ParseError
}

// lose keeps what a socket was whose connection broke.
func (k *keeper) lose(s *Socket, opened bool) {
	x := s.extra.Load()
	if x == nil || x.rec == nil {
		return
	}
	if !opened || !recoverableReason(s.why) {
		k.unmove(s.id, k.n.sh.index)
		k.unmove(x.rec.pid, k.n.sh.index)
		return
	}
	a := &away{
		k: k, id: s.id, pid: x.rec.pid, rooms: s.Rooms(), data: s.data(),
		end: k.ring.end(), was: *x.rec,
		expires: k.n.sh.loop.Now().Add(k.cfg.MaxDisconnection),
	}
	for _, room := range a.rooms {
		a.where = append(a.where, k.n.ns.where.promise(room, k.n.sh.index))
	}
	if k.away == nil {
		k.away = make(map[session.ID]*away)
	}
	k.away[a.pid] = a
	k.queue = append(k.queue, a)
	k.n.away.Add(1)
	k.n.ns.hold()
	for len(k.away) > k.cfg.MaxSessions {
		k.forget(k.queue[0])
	}
	k.arm()
}

// forget drops one that was away. It is the first of the queue, or stays there
// as gone.
func (k *keeper) forget(a *away) {
	if len(k.queue) > 0 && k.queue[0] == a {
		k.queue[0] = nil
		k.queue = k.queue[1:]
	}
	if a.gone {
		return
	}
	a.gone = true
	if k.away[a.pid] == a {
		delete(k.away, a.pid)
	}
	k.unclaimed(a)
	for _, p := range a.where {
		k.n.ns.where.settle(p, k.n.sh.index, k.n.rooms[p.name] != nil)
	}
	k.unmove(a.id, k.n.sh.index)
	k.unmove(a.pid, k.n.sh.index)
	k.n.away.Add(-1)
	k.n.ns.release()
}

// Recovered reports whether the socket was recovered after its connection
// broke: it has its id, rooms and data, and the client gets what it missed.
// See Config.Recovery.
func (s *Socket) Recovered() bool {
	x := s.extra.Load()
	return x != nil && x.rec != nil && x.rec.recovered
}
