package session

import (
	"sync/atomic"

	"github.com/tornadio/tornadio/ioloop"
)

// Manager holds the sessions of one loop. There is no table across loops: an
// id says where to look.
type Manager struct {
	loop      *ioloop.Loop
	cfg       *Config
	sessions  map[uint64]*Session
	current   *Session   // whose callbacks run now
	dirty     []*Session // have queued something in another's callback
	answering bool       // something was queued for current alone
	ending    bool       // Flush is under way
	due       bool       // Flush comes with the end of this batch
	delay     ioloop.Timer
	spare     []*queue
	spareRoom int // of all spare queues together
	ids       idSource
	aside     map[*Session][]Link // nearly always empty, see aside.go
	cause     error               // of the end that an owner is being told
	naming    *naming             // where the application makes ids, see names.go

	// Transports is what the transports of this loop share; it is theirs.
	Transports any

	// Sent counts messages that transports took, Queued is the count of bytes
	// that wait in queues; any goroutine may read them.
	Sent   atomic.Uint64
	Queued atomic.Int64
	// OnCarry, if set, is told of transports that begin (1) and cease (-1) to
	// carry a session.
	OnCarry func(rev Rev, transport string, change int)
}

// NewManager makes the manager of one loop.
func NewManager(loop *ioloop.Loop, cfg *Config) *Manager {
	return &Manager{loop: loop, cfg: cfg, sessions: make(map[uint64]*Session)}
}

// Loop is the loop whose sessions these are.
func (m *Manager) Loop() *ioloop.Loop { return m.loop }

// Config is what the sessions share.
func (m *Manager) Config() *Config { return m.cfg }

// Len is the count of sessions.
func (m *Manager) Len() int { return len(m.sessions) }

// NewID makes an id of this loop that no session of it has.
func (m *Manager) NewID() ID {
	for {
		id := m.ids.next(m.loop.Index())
		if _, taken := m.sessions[id.key()]; !taken {
			return id
		}
	}
}

// Start makes s a session of this loop, with a new id. Without a transport it
// expires.
func (m *Manager) Start(s *Session, rev Rev, owner Owner) {
	s.m, s.rev, s.owner = m, rev, owner
	s.id = m.NewID()
	m.sessions[s.id.key()] = s
	if m.naming != nil {
		m.naming.begin(s.id)
	}
	s.setTimer(m.cfg.Expiry)
}

// Find returns the session with this id, nil if there is none of this
// revision. Both revisions of Engine.IO are found by either number: a request
// that names a session is of that session's revision.
func (m *Manager) Find(id ID, rev Rev) *Session {
	s := m.sessions[id.key()]
	if s == nil || s.id != id || (s.rev == Rev1) != (rev == Rev1) {
		return nil
	}
	return s
}

// All calls f for every session. f may end sessions.
func (m *Manager) All(f func(*Session)) {
	for _, s := range m.sessions {
		f(s)
	}
}

func (m *Manager) forget(s *Session) {
	delete(m.sessions, s.id.key())
	if m.naming != nil {
		m.naming.end(s.id)
	}
}

// mark puts s on the list of those whose queues are looked at when the batch
// ends, or Config.WriteDelay after the first of them.
func (m *Manager) mark(s *Session) {
	m.dirty = append(m.dirty, s)
	switch {
	case m.cfg.WriteDelay <= 0:
		m.hurry()
	case !m.delay.Pending() && !m.due:
		m.loop.StartTimer(&m.delay, m.cfg.WriteDelay, m)
	}
}

// hurry has the list looked at when the batch ends.
func (m *Manager) hurry() {
	if !m.due {
		m.due = true
		m.loop.Defer(m)
	}
}

// OnTimer implements ioloop.TimerHandler: the write delay is over.
func (m *Manager) OnTimer(*ioloop.Timer) {
	if !m.due {
		m.Flush()
	}
}

// Flush implements ioloop.Flusher: the batch is done, what queued for others
// leaves.
func (m *Manager) Flush() {
	m.ending = true
	defer func() { m.ending = false }()
	m.loop.StopTimer(&m.delay)
	for i := 0; i < len(m.dirty); i++ {
		s := m.dirty[i]
		m.dirty[i] = nil
		s.dirty = false
		s.Flush()
	}
	m.dirty = m.dirty[:0]
	m.due = false
}

// Ending reports whether the batch ends just now, and what a link is given is
// all that it will be given.
func (m *Manager) Ending() bool { return m.ending }

// A broadcast fills one queue for each receiver before the first leaves. So the
// queues that wait for reuse have room for maxSpare messages, or for two of each
// session where that is more: it is what they needed before, 64 bytes each.
// keepQueue bounds the size of one.
const (
	maxSpare  = 64 << 10
	keepQueue = 256
)

func (m *Manager) borrow() *queue {
	if n := len(m.spare); n > 0 {
		q := m.spare[n-1]
		m.spare[n-1] = nil
		m.spare = m.spare[:n-1]
		m.spareRoom -= cap(q.ms)
		return q
	}
	return newQueue()
}

func (m *Manager) giveBack(q *queue) {
	room := cap(q.ms)
	if room <= keepQueue && m.spareRoom+room <= max(maxSpare, 2*len(m.sessions)) {
		clear(q.ms)
		q.ms, q.bytes = q.ms[:0], 0
		m.spareRoom += room
		m.spare = append(m.spare, q)
	}
}
