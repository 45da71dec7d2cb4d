package sio

import (
	"context"
	"crypto/tls"
	"errors"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/host"
	"github.com/tornadio/tornadio/sio/internal/session"
)

var (
	errNamespace error = &RefusedError{Message: "Invalid namespace"} // the reference's words
	errInternal        = errors.New("internal error")
)

func asRefused(err error) (*RefusedError, bool) {
	var r *RefusedError
	ok := errors.As(err, &r)
	return r, ok
}

// shard is what a server keeps on one loop. User's callbacks of the loop all
// run through it.
type shard struct {
	host.Callbacks
	srv     *Server
	index   int
	loop    *ioloop.Loop
	m       *session.Manager
	stats   counters
	scratch Event // of handlers that can't keep it
	unseen  Event // of handlers that never see it
	events  []Event
	out     []byte // for encoding arguments; nil while in use
	marks   uint64 // of broadcasts: see reach
	reports host.Reports
	secure  map[*client]*tls.ConnectionState // of requests that came over TLS, as long as they are kept
	values  map[*client]context.Context      // what is known to their handshakes, as long
	showing bool                             // listeners of what goes out run

	admissions map[*client][]*admission // requests to join that wait
}

// closeLater runs OnClose, and then takes the socket out of its rooms.
func (sh *shard) closeLater(s *Socket) {
	if x := s.extra.Load(); x != nil && x.ordered {
		x.closing = true // when the handler that runs has returned
		return
	}
	sh.Later(func() {
		sh.Guard(s.ns.name+" OnClose", func() { s.self.OnClose(s.why) })
		s.tellClosed()
		s.ns.remove(s)
	})
}

// run runs a callback of the socket; a panic ends its client.
func (s *Socket) run(what string, f func()) {
	if s.c.sh.Guard(what, f) {
		s.c.crash()
	}
}

// end is the other half of Callbacks.Begin. It is deferred: it recovers.
func (sh *shard) end(label string, s *Socket) {
	if sh.End(label, recover()) {
		s.c.crash()
	}
}

// runBinding runs a registered handler. What its event lent is taken back.
func (s *Socket) runBinding(b *binding, e *Event) {
	var err error
	if b.option == 0 {
		err = s.c.sh.callBinding(b, s, e)
		e.back()
	} else {
		var work func()
		if work, err = s.c.sh.planBinding(b, s, e); work != nil && err == nil {
			s.wait(b, work)
		}
	}
	if err != nil {
		s.c.sh.stats.misfits.Add(1)
		s.run("OnError", func() { s.self.OnError(err) })
	}
}

func (sh *shard) callBinding(b *binding, s *Socket, e *Event) error {
	sh.Begin(b.label)
	defer sh.end(b.label, s)
	return b.call(s.self, e)
}

// planBinding decodes for a handler that waits. Decoding may run a user's
// UnmarshalJSON.
func (sh *shard) planBinding(b *binding, s *Socket, e *Event) (func(), error) {
	sh.Begin(b.label)
	defer sh.end(b.label, s)
	return b.plan(s.self, e)
}

func (sh *shard) callMessage(s *Socket, m Message) {
	sh.Begin("OnMessage")
	defer sh.end("OnMessage", s)
	defer m.e.back()
	s.self.OnMessage(m)
}

func (sh *shard) callEvent(s *Socket, e *Event) {
	sh.Begin("OnEvent")
	defer sh.end("OnEvent", s)
	defer e.back()
	s.self.OnEvent(e)
}

// runAck runs the callback of an acknowledgement.
func (s *Socket) runAck(f func(*Ack), a *Ack) {
	if f != nil {
		s.run("acknowledgement", func() { f(a) })
	}
}

// welcome makes a client for a handshake on this loop.
func (sh *shard) welcome(rev session.Rev) *client {
	c := &client{sh: sh}
	sh.m.Start(&c.sess, rev, c)
	sh.srv.sessions.add(1)
	return c
}

// ended is called once for every client.
func (sh *shard) ended(c *client) {
	sh.srv.sessions.add(-1)
	sh.stats.ended[c.why].Add(1)
}
