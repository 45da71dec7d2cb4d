package sio

import (
	"errors"
	"iter"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
)

// Namespaces that come into being when a client asks for them: of(RegExp) and
// of(function) of Socket.IO, get_endpoint of TornadIO2.
//
// A parent holds the handlers; its children have rooms and members of their
// own. A child is held by each client that is in it or on its way into it, and
// ceases to be when nobody holds it.

// Endpoint is any namespace: what Of returns.
type Endpoint interface {
	// Name is the namespace's name.
	Name() string
	// To is the members of rooms, or with no room everyone in the namespace.
	To(rooms ...string) Target
	// Len is the count of clients in the namespace.
	Len() int

	endpoint() *namespace
}

func (n *Namespace[C]) endpoint() *namespace { return n.ns }

// OfMatch returns the parent of all namespaces whose name the expression
// matches; write ^ and $ around it to mean the whole name. They have its
// handlers and middlewares, and come into being when a client asks for one.
//
// Parents are asked in the order in which they were made, those of OfFunc and
// Decide among them; a namespace that Of made beforehand is not asked for.
// Emitting on the parent reaches all its children. A child ceases to be when
// its last client leaves, unless Config.KeepEmptyNamespaces says otherwise.
//
//	rooms := srv.OfMatch(regexp.MustCompile(`^/room-\d+$`))
func (s *Server) OfMatch(re *regexp.Regexp) *Namespace[*Socket] {
	if re == nil {
		s.mistake("OfMatch: the expression is nil")
		return s.plain(s.orphan())
	}
	return s.plain(s.newParent(re.String(), &family{re: re}))
}

// OfFunc is [Server.OfMatch] with a function that is asked for each name. It
// sees what the client gave, and runs on the client's loop, on several loops at
// once; it must not block.
func (s *Server) OfFunc(f func(name string, h *Handshake) bool) *Namespace[*Socket] {
	if f == nil {
		s.mistake("OfFunc: the function is nil")
		return s.plain(s.orphan())
	}
	return s.plain(s.newParent("function", &family{f: f}))
}

// OfMatch is [Server.OfMatch] with clients that are values of T, as in [Of].
func OfMatch[T any, C interface {
	*T
	Handler
}](s *Server, re *regexp.Regexp, setup func(C)) *Namespace[C] {
	if re == nil {
		s.mistake("OfMatch: the expression is nil")
		return typed[T, C](s.orphan(), setup)
	}
	return typed[T, C](s.newParent(re.String(), &family{re: re}), setup)
}

// OfFunc is [Server.OfFunc] with clients that are values of T, as in [Of].
func OfFunc[T any, C interface {
	*T
	Handler
}](s *Server, f func(name string, h *Handshake) bool, setup func(C)) *Namespace[C] {
	if f == nil {
		s.mistake("OfFunc: the function is nil")
		return typed[T, C](s.orphan(), setup)
	}
	return typed[T, C](s.newParent("function", &family{f: f}), setup)
}

// Decide sets a function that is asked for namespaces which do not exist. It
// returns the namespace after whose pattern the asked one is to be made: with
// the same type of clients, handlers and middlewares, but rooms and members of
// its own; or nil if there shall be none. It is TornadIO2's get_endpoint; where
// one type of clients is enough, [Server.OfFunc] is simpler.
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
	if s.decides.Swap(true) {
		s.mistake("Decide was called before; let one function decide")
		return
	}
	s.addDecider(func(name string, _ *Handshake) *namespace {
		if e := f(name); e != nil {
			return e.endpoint()
		}
		return nil
	})
}

// OnNamespace adds a function that is told of each namespace that comes into
// being: by Of, or because a client asked for it. In the second case it runs on
// that client's loop, before the client joins, and must not block. It is
// Socket.IO's event new_namespace. [Server.Namespaces] has those of before.
func (s *Server) OnNamespace(f func(Endpoint)) {
	if f == nil {
		s.mistake("OnNamespace: the function is nil")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []func(Endpoint)
	if old := s.onNamespace.Load(); old != nil {
		all = slices.Clone(*old)
	}
	all = append(all, f)
	s.onNamespace.Store(&all)
}

// tellOf calls the function of OnNamespace.
func (s *Server) tellOf(ns *namespace) {
	if all := s.onNamespace.Load(); all != nil {
		for _, f := range *all {
			f(&Namespace[*Socket]{ns})
		}
	}
}

// Children are the namespaces that came into being from this one and exist now,
// in no order. A namespace of [Of] has none.
func (n *Namespace[C]) Children() iter.Seq[*Namespace[C]] {
	return func(yield func(*Namespace[C]) bool) {
		for child := range n.ns.children() {
			if !yield(&Namespace[C]{child}) {
				return
			}
		}
	}
}

// Child is the child of that name, nil if it does not exist now.
func (n *Namespace[C]) Child(name string) *Namespace[C] {
	if v, ok := n.ns.srv.children.Load(name); ok && v.(*namespace).parent == n.ns {
		return &Namespace[C]{v.(*namespace)}
	}
	return nil
}

// family is what a parent has beside its handlers.
type family struct {
	re       *regexp.Regexp
	f        func(string, *Handshake) bool
	children sync.Map // of *namespace, by name
}

func (f *family) matches(name string, h *Handshake) bool {
	if f.re != nil {
		return f.re.MatchString(name)
	}
	return f.f(name, h)
}

// children are those of a parent; of other namespaces none.
func (ns *namespace) children() iter.Seq[*namespace] {
	return func(yield func(*namespace) bool) {
		if ns.family != nil {
			ns.family.children.Range(func(_, v any) bool { return yield(v.(*namespace)) })
		}
	}
}

// decider gives the parent of a namespace that is asked for, or nil.
type decider func(name string, h *Handshake) *namespace

func (s *Server) newParent(name string, f *family) *namespace {
	ns := s.newNamespace(name)
	ns.family = f
	s.addDecider(func(name string, h *Handshake) *namespace {
		if f.matches(name, h) {
			return ns
		}
		return nil
	})
	if f.re != nil {
		s.mu.Lock()
		s.patterns = append(s.patterns, ns)
		s.mu.Unlock()
	}
	return ns
}

func (s *Server) addDecider(d decider) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []decider
	if old := s.deciders.Load(); old != nil {
		all = append(all, *old...)
	}
	all = append(all, d)
	s.deciders.Store(&all)
}

