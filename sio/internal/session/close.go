package session

import "errors"

// Close ends the session from this side. What is queued is sent first, then
// the transport's own goodbye; on polling that is fetched by the open poll or
// by the next one, for which the session stays findable during Expiry.
//
// final are messages that belong to the goodbye (a disconnect packet, say);
// Close takes over their references.
func (s *Session) Close(why Reason, final ...Message) {
	if s.state > stateOpen {
		release(final)
		return
	}
	s.end(why, final, CloseEnd)
}

func release(ms []Message) {
	for _, m := range ms {
		m.Buf.Release()
	}
}

// closedByPeer: the client said goodbye.
func (s *Session) closedByPeer() {
	if s.rev == Rev1 {
		// Both old servers answer 0:: on the open transport, and 0.9 clients
		// expect it (revision 1, 10.5).
		s.end(Goodbye, []Message{control(rev1Disconnect)}, ClosePeer)
		return
	}
	s.end(TransportClose, nil, ClosePeer)
}

// Left ends the session as if the client had said goodbye on its transport.
func (s *Session) Left() {
	if s.state <= stateOpen {
		s.closedByPeer()
	}
}

// fail ends the session because of what the client sent.
func (s *Session) fail(why Reason, cause error) {
	if s.state <= stateOpen {
		s.endFor(why, cause)
	}
}

// What ends a session here. The owner learns it, the peer does not.
var (
	errPlace     = errors.New("a packet of Engine.IO out of its place")
	errDirection = errors.New("a heartbeat in the wrong direction")
	errQueue     = errors.New("too many bytes wait for the client (Config.MaxQueue)")
)

// endFor ends the session over a fault, whose cause the owner can take while it
// is told the end.
func (s *Session) endFor(why Reason, cause error) {
	s.m.cause = cause
	s.end(why, nil, CloseFault)
	s.m.cause = nil
}

// TakeCause is what an owner asks in OnEnd: more about the end, or nil.
func (m *Manager) TakeCause() error {
	cause := m.cause
	m.cause = nil
	return cause
}

// end is the only way out of stateOpen.
func (s *Session) end(why Reason, final []Message, how Closing) {
	if s.state > stateOpen {
		release(final)
		return
	}
	wasNew := s.state == stateNew
	s.state = stateClosing
	if s.up != nil && !s.outlasts(why, how) {
		s.closeProbe()
	}
	s.m.loop.StopTimer(&s.timer)
	s.owner.OnEnd(why)
	if how == CloseFault {
		s.dropQueue()
	}
	s.append(final)
	switch {
	case s.link == nil || wasNew:
		s.remove()
	case how == CloseEnd && s.polling():
		s.setTimer(s.m.cfg.Expiry)
		s.finishClosing()
	default:
		s.goodbye(how)
	}
}

// outlasts reports whether the upgrade under way goes on while the session
// closes. A client whose probe was answered rests its polling until it has sent
// the "5", and would not fetch the goodbye: it gets that over the websocket. A
// server that stops waits for nobody.
func (s *Session) outlasts(why Reason, how Closing) bool {
	return how == CloseEnd && why != ShuttingDown && s.up.probed
}

func (s *Session) append(final []Message) {
	for _, m := range final {
		s.push(m)
	}
}

// finishClosing goes on with a session that is closed from this side, at once
// and whenever a poll has come. In Engine.IO what is queued leaves in a body of
// its own, and the close packet in the next: 4.x clients act on a close packet
// at once, but on a disconnect packet in front of it only a tick later, and
// would miss that they were sent away.
func (s *Session) finishClosing() {
	if s.link == nil || s.up != nil || !s.link.Ready() {
		return
	}
	if s.rev == Rev1 || s.count() == 0 || !s.polling() {
		s.goodbye(CloseEnd)
		return
	}
	s.sendQueue()
}

// goodbye sends what is left and closes the link.
func (s *Session) goodbye(how Closing) {
	l := s.link
	if s.polling() && !l.Ready() {
		s.dropQueue()
	} else if s.polling() && s.rev != Rev1 {
		s.push(s.lastPacket(how))
	}
	s.sendQueue()
	s.remove()
	l.Close(how)
}

// lastPacket ends a polling session of Engine.IO: the client's own goodbye is
// answered with a noop, as the reference does.
func (s *Session) lastPacket(how Closing) Message {
	if how == ClosePeer {
		return control(noop)
	}
	return control(closePacket)
}

// remove takes the session out of its loop's table.
func (s *Session) remove() {
	if s.state == stateClosed {
		return
	}
	s.state = stateClosed
	if s.up != nil {
		s.closeProbe()
	}
	s.dropQueue()
	if l := s.link; l != nil && s.m.OnCarry != nil {
		s.m.OnCarry(s.rev, l.Name(), -1)
	}
	s.m.loop.StopTimer(&s.timer)
	s.closeAside()
	s.m.forget(s)
}
