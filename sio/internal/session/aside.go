package session

// Clients of revision 1 that got no answer over a transport in time open the
// next one with the same id, and do not close the first ("try multiple
// transports"). When the first one is closed later, whoever does it, they take
// the whole connection for lost. So a transport that another one replaced
// stays open, in silence, until the session ends.

// Asider is a link that can be replaced without its end.
type Asider interface {
	Link
	// SetAside makes the link ignore its peer and report nothing more. It
	// tells whether there is anything to keep open; Close(CloseReplaced)
	// follows when the session ends, even if it was the peer that ended it.
	SetAside() bool
}

// maxAside is how many replaced transports a session keeps: a client has five.
const maxAside = 4

// replace ends what old carried.
func (s *Session) replace(old Link) {
	a, ok := old.(Asider)
	if !ok || s.rev != Rev1 {
		old.Close(CloseReplaced)
		return
	}
	if !a.SetAside() {
		return
	}
	kept := s.m.aside[s]
	if len(kept) == maxAside {
		old.Close(CloseReplaced)
		return
	}
	if s.m.aside == nil {
		s.m.aside = make(map[*Session][]Link)
	}
	s.m.aside[s] = append(kept, old)
}

// closeAside ends what replace kept.
func (s *Session) closeAside() {
	if len(s.m.aside) == 0 {
		return
	}
	for _, l := range s.m.aside[s] {
		l.Close(CloseReplaced)
	}
	delete(s.m.aside, s)
}