// severalNamespaces reports whether a client can join another one yet.
func (s *Server) severalNamespaces() bool {
	return len(*s.namespaces.Load()) > 1 || s.deciders.Load() != nil
}

// lookup finds the namespace that a client asks for, and holds it. The client
// releases it when it has joined, or was refused.
func (sh *shard) lookup(name string, h *Handshake) (*namespace, error) {
	s := sh.srv
	if ns := s.static(name); ns != nil {
		return ns, nil
	}
	if ns := s.child(name); ns != nil {
		return ns, nil
	}
	all := s.deciders.Load()
	if all == nil || badName(name) || len(name) > s.cfg.MaxNamespaceName {
		return nil, errNamespace
	}
	var parent *namespace
	if sh.Guard("namespace "+name, func() {
		for _, d := range *all {
			if parent = d(name, h); parent != nil {
				break
			}
		}
	}) {
		return nil, errInternal
	}
	if parent == nil {
		return nil, errNamespace
	}
	ns, made, err := s.makeChild(name, parent)
	if made && sh.Guard("OnNamespace", func() { s.tellOf(ns) }) {
		ns.release()
		return nil, errInternal
	}
	return ns, err
}

// static finds a namespace that Of made.
func (s *Server) static(name string) *namespace {
	ns := (*s.namespaces.Load())[name]
	if ns != nil && ns.make == nil {
		s.Of(name)
	}
	return ns
}

// child finds a child, and holds it.
func (s *Server) child(name string) *namespace {
	if v, ok := s.children.Load(name); ok {
		if ns := v.(*namespace); ns.hold() {
			return ns
		}
	}
	return nil
}

var errManyNamespaces = errors.New("too many namespaces")

// makeChild makes a child and holds it, unless another loop was faster.
func (s *Server) makeChild(name string, parent *namespace) (ns *namespace, made bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ns := s.child(name); ns != nil {
		return ns, false, nil
	}
	if s.dynamic.Load() >= int64(s.cfg.MaxDynamicNamespaces) {
		return nil, false, errManyNamespaces
	}
	ns = s.newNamespace(name)
	ns.parent, ns.kind, ns.make = parent, parent.kind, parent.make
	ns.connect()
	ns.holders.Store(1)
	if s.cfg.KeepEmptyNamespaces {
		ns.holders.Store(2)
	}
	s.dynamic.Add(1)
	s.children.Store(name, ns)
	if parent.family != nil {
		parent.family.children.Store(name, ns)
	}
	return ns, true, nil
}

// adopted finds or makes the child that Of names: a child that exists, or one
// of a parent with an expression. It is held for good.
func (s *Server) adopted(name string) *namespace {
	if ns := s.child(name); ns != nil {
		return ns
	}
	s.mu.Lock()
	patterns := s.patterns
	s.mu.Unlock()
	for _, parent := range patterns {
		if parent.family.re.MatchString(name) {
			ns, made, err := s.makeChild(name, parent)
			if err != nil {
				s.mistake("Of(%q): %v (Config.MaxDynamicNamespaces)", name, err)
				return s.orphan()
			}
			if made {
				s.tellOf(ns)
			}
			return ns
		}
	}
	return nil
}

// holders counts who needs a child. Below zero the child is gone.
type holders struct{ atomic.Int64 }

const gone = -1 << 62

// hold keeps a child from ceasing to be. It reports whether it still is. Other
// namespaces always are.
func (ns *namespace) hold() bool {
	if ns.parent == nil {
		return true
	}
	for {
		n := ns.holders.Load()
		if n < 0 {
			return false
		}
		if ns.holders.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// release takes back a hold. The last one ends the child.
func (ns *namespace) release() {
	if ns.parent == nil || ns.holders.Add(-1) > 0 || !ns.holders.CompareAndSwap(0, gone) {
		return
	}
	s := ns.srv
	s.dynamic.Add(-1)
	s.children.CompareAndDelete(ns.name, ns)
	if f := ns.parent.family; f != nil {
		f.children.CompareAndDelete(ns.name, ns)
	}
	if ns.adapter != nil {
		go s.shards[0].runAside(ns.name+" adapter", func() { _ = ns.disconnect() })
	}
}

// binding is the handler of an event: the namespace's own, or its parent's.
func (ns *namespace) binding(event []byte) *binding {
	for ; ns != nil; ns = ns.parent {
		if b := ns.table.Load().events[string(event)]; b != nil {
			return b
		}
	}
	return nil
}

// registered puts together what parents and child have registered, the
// parents' first. Most namespaces have no parent, and most children nothing of
// their own.
func registered[F any](ns *namespace, pick func(*table) []F) []F {
	own := pick(ns.table.Load())
	if ns.parent == nil {
		return own
	}
	above := registered(ns.parent, pick)
	if len(own) == 0 {
		return above
	}
	return append(append([]F(nil), above...), own...)
}

func (ns *namespace) middlewares() []middleware {
	return registered(ns, func(t *table) []middleware { return t.middleware })
}
