package sio

import (
	"slices"

	"github.com/tornadio/tornadio/sio/internal/session"
)

// Rooms live on loops: each loop knows its own members, in a slice, and each
// member knows its place in it. Joining, leaving and walking over a room take
// no lock, but for the first member of a room on a loop and the last: they
// change the room's presence, which tells senders where the room is.

// room are the members of a room on one loop.
type room struct {
	name    string
	where   *presence
	members []*Socket
	places  []int32 // places[i] is the index of this room in members[i].rooms
}

// membership is a socket's place in a room.
type membership struct {
	room  *room
	place int32
}

// manyRooms is where a socket gets a table of its rooms instead of looking
// through the list.
const manyRooms = 16

// roomTable is that table, nil without one.
func (s *Socket) roomTable() map[*room]int {
	if x := s.extra.Load(); x != nil {
		return x.byRoom
	}
	return nil
}

func (s *Socket) makeRoomTable() {
	t := make(map[*room]int, 2*manyRooms)
	for i, m := range s.rooms {
		t[m.room] = i
	}
	s.needExtra().byRoom = t
}

func (s *Socket) forgetRooms() {
	if x := s.extra.Load(); x != nil {
		x.byRoom = nil
	}
}

// indexOf finds the socket's membership of r, -1 if it has none.
func (s *Socket) indexOf(r *room) int {
	if t := s.roomTable(); t != nil {
		if i, ok := t[r]; ok {
			return i
		}
		return -1
	}
	for i := range s.rooms {
		if s.rooms[i].room == r {
			return i
		}
	}
	return -1
}

func (n *nsShard) join(s *Socket, name string) {
	r := n.rooms[name]
	if r == nil {
		r = n.makeRoom(name)
	} else if s.indexOf(r) >= 0 {
		return
	}
	r.places = append(r.places, int32(len(s.rooms)))
	s.rooms = append(s.rooms, membership{r, int32(len(r.members))})
	r.members = append(r.members, s)
	if t := s.roomTable(); t != nil {
		t[r] = len(s.rooms) - 1
	} else if len(s.rooms) > manyRooms {
		s.makeRoomTable()
	}
	if s.c.sess.Rev() == session.Rev1 {
		r.where.legacy.Add(1)
	}
	n.tellJoined(s, r.name)
}

// maxSpareRooms bounds the empty rooms that a loop keeps for reuse, and
// keepMembers their size.
const (
	maxSpareRooms = 64
	keepMembers   = 64
)

func (n *nsShard) makeRoom(name string) *room {
	var r *room
	if last := len(n.spare) - 1; last >= 0 {
		r = n.spare[last]
		n.spare[last] = nil
		n.spare = n.spare[:last]
	} else {
		r = new(room)
	}
	r.where = n.ns.where.enter(name, n.sh.index)
	r.name = r.where.name
	n.rooms[r.name] = r
	return r
}

// dropRoom forgets a room without members.
func (n *nsShard) dropRoom(r *room) {
	delete(n.rooms, r.name)
	n.ns.where.exit(r.where, n.sh.index)
	r.name, r.where = "", nil
	if len(n.spare) < maxSpareRooms && cap(r.members) <= keepMembers {
		n.spare = append(n.spare, r)
	}
}

func (n *nsShard) leave(s *Socket, i int) {
	m, t := s.rooms[i], s.roomTable()
	r := m.room
	last := len(r.members) - 1
	moved, place := r.members[last], r.places[last]
	r.members[m.place], r.places[m.place] = moved, place
	moved.rooms[place].place = m.place
	r.members[last] = nil
	r.members, r.places = r.members[:last], r.places[:last]
	end := len(s.rooms) - 1
	if i != end {
		s.rooms[i] = s.rooms[end]
		s.rooms[i].room.places[s.rooms[i].place] = int32(i)
		if t != nil {
			t[s.rooms[i].room] = i
		}
	}
	s.rooms[end] = membership{}
	s.rooms = s.rooms[:end]
	if t != nil {
		delete(t, r)
	}
	if s.c.sess.Rev() == session.Rev1 {
		r.where.legacy.Add(-1)
	}
	name := r.name
	if last == 0 {
		n.dropRoom(r)
	}
	n.tellLeft(s, name)
}

// Join puts the socket into a room of its namespace; rooms come into being by
// it. It fails on a closed socket, and on one in too many rooms.
func (s *Socket) Join(rooms ...string) error {
	if s.Closed() {
		return ErrClosed
	}
	n := s.ns.shards[s.c.sh.index]
	if !s.onLoop() {
		own := slices.Clone(rooms) // so that the callers' need no allocation
		return n.promised(own, func() { _ = s.Join(own...) })
	}
	for _, name := range rooms {
		if len(s.rooms) >= s.c.sh.srv.cfg.MaxRooms {
			return ErrTooManyRooms
		}
		n.join(s, name)
	}
	return nil
}

// promised posts f, which joins rooms on this loop. What the caller sends to
// them afterwards reaches the loop behind it.
func (n *nsShard) promised(rooms []string, f func()) error {
	loop := n.sh.index
	where := make([]*presence, len(rooms))
	for i, name := range rooms {
		where[i] = n.ns.where.promise(name, loop)
	}
	settle := func() {
		for _, p := range where {
			n.ns.where.settle(p, loop, n.rooms[p.name] != nil)
		}
	}
	err := n.sh.loop.Post(func() { f(); settle() })
	if err != nil { // the loop has ended, and all rooms on it
		for _, p := range where {
			n.ns.where.settle(p, loop, false)
		}
	}
	return err
}

// Leave takes the socket out of rooms. Rooms without members cease to be.
func (s *Socket) Leave(rooms ...string) {
	if s.c == nil {
		return
	}
	if !s.onLoop() {
		own := slices.Clone(rooms)
		_ = s.c.sh.loop.Post(func() { s.Leave(own...) })
		return
	}
	n := s.ns.shards[s.c.sh.index]
	for _, name := range rooms {
		if r := n.rooms[name]; r != nil {
			if i := s.indexOf(r); i >= 0 {
				n.leave(s, i)
			}
		}
	}
}

// Rooms are the names of the rooms that the socket is in, in no order. On the
// loop only; elsewhere it is nil.
func (s *Socket) Rooms() []string {
	if s.c == nil || !s.onLoop() {
		return nil
	}
	names := make([]string, len(s.rooms))
	for i, m := range s.rooms {
		names[i] = m.room.name
	}
	return names
}
