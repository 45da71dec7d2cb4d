package engine

import "github.com/tornadio/tornadio/sio/internal/session"

// Len is the count of sessions.
func (s *Server) Len() int { return int(s.sessions.Load()) }

func (s *Server) entered() {
	n := s.sessions.Add(1)
	for most := s.most.Load(); n > most && !s.most.CompareAndSwap(most, n); {
		most = s.most.Load()
	}
}

// each calls f for every open session, on its loop: posted, so that it comes
// after what runs now.
func (s *Server) each(f func(c *client)) {
	for _, sh := range s.shards {
		_ = sh.Loop.Post(func() {
			sh.m.All(func(x *session.Session) {
				if c := x.Owner().(*client); c.state.Load() == stateOpen {
					f(c)
				}
			})
		})
	}
}

// Each runs f for every open socket, each on its own loop: those of one loop
// one after the other, those of several at the same time.
func (s *Server) Each(f func(c *Socket)) {
	s.each(func(c *client) { c.run("Each", func() { f(c.self.socket()) }) })
}

// With runs f on its loop with the socket that has this id, if there is one
// and it is open then.
func (s *Server) With(id string, f func(c *Socket)) {
	if s.host.Group() == nil {
		return
	}
	key, ok := session.ParseID([]byte(id))
	if s.cfg.GenerateID != nil {
		key, ok = s.shards[0].m.Named(id)
	}
	if !ok || key.Loop() >= len(s.shards) {
		return
	}
	sh := s.shards[key.Loop()]
	_ = sh.Loop.Post(func() {
		if x := sh.m.Find(key, session.Rev4); x != nil {
			if c := x.Owner().(*client); c.state.Load() == stateOpen {
				c.run("With", func() { f(c.self.socket()) })
			}
		}
	})
}

// Send sends a text to everyone; it is encoded once. It fails with
// ErrText.
func (s *Server) Send(msg string) error { return s.SendPacket(Text(msg)) }

// SendBinary sends binary data to everyone.
func (s *Server) SendBinary(b []byte) error { return s.SendPacket(Binary(b)) }

// SendPacket sends a packet to everyone.
func (s *Server) SendPacket(p *Packet) error {
	if p.err != nil {
		return p.err
	}
	s.each(func(c *client) { c.sess.Enqueue(p.form(c.sess.Rev())) })
	return nil
}
