package sio

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// Events from server to server of a fleet. With no adapter of a fleet there is
// no other server: nothing is sent, and there are no answers.

// ServerEvent is an event that another server has sent. Its arguments may be
// kept.
type ServerEvent struct {
	received
	name    string
	reply   func(Args)
	replied atomic.Bool
}

// Name is the event's name.
func (e *ServerEvent) Name() string { return e.name }

// Raw is the JSON of the arguments, with commas between them.
func (e *ServerEvent) Raw() []byte { return e.args }

// Decode decodes the arguments as [Event.Decode] does.
func (e *ServerEvent) Decode(ptrs ...any) error { return e.decode(e.name, ptrs...) }

// WantsReply reports whether the other server asks for an answer.
func (e *ServerEvent) WantsReply() bool { return e.reply != nil }

// Reply answers, now or later, from any goroutine; once. Servers of the
// reference take one value.
func (e *ServerEvent) Reply(args ...any) error {
	if e.reply == nil || e.replied.Swap(true) {
		return ErrReplied
	}
	a, err := encodeArgs(nil, e.codec, args)
	if err != nil {
		return err
	}
	e.reply(Args{a.args, a.attachments})
	return nil
}

// OnServerSide registers what runs when another server of the fleet sends the
// event with [Namespace.ServerSideEmit]. f runs on the server's first loop.
func (n *Namespace[C]) OnServerSide(event string, f func(*ServerEvent)) {
	switch {
	case f == nil:
		n.ns.srv.mistake("OnServerSide(%q) in %q: the handler is nil", event, n.ns.name)
		return
	case checkServerSide(event) != nil:
		n.ns.srv.mistake("OnServerSide in %q: %v", n.ns.name, checkServerSide(event))
		return
	}
	duplicate := false
	n.ns.update(func(t *table) {
		if duplicate = t.serverSide[event] != nil; !duplicate {
			t.serverSide[event] = f
		}
	})
	if duplicate {
		n.ns.srv.mistake("OnServerSide(%q) in %q: there is a handler already", event, n.ns.name)
	}
}

// serverReserved are the names with a meaning of their own between servers, in
// the reference.
var serverReserved = []string{"connection", "new_namespace"}

func checkServerSide(event string) error {
	if slices.Contains(serverReserved, event) {
		return fmt.Errorf("%w: %q", ErrReserved, event)
	}
	return checkName(event)
}

// ServerSideEmit sends an event to the same namespace of all other servers of
// the fleet, where handlers of OnServerSide get it. Without a fleet it does
// nothing.
func (n *Namespace[C]) ServerSideEmit(event string, args ...any) error {
	return n.ns.serverSideEmit(event, 0, nil, args)
}

// ServerSideEmitAck is ServerSideEmit, and asks every other server for an
// answer. f runs once, with the answers within timeout (0: Config.AckTimeout),
// as with [Target.EmitAck]; without a fleet it gets none and no error.
func (n *Namespace[C]) ServerSideEmitAck(event string, timeout time.Duration, f func([]*Ack, error), args ...any) error {
	return n.ns.serverSideEmit(event, timeout, f, args)
}

// ServerSideEmitAckWait is ServerSideEmitAck for goroutines. On an event loop
// it returns ErrOnLoop.
func (n *Namespace[C]) ServerSideEmitAckWait(ctx context.Context, event string, args ...any) ([]*Ack, error) {
	return await(ctx, &Target{ns: n.ns}, func(f func([]*Ack, error)) error {
		return n.ns.serverSideEmit(event, 0, f, args)
	})
}

// ServerSideEmit is [Namespace.ServerSideEmit] of "/".
func (s *Server) ServerSideEmit(event string, args ...any) error {
	if len(s.shards) == 0 {
		return s.Err()
	}
	return s.namespace("/").serverSideEmit(event, 0, nil, args)
}

func (ns *namespace) serverSideEmit(event string, timeout time.Duration, f func([]*Ack, error), args []any) error {
	if err := checkServerSide(event); err != nil {
		return err
	}
	o, err := newEvent(ns.json(), event, args)
	if err != nil {
		return err
	}
	t := Target{ns: ns, timeout: timeout}
	if f == nil {
		return t.through().ServerSideEmit(&Packet{out: o}, 0, nil)
	}
	g := &gathering{home: t.home(), max: ns.srv.cfg.MaxAnswers, f: f, left: 1}
	if err := t.through().ServerSideEmit(&Packet{out: o}, t.patience(), g); err != nil {
		return err
	}
	g.Add(-1)
	return nil
}

// ServerSide implements Local.
func (m memory) ServerSide(p *Packet, reply func(Args)) {
	var f func(*ServerEvent)
	for ns := m.ns; f == nil; ns = ns.parent {
		if ns == nil {
			return
		}
		f = ns.table.Load().serverSide[p.Event()]
	}
	a := p.Args()
	e := &ServerEvent{name: p.Event(), reply: reply, received: received{args: a.JSON, attachments: a.Attachments, codec: m.ns.json()}}
	sh := m.ns.srv.shards[0]
	_ = sh.loop.Post(func() { sh.Guard(m.ns.name+" OnServerSide "+e.name, func() { f(e) }) })
}
