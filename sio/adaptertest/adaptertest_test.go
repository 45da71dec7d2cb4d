package adaptertest_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/adaptertest"
)

// TestMemory: the adapter in memory, on its one server.
func TestMemory(t *testing.T) { adaptertest.Run(t, 1, nil) }

// TestBus: an adapter that stands in front of it, on one server and on three.
func TestBus(t *testing.T) {
	for _, servers := range []int{1, 3} {
		var b *bus
		adaptertest.Run(t, servers, func(_ *testing.T, server int) func(sio.Local) (sio.Adapter, error) {
			if server == 0 {
				b = &bus{}
			}
			return b.adapter
		})
	}
}

// bus connects servers of one process: the smallest adapter of a fleet.
type bus struct{ members []*member }

type member struct {
	sio.Local
	b *bus
}

func (b *bus) adapter(l sio.Local) (sio.Adapter, error) {
	m := &member{Local: l, b: b}
	b.members = append(b.members, m)
	return m, nil
}

// others calls f for the servers that to is for beside this one.
func (m *member) others(to sio.Selection, f func(*member)) {
	for _, other := range m.b.members {
		if other != m && !to.Local {
			f(other)
		}
	}
}

func (m *member) Broadcast(p *sio.Packet, to sio.Selection) error {
	m.others(to, func(o *member) {
		// As over a wire: the packet is made again of its parts.
		if k, err := sio.EncodeArgs(p.Event(), p.Args()); err == nil {
			_ = o.Local.Broadcast(k, to)
		}
	})
	return m.Local.Broadcast(p, to)
}

func (m *member) BroadcastAck(p *sio.Packet, to sio.Selection, a sio.Answers) {
	m.others(to, func(o *member) { o.Local.BroadcastAck(p, to, a) })
	m.Local.BroadcastAck(p, to, a)
}

func (m *member) FetchSockets(to sio.Selection, f func([]sio.SocketInfo, error)) {
	servers := []*member{m}
	m.others(to, func(o *member) { servers = append(servers, o) })
	answers := make(chan []sio.SocketInfo, len(servers))
	for _, s := range servers {
		s.Local.FetchSockets(to, func(some []sio.SocketInfo, _ error) { answers <- some })
	}
	go func() {
		var all []sio.SocketInfo
		for range servers {
			all = append(all, <-answers...)
		}
		f(all, nil)
	}()
}

func (m *member) JoinRooms(to sio.Selection, rooms []string) error {
	m.others(to, func(o *member) { _ = o.Local.JoinRooms(to, rooms) })
	return m.Local.JoinRooms(to, rooms)
}

func (m *member) LeaveRooms(to sio.Selection, rooms []string) error {
	m.others(to, func(o *member) { _ = o.Local.LeaveRooms(to, rooms) })
	return m.Local.LeaveRooms(to, rooms)
}

func (m *member) DisconnectSockets(to sio.Selection, connection bool) error {
	m.others(to, func(o *member) { _ = o.Local.DisconnectSockets(to, connection) })
	return m.Local.DisconnectSockets(to, connection)
}

func (m *member) ServerSideEmit(p *sio.Packet, _ time.Duration, a sio.Answers) error {
	m.others(sio.Selection{}, func(o *member) {
		if a == nil {
			o.ServerSide(p, nil)
			return
		}
		a.Add(1)
		o.ServerSide(p, a.Answer)
	})
	return nil
}

// TestLog: an adapter with a log of the events, with which clients come back on
// any server.
func TestLog(t *testing.T) {
	for _, servers := range []int{1, 3} {
		var b *logBus
		adaptertest.Run(t, servers, func(_ *testing.T, server int) func(sio.Local) (sio.Adapter, error) {
			if server == 0 {
				b = &logBus{states: map[string]sio.SessionState{}}
			}
			return b.adapter
		})
	}
}

// logBus is the log, and what broken connections were.
type logBus struct {
	bus
	mu     sync.Mutex // over the log and what is handed on, so that all have one order
	log    []logged
	states map[string]sio.SessionState
}

type logged struct {
	p  *sio.Packet
	to sio.Selection
}

type logMember struct {
	*member
	b *logBus
}

func (b *logBus) adapter(l sio.Local) (sio.Adapter, error) {
	a, err := b.bus.adapter(l)
	return &logMember{a.(*member), b}, err
}

func (m *logMember) Broadcast(p *sio.Packet, to sio.Selection) error {
	if to.Local || to.Volatile {
		return m.member.Broadcast(p, to)
	}
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	k, err := sio.EncodeArgs(p.Event(), p.Args())
	if err != nil {
		return err
	}
	k = k.WithOffset(strconv.Itoa(len(m.b.log)))
	m.b.log = append(m.b.log, logged{k, to})
	for _, other := range m.b.members {
		err = errors.Join(err, other.Local.Broadcast(k, to))
	}
	return err
}

func (m *logMember) PersistSession(s sio.SessionState, _ time.Duration) {
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	m.b.states[s.PID] = s
}

func (m *logMember) RestoreSession(pid, offset string, f func(*sio.SessionState, []*sio.Packet)) {
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	s, ok := m.b.states[pid]
	delete(m.b.states, pid)
	n, err := strconv.Atoi(offset)
	if !ok || err != nil {
		f(nil, nil)
		return
	}
	var missed []*sio.Packet
	for _, e := range m.b.log[min(n+1, len(m.b.log)):] {
		if e.to.Meets(&s) {
			missed = append(missed, e.p)
		}
	}
	f(&s, missed)
}
