package engine

import (
	"net/netip"
	"sync/atomic"

	"github.com/tornadio/tornadio/sio/internal/host"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/web"
)

// Socket is one client's session. Embed it by value in a struct of your own
// (see [Accept]), which then has its methods and is a [Handler]; both are one
// allocation.
//
// All callbacks of a socket, and of all sockets of its loop, run on one
// goroutine, one after the other: they need no locks for what belongs to the
// socket. Methods are safe from any goroutine. On the socket's loop they act at
// once; from elsewhere they act on the loop soon, in order.
type Socket struct{ c client }

// client is the socket as its session sees it. But for state it lives on the
// loop.
type client struct {
	sess    session.Session
	self    Handler
	sh      *shard
	name    *string // the id, if Config.GenerateID made it
	remote  netip.AddrPort
	state   atomic.Uint32
	leaving bool // Close was called before there was a transport
}

const (
	stateNew uint32 = iota
	stateOpening
	stateOpen
	stateClosed
)

// shard is what a server keeps on one loop.
type shard struct {
	host.Callbacks
	srv     *Server
	m       *session.Manager
	stats   counters
	reports host.Reports
	closing *client // whose OnClose runs, and
	cause   error   // why
}

// open makes the socket of a handshake and asks its OnOpen.
func (sh *shard) open(req *web.OpenRequest) (*session.Session, *web.Refusal) {
	self := sh.fresh()
	if self == nil {
		return nil, &web.Refusal{Status: 500, Text: "internal error"}
	}
	s := self.socket()
	c := &s.c
	c.sh, c.remote = sh, req.Remote
	sh.m.Start(&c.sess, req.Rev, c)
	sh.srv.entered()
	if sh.srv.cfg.GenerateID != nil {
		name := c.sess.SID()
		c.name = &name
	}
	c.state.Store(stateOpening)
	req.Greet(&c.sess)
	h := &Handshake{remote: req.Remote, tls: req.TLS, values: req.Context, transport: req.Transport, protocol: int(req.Rev), secure: req.Secure}
	h.first.Head = req.Head
	var err error
	if sh.Guard("OnOpen", func() { err = self.OnOpen(h) }) {
		return nil, c.refuse("internal error")
	}
	if err != nil {
		return nil, c.refuse(err.Error())
	}
	c.state.Store(stateOpen)
	sh.stats.opened.Add(1)
	return &c.sess, nil
}

// fresh makes a connection's value; nil if its setup panicked.
func (sh *shard) fresh() (self Handler) {
	make := sh.srv.make.Load()
	if make == nil {
		s := new(Socket)
		s.c.self = s
		return s
	}
	if sh.Guard("setup", func() { self = (*make)() }) {
		return nil
	}
	return self
}

// refuse ends a session that was never open.
func (c *client) refuse(text string) *web.Refusal {
	if text == "" {
		text = "Forbidden"
	}
	c.sess.Close(session.ForcedClose)
	return &web.Refusal{Status: 403, Text: text}
}

// OnAttach implements session.Owner.
func (c *client) OnAttach(bool) {
	if c.leaving {
		c.sess.Close(session.ForcedClose)
	}
}

// OnMessage implements session.Owner.
func (c *client) OnMessage(data []byte, binary bool) {
	c.sh.stats.in.Add(1)
	c.sh.Begin("OnMessage")
	defer c.ended("OnMessage")
	c.self.OnMessage(Message{data, binary})
}

// ended is the other half of Callbacks.Begin. It is deferred: it recovers.
func (c *client) ended(label string) {
	if c.sh.End(label, recover()) {
		c.sess.Close(session.ForcedClose)
	}
}

// run runs a callback; a panic ends the client.
func (c *client) run(label string, f func()) {
	c.sh.Begin(label)
	defer c.ended(label)
	f()
}

// OnUpgrade implements session.Upgraded.
func (c *client) OnUpgrade() { c.run("OnUpgrade", c.self.OnUpgrade) }

