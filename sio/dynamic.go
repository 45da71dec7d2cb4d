package sio

import "slices"

// Namespaces that come into being when a client asks for them: TornadIO2's
// get_endpoint.

// Endpoint is any namespace: what Of returns.
type Endpoint interface{ endpoint() *namespace }

func (n *Namespace[C]) endpoint() *namespace { return n.ns }

// Decide sets a function that is asked for namespaces which do not exist. It
// returns the namespace after whose pattern the asked one is to be made: with
// the same type of clients, handlers and middlewares, but rooms and members of
// its own; or nil if there shall be none. Such a namespace ceases to be when
// its last client leaves.
//
// f runs on a client's loop, at any time and on several loops at once, and must
// not block.
//
//	room := sio.Of[Room](srv, "/room", nil)
//	srv.Decide(func(name string) sio.Endpoint {
//		if strings.HasPrefix(name, "/room-") {
//			return room
//		}
//		return nil
//	})
func (s *Server) Decide(f func(name string) Endpoint) {
	if f == nil {
		s.mistake("Decide: the function is nil")
		return
	}
	if !s.decide.CompareAndSwap(nil, &f) {
		s.mistake("Decide was called before; let one function decide")
	}
}

// child makes the namespace that f decided on.
func (s *Server) child(name string) *namespace {
	f := s.decide.Load()
	if f == nil || badName(name) {
		return nil
	}
	e := (*f)(name)
	if e == nil || e.endpoint() == nil {
		return nil
	}
	parent := e.endpoint()
	s.mu.Lock()
	defer s.mu.Unlock()
	if ns := (*s.namespaces.Load())[name]; ns != nil {
		return ns
	}
	ns := s.newNamespace(name)
	ns.parent, ns.kind, ns.make = parent, parent.kind, parent.make
	s.storeNamespace(name, ns)
	return ns
}

// registered is the table that counts for the namespace.
func (ns *namespace) registered() *table {
	if ns.parent != nil {
		return ns.parent.table.Load()
	}
	return ns.table.Load()
}

// vanish takes a child namespace away once it is empty on all loops. A client
// that joins it at the same moment keeps it in being on its own loop; the next
// one makes it anew.
func (ns *namespace) vanish() {
	if ns.parent == nil || slices.ContainsFunc(ns.shards, func(n *nsShard) bool { return n.count.Load() > 0 }) {
		return
	}
	s := ns.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	if (*s.namespaces.Load())[ns.name] == ns {
		s.storeNamespace(ns.name, nil)
	}
}
