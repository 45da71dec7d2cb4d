package session

import (
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/payload"
)

// One timer serves a session all its life; what its expiry means follows from
// the state:
//
//	new               no transport came: the handshake expires
//	open, revision 4  the server pings PingInterval after open and after each
//	                  pong; PingTimeout without a pong ends the session
//	open, revision 3  the client pings, the server pongs; PingInterval and
//	                  PingTimeout without a ping end the session, whatever else
//	                  comes
//	open, revision 1  on a stream as above with heartbeats, where any packet
//	                  counts as an answer; on polling no heartbeats at all (the
//	                  client's answer would abort its own POST in flight) but
//	                  with GlobalHeartbeats; the transport ends the session
//	                  after CloseTimeout without a poll
//	closing           nobody fetched the close

// Polled is implemented by links that come and go with each request; Polling
// reports whether this one does so now.
type Polled interface{ Polling() bool }

// Quiet is implemented by links that have no heartbeats of themselves.
type Quiet interface{ Quiet() }

func (s *Session) quiet() bool {
	_, ok := s.link.(Quiet)
	return ok && !s.m.cfg.GlobalHeartbeats
}

func (s *Session) polling() bool {
	p, ok := s.link.(Polled)
	return ok && p.Polling()
}

func (s *Session) setTimer(d time.Duration) { s.m.loop.StartTimer(&s.timer, d, s) }

// A heartbeat may come early, so that those of many clients fall on one moment,
// a slot's beginning: the loop wakes for them once, and not for each. A slot is
// beatSlot, or a hundredth of the interval where that is less; and on a loop
// with manySessions, of which few share one, it is doubled until beatsTogether
// do, up to maxSlot and a twenty-fifth of the interval. What falls together is
// done a part at a time, so that others need not wait for all of it (see
// ioloop's timerBudget).
const (
	beatSlot      = 50 * time.Millisecond
	maxSlot       = 800 * time.Millisecond
	manySessions  = 1000
	beatsTogether = 500
)

// slot is that for heartbeats at intervals of d.
func (m *Manager) slot(d time.Duration) time.Duration {
	slot, most := min(beatSlot, d/100).Truncate(time.Millisecond), min(maxSlot, d/25)
	if len(m.sessions) < manySessions {
		return slot
	}
	for slot > 0 && 2*slot <= most && int64(len(m.sessions))*int64(slot) < beatsTogether*int64(d) {
		slot *= 2
	}
	return slot
}

// inSlot gives the time to the last slot within the interval d.
func (m *Manager) inSlot(d time.Duration) time.Duration {
	slot := m.slot(d)
	if slot <= 0 {
		return d
	}
	return d - time.Duration(m.loop.Now().Add(d).UnixNano())%slot
}

func (s *Session) startHeartbeat() {
	s.awaiting = false
	switch {
	case s.rev == Rev3:
		s.setTimer(s.m.cfg.PingInterval + s.m.cfg.PingTimeout)
	case s.rev != Rev1:
		s.setTimer(s.m.inSlot(s.m.cfg.PingInterval))
	case s.quiet():
		s.m.loop.StopTimer(&s.timer)
	default:
		s.setTimer(s.m.inSlot(s.m.cfg.HeartbeatInterval))
	}
}

// OnTimer implements ioloop.TimerHandler.
func (s *Session) OnTimer(*ioloop.Timer) {
	switch s.state {
	case stateNew:
		s.end(PingTimeout, nil, CloseFault)
	case stateOpen:
		s.beat()
	case stateClosing:
		s.remove()
	}
}

func (s *Session) beat() {
	if s.awaiting || s.rev == Rev3 {
		s.end(PingTimeout, nil, CloseFault)
		return
	}
	s.awaiting = true
	if s.rev == Rev1 {
		s.setTimer(s.m.cfg.HeartbeatTimeout)
		s.Enqueue(control(rev1Heartbeat))
	} else {
		s.setTimer(s.m.cfg.PingTimeout)
		s.Enqueue(control(ping))
	}
}

// beaten takes a ping or pong of Engine.IO. One that goes the wrong way is an
// error (engine.io 6, "invalid heartbeat direction").
func (s *Session) beaten(kind payload.Kind) {
	switch {
	case s.rev == Rev3 && kind == payload.Ping:
		s.startHeartbeat()
		s.Enqueue(control(pong))
	case s.rev == Rev3 || kind == payload.Ping:
		s.fail(TransportError, errDirection)
	case s.awaiting:
		s.startHeartbeat()
	}
}

// sign notes a sign of life in revision 1.
func (s *Session) sign() {
	if s.awaiting {
		s.startHeartbeat()
	}
}