// OnEnd implements session.Owner. OnClose follows when the callback that runs
// now has ended.
func (c *client) OnEnd(why session.Reason) {
	opened := c.state.Swap(stateClosed) == stateOpen
	c.sh.srv.sessions.Add(-1)
	c.sh.StopTimers((*timed)(c.self.socket()))
	if !opened {
		return
	}
	c.sh.stats.ended[why].Add(1)
	cause := c.sh.m.TakeCause()
	c.sh.Later(func() {
		c.sh.closing, c.sh.cause = c, cause
		c.sh.Guard("OnClose", func() { c.self.OnClose(Reason(why)) })
		c.sh.closing, c.sh.cause = nil, nil
	})
}

// CloseCause tells more, inside OnClose, about an end over a fault: which rule
// the client broke (ParseError, TransportError), which bound it has passed, or
// how its connection failed. It is nil where there is nothing to tell, and
// outside OnClose.
func (s *Socket) CloseCause() error {
	if s.c.sh == nil || !s.onLoop() || s.c.sh.closing != &s.c {
		return nil
	}
	return s.c.sh.cause
}

func (s *Socket) onLoop() bool { return s.c.sh.Loop.InLoop() }

// ID is the session's id. It is the session's only credential: who knows it
// can act for the client. It is "" before OnOpen.
func (s *Socket) ID() string {
	switch {
	case s.c.sh == nil:
		return ""
	case s.c.name != nil:
		return *s.c.name
	}
	return s.c.sess.ID().String()
}

// Server is the socket's server, nil before OnOpen.
func (s *Socket) Server() *Server {
	if s.c.sh == nil {
		return nil
	}
	return s.c.sh.srv
}

// Protocol is the revision of Engine.IO that the client speaks: 3 or 4.
func (s *Socket) Protocol() int { return int(s.c.sess.Rev()) }

// RemoteAddr is the client's address, as [Handshake.RemoteAddr].
func (s *Socket) RemoteAddr() netip.AddrPort { return s.c.remote }

// Transport is the transport that carries the session now: "polling" or
// "websocket". It is "" in OnOpen, see [Handshake.Transport], and outside the
// socket's loop.
func (s *Socket) Transport() string {
	if s.c.sh == nil || !s.onLoop() || s.c.sess.Link() == nil {
		return ""
	}
	return s.c.sess.Link().Name()
}

// Waiting is how many bytes wait for the client, which Config.MaxQueue bounds:
// a sender of much looks here first. Outside the socket's loop it is 0.
func (s *Socket) Waiting() int {
	if s.c.sh == nil || !s.onLoop() {
		return 0
	}
	return s.c.sess.Waiting()
}

// Closed reports whether the socket is closed, or was never open.
func (s *Socket) Closed() bool {
	st := s.c.state.Load()
	return st != stateOpening && st != stateOpen
}

// Send sends a text. It fails on a closed socket, and with ErrText.
func (s *Socket) Send(msg string) error {
	if s.Closed() {
		return ErrClosed
	}
	if err := checkText(msg); err != nil {
		return err
	}
	s.enqueue(text(msg))
	return nil
}

// SendBinary sends binary data, which it copies. It fails on a closed socket.
func (s *Socket) SendBinary(b []byte) error {
	if s.Closed() {
		return ErrClosed
	}
	s.enqueue(blob(b, s.c.sess.Rev()))
	return nil
}

// SendPacket sends what was encoded before, by [Text] or [Binary].
func (s *Socket) SendPacket(p *Packet) error {
	switch {
	case p.err != nil:
		return p.err
	case s.Closed():
		return ErrClosed
	}
	s.enqueue(p.form(s.c.sess.Rev()))
	return nil
}

// enqueue takes over the message's reference.
func (s *Socket) enqueue(m session.Message) {
	if s.onLoop() {
		s.c.sess.Enqueue(m)
		return
	}
	if s.c.sh.Loop.PostTask(&sending{s, m}) != nil {
		m.Buf.Release()
	}
}

// sending queues a message on the socket's loop.
type sending struct {
	s *Socket
	m session.Message
}

// Run implements ioloop.Task.
func (t *sending) Run() { t.s.c.sess.Enqueue(t.m) }

// Close closes the session, behind what was sent before. In OnOpen it takes
// effect once the client has its answer.
func (s *Socket) Close() {
	if s.c.sh == nil {
		return
	}
	if !s.onLoop() {
		_ = s.c.sh.Loop.Post(s.Close)
		return
	}
	if s.c.sess.Link() == nil {
		s.c.leaving = true
		return
	}
	s.c.sess.Close(session.ForcedClose)
}
