package session

import (
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/payload"
)

// Rev is the revision of the session protocol.
type Rev uint8

// Revisions.
const (
	Rev1 Rev = 1 // Socket.IO 0.7 to 0.9
	Rev3 Rev = 3 // Engine.IO 3: Socket.IO 1 and 2
	Rev4 Rev = 4 // Engine.IO 4: Socket.IO 3 and 4
)

// Link is what a session asks of the transport that carries it. It is called
// on the session's loop.
type Link interface {
	// Ready reports whether Send may be called: a poll is open, a socket has
	// no backlog.
	Ready() bool
	// Send writes messages, in order. It takes over their buffers' references,
	// not the slice.
	Send(ms []Message)
	// Backlog is the count of bytes that Send took and the peer did not.
	Backlog() int
	// Close ends the transport after the messages given, in the words of its
	// protocol. The session calls nothing on it afterwards, and the link
	// reports nothing more.
	Close(how Closing)
	// Name is the transport's name in URLs and statistics.
	Name() string
}

// Closing tells a link why it is closed.
type Closing uint8

// Ways to close a link.
const (
	CloseEnd      Closing = iota // the session ends from this side
	ClosePeer                    // the client said goodbye
	CloseReplaced                // another transport carries the session from now on
	CloseFault                   // the client broke the protocol, or fell silent
)

// Owner is the layer above. It is called on the session's loop.
type Owner interface {
	// OnAttach is called when a transport begins to carry the session; again
	// says that it is not the first one, and the client has sent nothing yet.
	OnAttach(again bool)
	// OnMessage gets one message; data is valid until it returns.
	OnMessage(data []byte, binary bool)
	// OnEnd is called once; the session takes no messages any more.
	OnEnd(why Reason)
}

// state of a session. It only grows.
type state uint8

const (
	stateNew     state = iota // no transport has carried it yet
	stateOpen                 // carried, or between two polls
	stateClosing              // ended for its owner; the close waits for a poll to fetch it
	stateClosed
)

// Session is one client's life. The zero value is made ready by
// [Manager.Start]; it is meant to be embedded in its owner's struct, so that
// both are one allocation.
type Session struct {
	// What each message needs comes first, and fills a line of the cache.
	m     *Manager
	owner Owner
	link  Link
	up    *upgrade // only while a websocket probes
	queue *queue   // borrowed from the manager while not empty, else mostly nil
	rev   Rev
	state state
	// awaiting: a heartbeat was sent and not answered.
	awaiting bool
	// heard: the client has sent something (revision 1 repeats its connect
	// packet on a second transport until then).
	heard bool
	// overflow: more than MaxQueueBytes were queued; the session ends with the
	// turn.
	overflow bool
	// dirty: on the manager's list for the end of the batch.
	dirty bool

	id    ID
	timer ioloop.Timer // the heartbeat's, see heartbeat.go
}

// ID is the session's id, its only credential.
func (s *Session) ID() ID { return s.id }

// Rev is the session's revision.
func (s *Session) Rev() Rev { return s.rev }

// Owner is the layer above.
func (s *Session) Owner() Owner { return s.owner }

// Manager is the manager of the session's loop.
func (s *Session) Manager() *Manager { return s.m }

// Link is the transport that carries the session, nil before the first.
func (s *Session) Link() Link { return s.link }

// Heard reports whether the client has sent anything yet.
func (s *Session) Heard() bool { return s.heard }

// Open reports whether the session takes messages.
func (s *Session) Open() bool { return s.state <= stateOpen }

// Ended reports whether the session has left its loop's table.
func (s *Session) Ended() bool { return s.state == stateClosed }

// Attach makes l the transport of the session. An earlier one is closed, or
// set aside in revision 1 (see aside.go).
func (s *Session) Attach(l Link) {
	old := s.link
	s.carry(l)
	if old != nil && old != l {
		s.replace(old)
	}
	switch s.state {
	case stateNew:
		s.state = stateOpen
		s.startHeartbeat()
		s.owner.OnAttach(false)
	case stateOpen:
		s.startHeartbeat()
		if !s.heard {
			s.owner.OnAttach(true)
		}
	case stateClosing:
		s.finishClosing()
		return
	}
	s.Flush()
}

// carry makes l the link, nil for none.
func (s *Session) carry(l Link) {
	if f := s.m.OnCarry; f != nil && s.link != l {
		if s.link != nil {
			f(s.rev, s.link.Name(), -1)
		}
		if l != nil {
			f(s.rev, l.Name(), 1)
		}
	}
	s.link = l
}

// Receive takes one packet of Engine.IO. data is
// valid until it returns.
func (s *Session) Receive(kind payload.Kind, data []byte, binary bool) {
	if s.state != stateOpen {
		return
	}
	s.heard = true
	switch kind {
	case payload.Message:
		s.owner.OnMessage(data, binary)
	case payload.Ping, payload.Pong:
		s.beaten(kind)
	case payload.Close:
		s.closedByPeer()
	case payload.Noop:
	default:
		s.fail(TransportError, errPlace) // open and upgrade
	}
}

// ReceiveRev1 takes one packet of revision 1. Only its kind matters here, which
// the leading type with an empty endpoint gives.
func (s *Session) ReceiveRev1(packet []byte) {
	if s.state != stateOpen {
		return
	}
	s.heard = true
	s.sign()
	switch payload.Classify(packet) {
	case payload.Close:
		s.closedByPeer()
	case payload.Heartbeat, payload.Noop:
	default:
		s.owner.OnMessage(packet, false)
	}
}

// Malformed ends the session because a packet or payload could not be read.
func (s *Session) Malformed(cause error) { s.fail(ParseError, cause) }

// Misused ends the session because the client broke the rules of its
// transport, e.g. with two polls at a time.
func (s *Session) Misused(cause error) { s.fail(TransportError, cause) }

// Lost is the transport's report that it ended without the session's doing;
// cause, if not nil, says more.
func (s *Session) Lost(l Link, why Reason, cause error) {
	if s.up != nil && s.up.link == l {
		s.dropUpgrade()
		return
	}
	if s.link != l || s.state == stateClosed {
		return
	}
	s.endFor(why, cause)
}
