package sio

import (
	"slices"
	"sync"
	"time"
)

// memory is the adapter of one process: each loop finds the receivers that it
// has, and the answers come together at one place.
type memory struct{ ns *namespace }

func (m memory) target(to Selection) Target {
	return Target{ns: m.ns, rooms: to.Rooms, except: to.Except, volatile: to.Volatile, plain: to.Plain, timeout: to.Timeout}
}

// selection is the target in the words of adapters.
func (t *Target) selection() Selection {
	to := Selection{
		Rooms: t.rooms, Except: t.except,
		Volatile: t.volatile, Plain: t.plain, Local: t.local, Timeout: t.patience(),
	}
	if t.only != nil {
		to.Rooms = []string{t.only.ID()}
	}
	if t.skip != nil && t.skip.c != nil {
		to.Except = append(slices.Clip(to.Except), t.skip.ID())
	}
	return to
}

// Namespace implements Local.
func (m memory) Namespace() string { return m.ns.name }

// Broadcast implements Adapter.
func (m memory) Broadcast(p *Packet, to Selection) error { return m.target(to).deliver(p) }

// BroadcastAck implements Adapter.
func (m memory) BroadcastAck(p *Packet, to Selection, a Answers) { m.target(to).ask(p, a) }

// FetchSockets implements Adapter.
func (m memory) FetchSockets(to Selection, f func([]SocketInfo, error)) {
	fetch := &fetching{f: f}
	m.target(to).visit(nil, fetch.begin, fetch.take)
}

// JoinRooms implements Adapter.
func (m memory) JoinRooms(to Selection, rooms []string) error {
	rooms = slices.Clone(rooms)
	m.target(to).visit(rooms, nil, func(_ *nsShard, all []*Socket) {
		for _, s := range all {
			_ = s.Join(rooms...)
		}
	})
	return nil
}

// LeaveRooms implements Adapter.
func (m memory) LeaveRooms(to Selection, rooms []string) error {
	rooms = slices.Clone(rooms)
	m.target(to).visit(nil, nil, func(_ *nsShard, all []*Socket) {
		for _, s := range all {
			s.Leave(rooms...)
		}
	})
	return nil
}

// DisconnectSockets implements Adapter.
func (m memory) DisconnectSockets(to Selection, connection bool) error {
	m.target(to).visit(nil, nil, func(_ *nsShard, all []*Socket) {
		for _, s := range all {
			if connection {
				s.Disconnect()
			} else {
				s.Close()
			}
		}
	})
	return nil
}

// ServerSideEmit implements Adapter: there is no other server.
func (m memory) ServerSideEmit(*Packet, time.Duration, Answers) error { return nil }

// Close implements Adapter.
func (m memory) Close() error { return nil }

// Rooms implements Local.
func (m memory) Rooms() []string { return m.ns.where.names() }

// Reaches implements Local.
func (m memory) Reaches(room string) bool {
	t := Target{ns: m.ns, rooms: []string{room}}
	set := t.loops()
	for i, n := range m.ns.shards {
		if set.has(i) && n.count.Load() > 0 {
			return true
		}
	}
	return false
}

// visit calls each on every loop that may have receivers, with those that it
// has: posted to the others, at once on the loop that it is called on. A loop
// that has ended has none; each is called for it where we are. begin is told
// the count of loops before. joins are rooms that each makes the receivers
// join.
func (t Target) visit(joins []string, begin func(loops int), each func(n *nsShard, all []*Socket)) {
	var shards []*nsShard
	loops := t.loops()
	for i, n := range t.ns.shards {
		if loops.has(i) {
			shards = append(shards, n)
		}
	}
	if begin != nil {
		begin(len(shards))
	}
	var here *nsShard
	for _, n := range shards {
		if here == nil && n.sh.loop.InLoop() {
			here = n
		} else if n.promised(joins, func() { each(n, n.receivers(&t)) }) != nil {
			each(n, nil)
		}
	}
	if here != nil {
		each(here, here.receivers(&t))
	}
}

// receivers are the open sockets of the loop that t names.
func (n *nsShard) receivers(t *Target) (all []*Socket) {
	n.sh.marks++
	mark := n.sh.marks
	if t.skip != nil {
		t.skip.markOn(n, mark)
	}
	for _, name := range t.except {
		n.each(name, func(s *Socket) { s.mark = mark })
	}
	take := func(s *Socket) {
		if s.mark != mark && !s.Closed() {
			s.mark = mark
			all = append(all, s)
		}
	}
	if len(t.rooms) == 0 {
		for _, s := range n.all {
			take(s)
		}
	}
	for _, name := range t.rooms {
		n.each(name, take)
	}
	return all
}

// fetching gathers what the loops know of their sockets.
type fetching struct {
	f func([]SocketInfo, error)

	mu   sync.Mutex
	left int
	all  []SocketInfo
}

func (f *fetching) begin(loops int) {
	if f.left = loops; loops == 0 {
		f.f(nil, nil)
	}
}

func (f *fetching) take(_ *nsShard, all []*Socket) {
	infos := make([]SocketInfo, 0, len(all))
	for _, s := range all {
		infos = append(infos, s.info())
	}
	f.mu.Lock()
	f.all = append(f.all, infos...)
	f.left--
	done := f.left == 0
	f.mu.Unlock()
	if done {
		f.f(f.all, nil)
	}
}
