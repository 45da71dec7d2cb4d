package sio

import "slices"

// Hooks of a namespace: who comes and goes, and what happens to rooms. Like
// listeners they can be many, so that what watches a server can be written
// beside it. While there are none a join costs one look at a list.

// hooks are a part of a namespace's table.
type hooks struct {
	created    []*func(room string)
	deleted    []*func(room string)
	joined     []*func(h Handler, room string)
	left       []*func(h Handler, room string)
	opened     []*func(h Handler, how *Handshake)
	closed     []*func(h Handler, why Reason)
	upgraded   []*func(h Handler)
	serverSide map[string]func(*ServerEvent)
}

// hook adds f to a list of the table. Lists are replaced, never changed.
func hook[F any](ns *namespace, what string, missing bool, list func(*table) *[]*F, f F) (off func()) {
	if missing {
		ns.srv.mistake("%s on %q: the function is nil", what, ns.name)
		return func() {}
	}
	p := &f
	ns.update(func(t *table) { *list(t) = append(slices.Clip(*list(t)), p) })
	return func() {
		ns.update(func(t *table) {
			*list(t) = slices.DeleteFunc(slices.Clone(*list(t)), func(x *F) bool { return x == p })
		})
	}
}

// OnConnection adds a listener of every client that joins: Socket.IO's event
// connection. It runs on the client's loop when OnOpen has let the client in,
// with the same handshake; what it sends goes out behind the confirmation. off
// removes it.
func (n *Namespace[C]) OnConnection(f func(c C, h *Handshake)) (off func()) {
	return hook(n.ns, "OnConnection", f == nil, func(t *table) *[]*func(Handler, *Handshake) { return &t.opened },
		func(h Handler, how *Handshake) { f(h.(C), how) })
}

// OnDisconnection adds a listener of every client that leaves, after its
// OnClose and with the same reason: the socket is still in its rooms. off
// removes it.
func (n *Namespace[C]) OnDisconnection(f func(c C, why Reason)) (off func()) {
	return hook(n.ns, "OnDisconnection", f == nil, func(t *table) *[]*func(Handler, Reason) { return &t.closed },
		func(h Handler, why Reason) { f(h.(C), why) })
}

// OnUpgrade adds a listener of every client whose connection goes on over a
// websocket from now on: see [Socket.Transport]. It runs on the client's loop.
// off removes it.
func (n *Namespace[C]) OnUpgrade(f func(c C)) (off func()) {
	return hook(n.ns, "OnUpgrade", f == nil, func(t *table) *[]*func(Handler) { return &t.upgraded },
		func(h Handler) { f(h.(C)) })
}

// OnCreateRoom adds a listener that is told that a room got its first member on
// this server, and OnDeleteRoom one that its last member has left. For one room
// the calls are in order, the first one a creation. They come on one of the
// server's loops, the same for one room, soon after it happened. Sockets' own
// rooms, by id, are not reported. off removes the listener.
func (n *Namespace[C]) OnCreateRoom(f func(room string)) (off func()) {
	return hook(n.ns, "OnCreateRoom", f == nil, func(t *table) *[]*func(string) { return &t.created }, f)
}

// OnDeleteRoom is the other half of OnCreateRoom.
func (n *Namespace[C]) OnDeleteRoom(f func(room string)) (off func()) {
	return hook(n.ns, "OnDeleteRoom", f == nil, func(t *table) *[]*func(string) { return &t.deleted }, f)
}

// OnJoinRoom adds a listener that is told of every socket that joins a room, on
// the socket's loop, when the callback that runs there has ended. off removes
// it.
func (n *Namespace[C]) OnJoinRoom(f func(c C, room string)) (off func()) {
	return hook(n.ns, "OnJoinRoom", f == nil, func(t *table) *[]*func(Handler, string) { return &t.joined },
		func(h Handler, room string) { f(h.(C), room) })
}

// OnLeaveRoom is OnJoinRoom for leaving, closing included.
func (n *Namespace[C]) OnLeaveRoom(f func(c C, room string)) (off func()) {
	return hook(n.ns, "OnLeaveRoom", f == nil, func(t *table) *[]*func(Handler, string) { return &t.left },
		func(h Handler, room string) { f(h.(C), room) })
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
	all, label := registered(ns, func(t *table) []*func(string) { return t.created }), " OnCreateRoom"
	if !created {
		all, label = registered(ns, func(t *table) []*func(string) { return t.deleted }), " OnDeleteRoom"
	}
	if len(all) == 0 {
		return
	}
	name := where.name
	sh := ns.srv.shards[where.hash/stripes%uint64(len(ns.srv.shards))]
	_ = sh.loop.Post(func() {
		for _, f := range all {
			sh.Guard(ns.name+label, func() { (*f)(name) })
		}
	})
}

// tellJoined and tellLeft run the hooks of members.
func (n *nsShard) tellJoined(s *Socket, room string) {
	n.tellMember(registered(n.ns, func(t *table) []*func(Handler, string) { return t.joined }), " OnJoinRoom", s, room)
}

func (n *nsShard) tellLeft(s *Socket, room string) {
	n.tellMember(registered(n.ns, func(t *table) []*func(Handler, string) { return t.left }), " OnLeaveRoom", s, room)
}

func (n *nsShard) tellMember(all []*func(Handler, string), label string, s *Socket, room string) {
	if len(all) == 0 {
		return
	}
	n.sh.Later(func() {
		for _, f := range all {
			n.sh.Guard(n.ns.name+label, func() { (*f)(s.self, room) })
		}
	})
}

// tellOpened, tellClosed and tellUpgraded run the hooks of the socket.
func (s *Socket) tellOpened(h *Handshake) {
	for _, f := range registered(s.ns, func(t *table) []*func(Handler, *Handshake) { return t.opened }) {
		if s.run(s.ns.name+" OnConnection", func() { (*f)(s.self, h) }); s.Closed() {
			return
		}
	}
}

func (s *Socket) tellClosed() {
	for _, f := range registered(s.ns, func(t *table) []*func(Handler, Reason) { return t.closed }) {
		s.c.sh.Guard(s.ns.name+" OnDisconnection", func() { (*f)(s.self, s.why) })
	}
}

// OnUpgrade implements session.Upgraded.
func (c *client) OnUpgrade() {
	for _, s := range c.sockets() {
		for _, f := range registered(s.ns, func(t *table) []*func(Handler) { return t.upgraded }) {
			if !s.Closed() {
				s.run(s.ns.name+" OnUpgrade", func() { (*f)(s.self) })
			}
		}
	}
}
