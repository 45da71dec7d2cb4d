package sio

import "maps"

// Hooks of a namespace on its rooms. While none is set a join costs one look at
// a pointer.

// hooks are replaced, never changed.
type hooks struct {
	created    func(room string)
	deleted    func(room string)
	joined     func(h Handler, room string)
	left       func(h Handler, room string)
	serverSide map[string]func(*ServerEvent)
}

var noHooks = new(hooks)

// hooksNow are those that count for the namespace: its own, or its parent's.
func (ns *namespace) hooksNow() *hooks {
	for ; ns != nil; ns = ns.parent {
		if h := ns.hooks.Load(); h != nil {
			return h
		}
	}
	return noHooks
}

// hook replaces the hooks by a changed copy.
func (ns *namespace) hook(f func(*hooks)) {
	ns.srv.mu.Lock()
	defer ns.srv.mu.Unlock()
	h := hooks{}
	if old := ns.hooks.Load(); old != nil {
		h = *old
	}
	h.serverSide = maps.Clone(h.serverSide)
	if h.serverSide == nil {
		h.serverSide = make(map[string]func(*ServerEvent))
	}
	f(&h)
	ns.hooks.Store(&h)
}

// OnCreateRoom sets what is told that a room got its first member on this
// server, and OnDeleteRoom that its last one has left. For one room the calls
// are in order, the first one a creation. They come on one of the server's
// loops, the same for one room, soon after it happened. Sockets' own rooms, by
// id, are not reported. nil takes the hook away.
func (n *Namespace[C]) OnCreateRoom(f func(room string)) {
	n.ns.hook(func(h *hooks) { h.created = f })
}

// OnDeleteRoom is the other half of OnCreateRoom.
func (n *Namespace[C]) OnDeleteRoom(f func(room string)) {
	n.ns.hook(func(h *hooks) { h.deleted = f })
}

// OnJoinRoom sets what is told of every socket that joins a room, on the
// socket's loop, when the callback that runs there has ended. nil takes the
// hook away.
func (n *Namespace[C]) OnJoinRoom(f func(c C, room string)) {
	n.ns.hook(func(h *hooks) { h.joined = memberHook(f) })
}

// OnLeaveRoom is OnJoinRoom for leaving, closing included.
func (n *Namespace[C]) OnLeaveRoom(f func(c C, room string)) {
	n.ns.hook(func(h *hooks) { h.left = memberHook(f) })
}

func memberHook[C Handler](f func(c C, room string)) func(Handler, string) {
	if f == nil {
		return nil
	}
	return func(h Handler, room string) { f(h.(C), room) }
}

// roomChanged tells of a room that came into being or ceased to be. The lock of
// the room's stripe is held, so that what is posted for one room is in order.
func (ns *namespace) roomChanged(where *presence, created bool) {
	if w := ns.watcher; w != nil {
		if created {
			w.RoomCreated(where.name)
		} else {
			w.RoomDeleted(where.name)
		}
	}
	h := ns.hooksNow()
	f, label := h.created, " OnCreateRoom"
	if !created {
		f, label = h.deleted, " OnDeleteRoom"
	}
	if f == nil {
		return
	}
	name := where.name
	sh := ns.srv.shards[where.hash/stripes%uint64(len(ns.srv.shards))]
	_ = sh.loop.Post(func() { sh.Guard(ns.name+label, func() { f(name) }) })
}

// tellJoined and tellLeft run the hooks of members.
func (n *nsShard) tellJoined(s *Socket, room string) {
	if f := n.ns.hooksNow().joined; f != nil {
		n.sh.Later(func() { n.sh.Guard(n.ns.name+" OnJoinRoom", func() { f(s.self, room) }) })
	}
}

func (n *nsShard) tellLeft(s *Socket, room string) {
	if f := n.ns.hooksNow().left; f != nil {
		n.sh.Later(func() { n.sh.Guard(n.ns.name+" OnLeaveRoom", func() { f(s.self, room) }) })
	}
}
