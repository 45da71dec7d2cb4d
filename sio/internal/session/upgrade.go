package session

import (
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/payload"
)

// From polling to websocket (Engine.IO 4, "Upgrade"):
//
//	client  opens a websocket with the session's id and sends 2probe
//	server  answers 3probe; from now on an open poll gets a noop every 100 ms,
//	        so that the client can pause polling
//	client  waits for its poll and POST to end, then sends 5
//	server  the websocket carries the session; what queued leaves there
//
// Until the 5, messages leave over polling. One upgrade at a time. A wrong
// packet, or silence for UpgradeTimeout, closes the websocket and leaves the
// session on polling.
type upgrade struct {
	s      *Session
	link   Link
	timer  ioloop.Timer
	left   time.Duration // until the upgrade is given up
	probed bool
}

// noopEvery is how often an open poll is released during an upgrade
// (engine.io 6, lib/socket.ts).
const noopEvery = 100 * time.Millisecond

// Upgradable reports whether an upgrade may begin: none is on its way, and
// polling carries the session.
func (s *Session) Upgradable() bool {
	return s.state == stateOpen && s.up == nil && s.polling()
}

// StartUpgrade begins an upgrade over l, where Upgradable says so.
func (s *Session) StartUpgrade(l Link) {
	s.up = &upgrade{s: s, link: l, left: s.m.cfg.UpgradeTimeout}
	s.m.loop.StartTimer(&s.up.timer, s.up.left, s.up)
}

// Upgrading reports whether l probes for the session.
func (s *Session) Upgrading(l Link) bool { return s.up != nil && s.up.link == l }

// ReceiveProbe takes a packet from the websocket that is still probing.
func (s *Session) ReceiveProbe(l Link, kind payload.Kind, data []byte) {
	if !s.Upgrading(l) {
		return
	}
	switch {
	case kind == payload.Ping && string(data) == "probe" && !s.up.probed:
		s.up.probed = true
		l.Send([]Message{control(probePong)})
		s.m.loop.StartTimer(&s.up.timer, noopEvery, s.up)
	case kind == payload.Upgrade && s.up.probed:
		s.finishUpgrade()
	default:
		s.dropUpgrade()
	}
}

// OnTimer implements ioloop.TimerHandler.
func (u *upgrade) OnTimer(*ioloop.Timer) {
	s := u.s
	if s.up != u {
		return
	}
	if !u.probed {
		s.dropUpgrade()
		return
	}
	if u.left -= noopEvery; u.left <= 0 {
		s.dropUpgrade()
		return
	}
	s.m.loop.StartTimer(&u.timer, noopEvery, u)
	if s.link.Ready() && (s.count() == 0 || s.state == stateClosing) {
		s.link.Send([]Message{control(noop)})
	}
}

func (s *Session) finishUpgrade() {
	l, old := s.up.link, s.link
	s.m.loop.StopTimer(&s.up.timer)
	s.up = nil
	s.carry(l)
	old.Close(CloseReplaced)
	if u, ok := s.owner.(Upgraded); ok && s.state == stateOpen {
		u.OnUpgrade()
	}
	s.Flush()
}

// Upgraded is implemented by owners who want to know that a websocket carries
// the session from now on.
type Upgraded interface{ OnUpgrade() }

// dropUpgrade closes the probing websocket; polling goes on, or with what is
// left of closing.
func (s *Session) dropUpgrade() {
	s.closeProbe()
	if s.state == stateClosing {
		s.finishClosing()
	}
}

func (s *Session) closeProbe() {
	u := s.up
	s.m.loop.StopTimer(&u.timer)
	s.up = nil
	u.link.Close(CloseFault)
}
