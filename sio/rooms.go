package sio

import (
	"sync"
	"sync/atomic"

	"github.com/tornadio/tornadio/sio/internal/session"
)

// Rooms live on loops: each loop knows its own members, in a slice, and each
// member knows its place in it. Joining, leaving and walking over a room take
// no lock.

// room are the members of a room on one loop.
type room struct {
	name    string
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

// indexOf finds the socket's membership of r, -1 if it has none.
func (s *Socket) indexOf(r *room) int {
	if s.byRoom != nil {
		if i, ok := s.byRoom[r]; ok {
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
		r = &room{name: name}
		n.rooms[name] = r
	} else if s.indexOf(r) >= 0 {
		return
	}
	r.places = append(r.places, int32(len(s.rooms)))
	s.rooms = append(s.rooms, membership{r, int32(len(r.members))})
	r.members = append(r.members, s)
	if s.byRoom == nil && len(s.rooms) > manyRooms {
		s.byRoom = make(map[*room]int, 2*manyRooms)
		for i, m := range s.rooms {
			s.byRoom[m.room] = i
		}
	} else if s.byRoom != nil {
		s.byRoom[r] = len(s.rooms) - 1
	}
	n.ns.legacy.add(s, name, 1)
}

func (n *nsShard) leave(s *Socket, i int) {
	m := s.rooms[i]
	r := m.room
	last := len(r.members) - 1
	moved, place := r.members[last], r.places[last]
	r.members[m.place], r.places[m.place] = moved, place
	moved.rooms[place].place = m.place
	r.members[last] = nil
	r.members, r.places = r.members[:last], r.places[:last]
	if last == 0 {
		delete(n.rooms, r.name)
	}
	end := len(s.rooms) - 1
	if i != end {
		s.rooms[i] = s.rooms[end]
		s.rooms[i].room.places[s.rooms[i].place] = int32(i)
		if s.byRoom != nil {
			s.byRoom[s.rooms[i].room] = i
		}
	}
	s.rooms[end] = membership{}
	s.rooms = s.rooms[:end]
	if s.byRoom != nil {
		delete(s.byRoom, r)
	}
	n.ns.legacy.add(s, r.name, -1)
}

// Join puts the socket into a room of its namespace; rooms come into being by
// it. It fails on a closed socket, and on one in too many rooms.
func (s *Socket) Join(rooms ...string) error {
	if s.Closed() {
		return ErrClosed
	}
	if !s.onLoop() {
		return s.c.sh.loop.Post(func() { _ = s.Join(rooms...) })
	}
	n := s.ns.shards[s.c.sh.index]
	for _, name := range rooms {
		if len(s.rooms) >= s.c.sh.srv.cfg.MaxRooms {
			return ErrTooManyRooms
		}
		n.join(s, name)
	}
	return nil
}

// Leave takes the socket out of rooms. Rooms without members cease to be.
func (s *Socket) Leave(rooms ...string) {
	s.onLoopDo(func() {
		n := s.ns.shards[s.c.sh.index]
		for _, name := range rooms {
			if r := n.rooms[name]; r != nil {
				if i := s.indexOf(r); i >= 0 {
					n.leave(s, i)
				}
			}
		}
	})
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

// legacyRooms counts the members of revision 1 by room, over all loops, so that
// one who emits binary data to a room learns that some can't receive it. Only
// those clients' joins touch it.
type legacyRooms struct{ counts sync.Map }

// everyone stands for the namespace itself; no room's name has a NUL in front.
const everyone = "\x00everyone"

func (l *legacyRooms) add(s *Socket, name string, d int32) {
	if s.c.sess.Rev() != session.Rev1 {
		return
	}
	n, _ := l.counts.LoadOrStore(name, new(atomic.Int32))
	n.(*atomic.Int32).Add(d)
}

func (l *legacyRooms) has(name string) bool {
	n, ok := l.counts.Load(name)
	return ok && n.(*atomic.Int32).Load() > 0
}
