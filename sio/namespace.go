package sio

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/tornadio/tornadio/sio/internal/session"
)

// Namespace is a namespace whose clients are values of C. Handlers and
// middlewares may be registered at any time, from any goroutine; those that
// come after the server began to listen count from then on.
type Namespace[C Handler] struct{ ns *namespace }

// Of returns the namespace of this name with plain sockets, for handlers that
// are functions. "/" always exists. A leading slash that is missing is added.
func (s *Server) Of(name string) *Namespace[*Socket] {
	ns := s.namespace(name)
	if ns.make != nil && ns.kind != "*sio.Socket" {
		s.mistake("Of(%q): the namespace has clients of type %s; register its handlers with what sio.Of returned", name, ns.kind)
		ns = s.orphan()
	}
	return s.plain(ns)
}

// plain gives a namespace plain sockets, if it has no type of clients yet.
func (s *Server) plain(ns *namespace) *Namespace[*Socket] {
	if ns.make == nil {
		ns.kind = "*sio.Socket"
		ns.make = func() Handler {
			k := new(Socket)
			k.self = k
			return k
		}
	}
	return &Namespace[*Socket]{ns}
}

// Of makes a namespace whose clients are values of the struct T, which embeds
// [Socket] by value. Each client that joins gets one; setup, which may be nil,
// fills in what it needs, before OnOpen. It runs on the client's loop.
//
//	type Chat struct {
//		sio.Socket
//		name string
//	}
//
//	chat := sio.Of(srv, "/chat", func(c *Chat) { c.name = "?" })
func Of[T any, C interface {
	*T
	Handler
}](s *Server, name string, setup func(C)) *Namespace[C] {
	ns := s.namespace(name)
	if ns.parent != nil && ns.kind == fmt.Sprintf("%T", C(nil)) && setup == nil {
		return &Namespace[C]{ns} // a child, made by its parent
	}
	if ns.make != nil {
		s.mistake("Of(%q): the namespace exists already, with clients of type %s", name, ns.kind)
		ns = s.orphan()
	}
	return typed[T, C](ns, setup)
}

// typed gives a namespace its type of clients.
func typed[T any, C interface {
	*T
	Handler
}](ns *namespace, setup func(C)) *Namespace[C] {
	ns.kind = fmt.Sprintf("%T", C(nil))
	ns.make = func() Handler {
		c := C(new(T))
		c.socket().self = c
		if setup != nil {
			setup(c)
		}
		return c
	}
	return &Namespace[C]{ns}
}

// Name is the namespace's name.
func (n *Namespace[C]) Name() string { return n.ns.name }

// To is the members of rooms, or with no room everyone in the namespace.
func (n *Namespace[C]) To(rooms ...string) Target { return Target{ns: n.ns, rooms: rooms} }

// Len is the count of clients in the namespace, on all loops.
func (n *Namespace[C]) Len() int {
	total := 0
	for _, sh := range n.ns.shards {
		total += int(sh.count.Load())
	}
	return total
}

// namespace is what all loops share of a namespace.
type namespace struct {
	srv    *Server
	name   string
	parent *namespace // of a child: see dynamic.go
	family *family    // of a parent
	holders
	kind   string         // the type of its clients, for messages
	make   func() Handler // a new client's value, with its self set
	shards []*nsShard
	where  roomTable
	legacy atomic.Int32 // clients of revision 1
	table  atomic.Pointer[table]

	adapter Adapter       // of a fleet; nil without one
	watcher RoomWatcher   // the same, if it wants to know of rooms
	lastAsk atomic.Uint64 // of broadcasts with acknowledgements
	rec     *recovering   // nil without Config.Recovery
}

// table is what was registered. It is replaced, never changed.
type table struct {
	events     map[string]*binding
	middleware []middleware
	listeners
	hooks
}

// nsShard is a namespace on one loop.
type nsShard struct {
	ns    *namespace
	sh    *shard
	count atomic.Int64 // len(all), for other goroutines
	all   []*Socket
	ids   map[uint64]*Socket
	rooms map[string]*room
	spare []*room
	asks  map[uint64]*asking

	keeper *keeper      // nil without Config.Recovery
	away   atomic.Int64 // sockets that it keeps
}

func (s *Server) newNamespace(name string) *namespace {
	ns := &namespace{srv: s, name: name}
	ns.table.Store(&table{})
	ns.where.init(len(s.shards), ns.roomChanged)
	for _, sh := range s.shards {
		ns.shards = append(ns.shards, &nsShard{
			ns: ns, sh: sh, ids: make(map[uint64]*Socket), rooms: make(map[string]*room),
		})
	}
	if s.cfg.Recovery != nil {
		ns.rec = &recovering{cfg: s.cfg.Recovery}
		for _, n := range ns.shards {
			n.keeper = &keeper{recovering: ns.rec, n: n}
		}
	}
	return ns
}

// orphan takes the registrations that come after a mistake.
func (s *Server) orphan() *namespace { return s.newNamespace("") }

