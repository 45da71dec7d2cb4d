package transport

import (
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// Hixie carries a session of revision 1 over the websocket of 2010, hixie-76:
// Flash speaks nothing else, nor do Safari 5 and clients of 0.7 and 0.8 in
// Node. It is the handler of its connection from the digest to the end.
type Hixie struct {
	socket
	r wsproto.HixieReader
}

// OnData implements ioloop.Handler.
func (h *Hixie) OnData(_ *ioloop.Conn, data []byte) int {
	if h.done {
		return len(data)
	}
	before := h.s.Enter()
	used, err := h.r.Read(data, h.max, h)
	if err != nil {
		// The draft knows no codes: the connection ends.
		h.part(session.TransportError, err)
		h.conn.CloseLinger()
		used = len(data)
	}
	h.s.Leave(before)
	return used
}

// OnText implements wsproto.HixieSink.
func (h *Hixie) OnText(p []byte) bool {
	if !h.checking || !h.heard(h, p) {
		h.s.ReceiveRev1(p)
	}
	return !h.done
}

// OnClosing implements wsproto.HixieSink: the peer's closing is answered, once.
func (h *Hixie) OnClosing() bool {
	h.conn.Write([]byte(wsproto.HixieClosing))
	h.part(session.TransportClose, nil)
	h.conn.CloseLinger()
	return false
}

// OnClose implements ioloop.Handler.
func (h *Hixie) OnClose(_ *ioloop.Conn, err error) {
	h.part(session.TransportClose, broken(err))
	h.r.Release()
}

// part tells the session that the link has ended.
func (h *Hixie) part(why session.Reason, cause error) {
	if !h.done {
		h.done = true
		h.s.Lost(h, why, cause)
	}
}

func (h *Hixie) unheard() {
	if h.checking && !h.done {
		h.Close(session.CloseFault)
	}
}

// Send implements session.Link. Its frames have other bounds than those that
// the messages bring along, so they are copied.
func (h *Hixie) Send(ms []session.Message) {
	buf := ioloop.NewBuf()
	b := buf.Bytes()
	for _, m := range ms {
		b = wsproto.AppendHixieFrame(b, m.Payload())
		m.Buf.Release()
	}
	buf.SetBytes(b)
	h.conn.WriteBuf(buf, 0)
}

// Close implements session.Link: the closing handshake begins after what was
// sent, and the connection waits a moment for its answer.
func (h *Hixie) Close(how session.Closing) {
	if h.closing(how) {
		h.conn.Write([]byte(wsproto.HixieClosing))
		h.conn.CloseLinger()
	}
}

// HixieOpening stands between the head of the answer to a handshake, which has
// been written, and the digest: the 8 bytes that it takes may come later, as
// proxies hold them back until they have seen that head. It handles its
// connection meanwhile, for a bounded time.
type HixieOpening struct {
	Conn    *ioloop.Conn
	Session *session.Session // nil: there is none, the client is told to begin anew
	N1, N2  uint32           // what the keys hide
	Max     int              // bytes of a message
	Flash   bool             // asked for as flashsocket
	Check   bool             // see socket.go
	Wait    time.Duration    // for the 8 bytes

	trial *trial
}

// Begin makes o the connection's handler.
func (o *HixieOpening) Begin() {
	o.trial = startTrial(o.Conn.Loop(), o.Wait, o)
	o.Conn.SetHandler(o)
}

// OnData implements ioloop.Handler.
func (o *HixieOpening) OnData(c *ioloop.Conn, data []byte) int {
	if o.trial == nil {
		return len(data) // over
	}
	if len(data) < wsproto.HixieKey3 {
		return 0
	}
	var digest [16]byte
	c.Write(wsproto.AppendHixieDigest(digest[:0], o.N1, o.N2, [wsproto.HixieKey3]byte(data)))
	o.end()
	s := o.Session
	if s == nil || s.Ended() {
		c.Write(wsproto.AppendHixieFrame(nil, session.Reconnect().Payload()))
		c.Write([]byte(wsproto.HixieClosing))
		c.CloseLinger()
		return len(data)
	}
	h := &Hixie{socket: socket{conn: c, s: s, max: o.Max, flash: o.Flash}}
	c.SetHandler(h)
	before := s.Enter()
	h.begin(h, o.Check)
	s.Leave(before)
	return wsproto.HixieKey3
}

func (o *HixieOpening) end() {
	if o.trial != nil {
		o.Conn.Loop().StopTimer(&o.trial.timer)
		o.trial = nil
	}
}

// unheard: the 8 bytes have not come.
func (o *HixieOpening) unheard() {
	o.trial = nil
	o.Conn.Close()
}

// OnWritable implements ioloop.Handler.
func (o *HixieOpening) OnWritable(*ioloop.Conn) {}

// OnClose implements ioloop.Handler.
func (o *HixieOpening) OnClose(*ioloop.Conn, error) { o.end() }
