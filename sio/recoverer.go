package sio

import (
	"encoding/json"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tornadio/tornadio/sio/internal/session"
)

// Connection state recovery over a fleet: what a broken connection needs lies
// with the adapter, in a log that all servers read, instead of the rings of one
// server's loops (recovery.go).

// Recoverer is implemented by adapters with which clients of 4.x come back on
// any server of the fleet, where Config.Recovery is set. Without it a client
// comes back on the server that it was on, or joins anew.
//
// Such an adapter has a log of the namespace's events. Its Broadcast writes each
// there, but for those that are Local or Volatile; every server reads the log in
// its order, and hands Local the packet with its place in it, by
// [Packet.WithOffset]. What is sent to a single socket comes to Broadcast, too,
// with the socket's id as the one room. Selection.Meets tells later who would
// have got an event.
//
// Methods are called from any goroutine, event loops too, and must not block.
type Recoverer interface {
	Adapter
	// PersistSession keeps what a socket was whose connection has broken, for so
	// long.
	PersistSession(s SessionState, d time.Duration)
	// RestoreSession gives what the socket with this private id was, and what it
	// has missed behind the offset, in order, each packet with its own; nil if
	// there is none, or if the log does not reach back to the offset, so that
	// the client joins anew. An empty offset is that of a client that had got no
	// event when its connection broke.
	//
	// It may be given once: what is given is taken away. f is called once, from
	// any goroutine, between the events that are in missed and those that are
	// not: these come through Local.Broadcast after f has returned.
	RestoreSession(pid, offset string, f func(s *SessionState, missed []*Packet))
}

// SessionState is what a socket was.
type SessionState struct {
	PID   string          `json:"pid"`   // private: who knows it can come back as this socket
	ID    string          `json:"sid"`   // the socket's id, as Socket.ID
	Rooms []string        `json:"rooms"` // without the id
	Data  json.RawMessage `json:"data"`  // see Socket.SetData
}

// WithOffset is the packet as clients of 4.x get it that can be recovered: with
// one more argument, its place in a log. See [Recoverer].
func (p *Packet) WithOffset(offset string) *Packet {
	o := p.out
	o.offset = offset
	return &Packet{out: o}
}

// Meets reports whether the selection names a socket that was in these rooms.
func (to Selection) Meets(s *SessionState) bool {
	in := func(room string) bool { return room == s.ID || slices.Contains(s.Rooms, room) }
	return (len(to.Rooms) == 0 || slices.ContainsFunc(to.Rooms, in)) && !slices.ContainsFunc(to.Except, in)
}

// useRecoverer has the adapter keep what is in memory without one.
func (ns *namespace) useRecoverer(a Adapter) {
	r, ok := a.(Recoverer)
	if !ok || ns.rec == nil {
		return
	}
	ns.rec.fleet = r
	for _, n := range ns.shards {
		n.keeper = nil
	}
}

// inMemory reports whether the loops of this server keep what is missed.
func (r *recovering) inMemory() bool { return r != nil && r.fleet == nil }

// log sends an event to this one socket by way of the adapter's log.
func (s *Socket) log(o *outgoing, plain bool) error {
	k := outgoing{kind: o.kind, event: o.event, encoded: encoded{args: slices.Clone(o.args), attachments: slices.Clone(o.attachments)}}
	return s.ns.adapter.Broadcast(&Packet{out: k}, Selection{Rooms: []string{s.ID()}, Plain: plain})
}

// welcome gives a socket that joins its private id.
func (n *nsShard) welcome(s *Socket, offset string, back *comeback) {
	r := n.ns.rec
	switch {
	case r == nil || s.c.sess.Rev() != session.Rev4:
	case r.fleet == nil:
		n.keeper.welcome(s, offset, back)
	case back == nil:
		s.needExtra().rec = &recoverable{pid: s.c.sess.Manager().NewID()}
	default:
		s.needExtra().rec = &recoverable{pid: back.was.pid, recovered: true}
	}
}

// lose keeps what a socket was whose connection broke.
func (n *nsShard) lose(s *Socket, opened bool) {
	r := n.ns.rec
	switch {
	case r == nil:
	case r.fleet == nil:
		n.keeper.lose(s, opened)
	default:
		x := s.extra.Load()
		if x == nil || x.rec == nil {
			return
		}
		r.unmove(s.id, n.sh.index)
		if opened && recoverableReason(s.why) {
			st := SessionState{PID: x.rec.pid.String(), ID: s.ID(), Rooms: s.Rooms(), Data: s.data()}
			r.fleet.PersistSession(st, r.cfg.MaxDisconnection)
		}
	}
}

// restoring is a client's request to come back, with the adapter.
type restoring struct {
	a    *admission
	n    *nsShard
	next func(*Handshake, *comeback)
	done atomic.Bool
}

// restore asks the adapter, and goes on with its answer.
func (a *admission) restore(n *nsShard, pid session.ID, offset string, next func(*Handshake, *comeback)) {
	r := &restoring{a: a, n: n, next: next}
	a.ns.rec.fleet.RestoreSession(pid.String(), offset, func(s *SessionState, missed []*Packet) {
		if !r.done.Swap(true) {
			r.take(pid, s, missed)
		}
	})
}

// take takes the adapter's answer, on any goroutine. From here on the loop is
// sent what the rooms are, ahead of the socket that joins them.
func (r *restoring) take(pid session.ID, s *SessionState, missed []*Packet) {
	n := r.n
	id, ok := session.ID{}, false
	if s != nil {
		id, ok = session.ParseID([]byte(s.ID))
	}
	if !ok {
		_ = n.sh.loop.Post(func() { r.a.recovered(nil, r.next) })
		return
	}
	b := &comeback{fleet: n.ns.rec, id: id, rooms: slices.Clone(s.Rooms), data: s.Data, packets: missed}
	b.was.pid, b.was.recovered = pid, true
	b.loop = n.sh.index
	n.ns.rec.move(id, b.loop)
	n.away.Add(1)
	if n.promised(b.rooms, func() { r.a.recovered(b, r.next); n.away.Add(-1) }) != nil {
		n.away.Add(-1)
		b.drop()
	}
}

// putBack returns what nobody has taken to the adapter.
func (b *comeback) putBack() {
	b.fleet.unmove(b.id, b.loop)
	b.fleet.fleet.PersistSession(SessionState{PID: b.was.pid.String(), ID: b.id.String(), Rooms: b.rooms, Data: b.data},
		b.fleet.cfg.MaxDisconnection)
}

// takeLogged queues what a socket has missed in the adapter's log.
func (s *Socket) takeLogged(missed []*Packet) {
	for _, p := range missed {
		ms, _ := p.messages(s.c.form(), s.ns.name)
		for _, m := range ms {
			m.Buf.Retain()
			s.c.sess.Enqueue(m)
		}
	}
}