// namespace finds or makes a namespace for registration.
func (s *Server) namespace(name string) *namespace {
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	if badName(name) {
		s.mistake("Of(%q): a namespace's name can't contain a comma, a colon, a question mark or a NUL", name)
		return s.orphan()
	}
	if (*s.namespaces.Load())[name] == nil {
		if ns := s.adopted(name); ns != nil {
			return ns
		}
	}
	ns, made := s.findOrMake(name)
	if made && name != "/" {
		s.tellOf(ns)
	}
	return ns
}

func (s *Server) findOrMake(name string) (ns *namespace, made bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ns := (*s.namespaces.Load())[name]; ns != nil {
		return ns, false
	}
	ns = s.newNamespace(name)
	ns.connect()
	all := maps.Clone(*s.namespaces.Load())
	all[name] = ns
	s.namespaces.Store(&all)
	return ns, true
}

func badName(name string) bool { return strings.ContainsAny(name, ",:?\x00") }

// update replaces the table by a changed copy.
func (ns *namespace) update(f func(*table)) {
	ns.srv.mu.Lock()
	defer ns.srv.mu.Unlock()
	old := ns.table.Load()
	t := *old // f appends to the slices: they are clipped
	t.events = make(map[string]*binding, len(old.events)+1)
	maps.Copy(t.events, old.events)
	t.serverSide = make(map[string]func(*ServerEvent), len(old.serverSide)+1)
	maps.Copy(t.serverSide, old.serverSide)
	t.middleware = slices.Clip(t.middleware)
	t.any, t.use, t.outgoing = slices.Clip(t.any), slices.Clip(t.use), slices.Clip(t.outgoing)
	f(&t)
	ns.table.Store(&t)
}

// add puts a socket on its loop's lists, with a new id or with the one it had.
func (ns *namespace) add(s *Socket, back *comeback) {
	n := ns.shards[s.c.sh.index]
	for back == nil {
		s.id = s.c.sess.Manager().NewID()
		if s.c.sess.Rev() == session.Rev3 {
			s.takeSessionID()
			break
		}
		if _, taken := n.ids[s.id.Key()]; !taken {
			break
		}
	}
	if back != nil {
		s.id = back.id
	}
	ns.hold()
	n.ids[s.id.Key()] = s
	s.pos = int32(len(n.all))
	n.all = append(n.all, s)
	n.count.Add(1)
	if s.c.sess.Rev() == session.Rev1 {
		ns.legacy.Add(1)
	}
}

// remove takes a socket off them, and out of its rooms.
func (ns *namespace) remove(s *Socket) {
	n := ns.shards[s.c.sh.index]
	if int(s.pos) >= len(n.all) || n.all[s.pos] != s {
		return
	}
	for len(s.rooms) > 0 {
		n.leave(s, len(s.rooms)-1)
	}
	s.rooms = nil
	s.forgetRooms()
	if n.ids[s.id.Key()] == s { // one that was recovered may have its id
		delete(n.ids, s.id.Key())
	}
	last := len(n.all) - 1
	n.all[s.pos] = n.all[last]
	n.all[s.pos].pos = s.pos
	n.all[last] = nil
	n.all = n.all[:last]
	n.count.Add(-1)
	if s.c.sess.Rev() == session.Rev1 {
		ns.legacy.Add(-1)
	}
	ns.release()
}

// byID finds a socket of this loop by its public id.
func (n *nsShard) byID(name string) *Socket {
	id, ok := n.ns.parseID(name)
	if !ok {
		return nil
	}
	s := n.ids[id.Key()]
	if s == nil || s.id != id || s.c.sess.Rev() == session.Rev3 && s.ID() != name || s.c.sess.Rev() != session.Rev3 && len(name) != session.IDLen {
		return nil
	}
	return s
}

// parseID reads a public id of the namespace: clients of 1.x and 2.x have their
// session's, which has the namespace in front unless that is "/".
func (ns *namespace) parseID(name string) (session.ID, bool) {
	if rest, ok := strings.CutPrefix(name, ns.name); ok && strings.HasPrefix(rest, "#") && ns.name != "/" {
		name = rest[1:]
	}
	if id, ok := session.ParseID([]byte(name)); ok {
		return id, true
	}
	return ns.shards[0].sh.m.Named(name)
}

// takeSessionID: a client of 1.x or 2.x takes its connection's id for its own.
func (s *Socket) takeSessionID() {
	s.id = s.c.sess.ID()
	if sid := s.c.sess.SID(); sid != s.id.String() {
		s.needExtra().sid = sid
	}
}

// prefixed reports whether the namespace is part of the socket's public id.
func (s *Socket) prefixed() bool { return s.c.sess.Rev() == session.Rev3 && s.ns.name != "/" }

// each calls f for the members of a room, and for the socket with this id.
func (n *nsShard) each(name string, f func(*Socket)) {
	if r := n.rooms[name]; r != nil {
		for _, s := range r.members {
			f(s)
		}
	}
	if s := n.byID(name); s != nil {
		f(s)
	}
}
