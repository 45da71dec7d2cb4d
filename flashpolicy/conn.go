package flashpolicy

import "github.com/tornadio/tornadio/ioloop"

// conn is a connection to one of the server's own ports.
type conn struct {
	srv   *Server
	c     *ioloop.Conn
	timer ioloop.Timer
	over  bool // answered or refused: what still comes means nothing
}

// Accept makes the handler of a connection to a port that is for the policy
// alone. It is what Listen gives to [ioloop.Group.Listen], for those who open
// their ports themselves. On the connection's loop.
func (s *Server) Accept(c *ioloop.Conn) ioloop.Handler {
	if s.conns.Add(1) > int64(s.cfg.MaxConns) {
		s.conns.Add(-1)
		s.stats.full.Add(1)
		return nil
	}
	h := &conn{srv: s, c: c}
	c.Loop().StartTimer(&h.timer, s.cfg.Wait, h)
	return h
}

// Answer sends the policy and closes the connection. It is for connections of
// other ports whose first bytes [Match] found to be a request. On the
// connection's loop.
func (s *Server) Answer(c *ioloop.Conn) {
	s.stats.answered.Add(1)
	c.Write(s.reply)
	c.Close()
}

// OnData implements ioloop.Handler.
func (h *conn) OnData(c *ioloop.Conn, data []byte) int {
	if h.over {
		return len(data)
	}
	switch Match(data) {
	case More:
		return 0
	case Asked:
		h.over = true
		h.srv.Answer(c)
	default:
		h.over = true
		h.srv.stats.refused.Add(1)
		c.Close()
	}
	return len(data)
}

// OnTimer implements ioloop.TimerHandler: the request has not come in time.
func (h *conn) OnTimer(*ioloop.Timer) {
	if !h.over {
		h.over = true
		h.srv.stats.late.Add(1)
		h.c.Close()
	}
}

// OnWritable implements ioloop.Handler.
func (h *conn) OnWritable(*ioloop.Conn) {}

// OnClose implements ioloop.Handler.
func (h *conn) OnClose(c *ioloop.Conn, _ error) {
	c.Loop().StopTimer(&h.timer)
	h.srv.conns.Add(-1)
}
