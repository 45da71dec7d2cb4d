package sio

import "slices"

// The sockets themselves, for who wants more of them than their names: what
// Node's map namespace.sockets is for.

// Each runs f for every socket of this server that is in one of the rooms, or
// with no room for everyone in the namespace: on the socket's own loop, after
// what runs there now, those of one loop one after the other, those of several
// at the same time. Of a parent they are those of its children.
func (n *Namespace[C]) Each(f func(C), rooms ...string) {
	if f == nil {
		n.ns.srv.mistake("Each on %q: the function is nil", n.ns.name)
		return
	}
	rooms = slices.Clone(rooms)
	n.ns.eachLoop(rooms, func(ns *nsShard) {
		label := ns.ns.name + " Each"
		for _, s := range ns.receivers(&Target{ns: ns.ns, rooms: rooms}) {
			s.with(label, func() { f(s.self.(C)) })
		}
	})
}

// With runs f on its loop with the socket of this server that has this id, if
// there is one and it is open then. Of a parent its children are searched.
func (n *Namespace[C]) With(id string, f func(C)) {
	if f == nil {
		n.ns.srv.mistake("With on %q: the function is nil", n.ns.name)
		return
	}
	n.ns.eachLoop([]string{id}, func(ns *nsShard) {
		if s := ns.byID(id); s != nil {
			s.with(ns.ns.name+" With", func() { f(s.self.(C)) })
		}
	})
}

// with runs a callback about the socket, if it is open still.
func (s *Socket) with(label string, f func()) {
	if s.state.Load() == sockOpen {
		s.run(label, f)
	}
}

// eachLoop posts f to the loops that may have sockets in the rooms, of the
// namespace and of its children.
func (ns *namespace) eachLoop(rooms []string, f func(*nsShard)) {
	loops := (&Target{ns: ns, rooms: rooms}).loops()
	for i, n := range ns.shards {
		if loops.has(i) {
			_ = n.sh.loop.Post(func() { f(n) })
		}
	}
	for child := range ns.children() {
		child.eachLoop(rooms, f)
	}
}

// Untyped is a namespace whatever the type of its clients is: for what watches
// any of them. [SocketOf] has what all clients have.
func Untyped(e Endpoint) *Namespace[Handler] { return &Namespace[Handler]{e.endpoint()} }

// SocketOf is the socket that a client's type embeds.
func SocketOf(h Handler) *Socket { return h.socket() }

// Namespaces are the namespaces that exist now, in no order: those of [Of], and
// those that came into being because clients asked for them, but not the
// parents of these, which have no clients of their own.
func (s *Server) Namespaces() []Endpoint {
	var all []Endpoint
	for _, ns := range *s.namespaces.Load() {
		all = append(all, &Namespace[*Socket]{ns})
	}
	s.children.Range(func(_, v any) bool {
		all = append(all, &Namespace[*Socket]{v.(*namespace)})
		return true
	})
	return all
}
