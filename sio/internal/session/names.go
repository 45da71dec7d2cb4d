package session

import (
	"hash/maphash"
	"sync"
)

// Names are the ids that an application made itself. Such an id does not say
// which loop owns its session, so this one table over all loops has to; it
// exists only where the application makes ids. Beneath, sessions keep ids of
// our own.
type Names struct {
	seed   maphash.Seed
	shards [64]struct {
		mu  sync.RWMutex
		ids map[string]ID
	}
}

// NewNames makes an empty table.
func NewNames() *Names {
	n := &Names{seed: maphash.MakeSeed()}
	for i := range n.shards {
		n.shards[i].ids = make(map[string]ID)
	}
	return n
}

// Find gives the id of the session that has this name. One that is only
// reserved has the zero id, which no session has.
func (n *Names) Find(name []byte) (id ID, ok bool) {
	sh := &n.shards[maphash.Bytes(n.seed, name)%uint64(len(n.shards))]
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	id, ok = sh.ids[string(name)]
	return id, ok
}

// put sets the id of a name; fresh says that it must not exist.
func (n *Names) put(name string, id ID, fresh bool) bool {
	sh := &n.shards[maphash.String(n.seed, name)%uint64(len(n.shards))]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, taken := sh.ids[name]; taken && fresh {
		return false
	}
	sh.ids[name] = id
	return true
}

func (n *Names) drop(name string) {
	sh := &n.shards[maphash.String(n.seed, name)%uint64(len(n.shards))]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	delete(sh.ids, name)
}

// naming is a manager's part of Names.
type naming struct {
	*Names
	names map[ID]string
	next  string // reserved for the next session
}

// UseNames makes n the table of the names of m's sessions.
func (m *Manager) UseNames(n *Names) { m.naming = &naming{Names: n, names: make(map[ID]string)} }

// ReserveName keeps a name for the next session of this loop; false says that
// a session has it. It takes back one that was reserved and not used.
func (m *Manager) ReserveName(name string) bool {
	n := m.naming
	if n.next != "" {
		n.drop(n.next)
		n.next = ""
	}
	if !n.put(name, ID{}, true) {
		return false
	}
	n.next = name
	return true
}

// begin gives a new session the reserved name.
func (n *naming) begin(id ID) {
	if n.next != "" {
		n.put(n.next, id, false)
		n.names[id] = n.next
		n.next = ""
	}
}

func (n *naming) end(id ID) {
	if name, ok := n.names[id]; ok {
		delete(n.names, id)
		n.drop(name)
	}
}

// Named is the id of the session that the application named so; false if there
// is none, or if the application names none.
func (m *Manager) Named(name string) (id ID, ok bool) {
	if m.naming == nil {
		return ID{}, false
	}
	return m.naming.Find([]byte(name))
}

// SID is the session's id as its client knows it.
func (s *Session) SID() string {
	if n := s.m.naming; n != nil {
		if name, ok := n.names[s.id]; ok {
			return name
		}
	}
	return s.id.String()
}
