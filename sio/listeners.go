package sio

import (
	"slices"

	"github.com/tornadio/tornadio/sio/internal/packet"
)

// Listeners of every event, in and out, and middlewares for each event: onAny,
// onAnyOutgoing and socket.use of Socket.IO. They can be registered for a
// namespace or on one socket. A server that has none pays a comparison an
// event.

// listeners are a namespace's, in a table, or a socket's.
type listeners struct {
	any      []*listener
	use      []*listener
	outgoing []*listener
}

// listener is one function; the pointer is its identity.
type listener struct {
	f func(Handler, *Event) error
}

func listening[C Handler](f func(C, *Event)) *listener {
	return &listener{func(h Handler, e *Event) error {
		f(h.(C), e)
		return nil
	}}
}

// OnAny adds a listener of every event and message that clients send: before
// the middlewares of UseEvent and the handler, in the order of the calls. e is
// lent until it returns; it may reply, if no other does. Acknowledgements are
// no events.
func (n *Namespace[C]) OnAny(f func(C, *Event)) {
	if f == nil {
		n.ns.srv.mistake("OnAny on %q: the listener is nil", n.ns.name)
		return
	}
	n.ns.update(func(t *table) { t.any = append(t.any, listening(f)) })
}

// OnAnyOutgoing adds a listener of every event and message that is sent to a
// client of the namespace, by Emit or Send, to it alone or to many. It runs on
// that client's loop before the event is queued, once for each receiver. e
// holds what is sent, its arguments as JSON; it is lent until f returns, and
// can't be replied to. Acknowledgements are no events, and what a listener
// sends is not shown to listeners.
func (n *Namespace[C]) OnAnyOutgoing(f func(C, *Event)) {
	if f == nil {
		n.ns.srv.mistake("OnAnyOutgoing on %q: the listener is nil", n.ns.name)
		return
	}
	n.ns.update(func(t *table) { t.outgoing = append(t.outgoing, listening(f)) })
}

// UseEvent adds a middleware for events and messages: it is asked, in the order
// of the calls, before the handler, and drops the event by an error, which goes
// to OnError. A sender that asked for an acknowledgement gets none unless the
// middleware replies. It runs on the client's loop and must not block.
func (n *Namespace[C]) UseEvent(f func(C, *Event) error) {
	if f == nil {
		n.ns.srv.mistake("UseEvent on %q: the middleware is nil", n.ns.name)
		return
	}
	l := &listener{func(h Handler, e *Event) error { return f(h.(C), e) }}
	n.ns.update(func(t *table) { t.use = append(t.use, l) })
}

// OnAny is [Namespace.OnAny] for one socket, whose listeners come behind the
// namespace's. off removes it. On the socket's loop it counts at once.
func (s *Socket) OnAny(f func(*Event)) (off func()) {
	return s.listen(anyOf, ofSocket(f), false)
}

// PrependAny is OnAny with f in front of the socket's other listeners.
func (s *Socket) PrependAny(f func(*Event)) (off func()) {
	return s.listen(anyOf, ofSocket(f), true)
}

// OnAnyOutgoing is [Namespace.OnAnyOutgoing] for one socket, whose listeners
// come behind the namespace's. off removes it. On the socket's loop it counts
// at once.
func (s *Socket) OnAnyOutgoing(f func(*Event)) (off func()) {
	return s.listen(outgoingOf, ofSocket(f), false)
}

// PrependAnyOutgoing is OnAnyOutgoing with f in front of the socket's other
// listeners.
func (s *Socket) PrependAnyOutgoing(f func(*Event)) (off func()) {
	return s.listen(outgoingOf, ofSocket(f), true)
}

// Use is [Namespace.UseEvent] for one socket, whose middlewares come behind the
// namespace's: socket.use of Socket.IO. On the socket's loop it counts at once.
func (s *Socket) Use(f func(*Event) error) {
	if f != nil {
		s.listen(useOf, &listener{func(_ Handler, e *Event) error { return f(e) }}, false)
	}
}

func ofSocket(f func(*Event)) *listener {
	if f == nil {
		return nil
	}
	return &listener{func(_ Handler, e *Event) error {
		f(e)
		return nil
	}}
}

func anyOf(l *listeners) *[]*listener      { return &l.any }
func useOf(l *listeners) *[]*listener      { return &l.use }
func outgoingOf(l *listeners) *[]*listener { return &l.outgoing }

// listen adds a listener to one of the socket's lists. Lists are replaced,
// never changed: one may run.
func (s *Socket) listen(list func(*listeners) *[]*listener, l *listener, first bool) (off func()) {
	if l == nil || s.c == nil {
		return func() {}
	}
	s.onLoopDo(func() {
		all := list(&s.needExtra().listeners)
		if first {
			*all = append([]*listener{l}, *all...)
		} else {
			*all = append(slices.Clip(*all), l)
		}
	})
	return func() {
		s.onLoopDo(func() {
			all := list(&s.needExtra().listeners)
			*all = slices.DeleteFunc(slices.Clone(*all), func(x *listener) bool { return x == l })
		})
	}
}

// shows reports whether what goes out has listeners: the namespace's (or its
// parents') or the socket's own.
func (s *Socket) shows() bool { return s.showsOwn() || s.ns.shows() }

func (s *Socket) showsOwn() bool {
	x := s.extra.Load()
	return x != nil && len(x.outgoing) > 0
}

func (ns *namespace) shows() bool {
	for ; ns != nil; ns = ns.parent {
		if len(ns.table.Load().outgoing) > 0 {
			return true
		}
	}
	return false
}

// screens reports whether events that come in have listeners or middlewares.
func (s *Socket) screens() bool {
	if x := s.extra.Load(); x != nil && len(x.any)+len(x.use) > 0 {
		return true
	}
	for ns := s.ns; ns != nil; ns = ns.parent {
		if t := ns.table.Load(); len(t.any)+len(t.use) > 0 {
			return true
		}
	}
	return false
}

// allOf puts the namespace's listeners and the socket's together.
func (s *Socket) allOf(list func(*listeners) *[]*listener) []*listener {
	all := registered(s.ns, func(t *table) []*listener { return *list(&t.listeners) })
	if x := s.extra.Load(); x != nil {
		all = append(slices.Clip(all), *list(&x.listeners)...)
	}
	return all
}

// screened shows an event to the listeners and asks the middlewares. It reports
// whether the handler is to run.
func (s *Socket) screened(in *incoming, name string) bool {
	if in.text != nil {
		in.args = in.argsOfText()
	}
	e := &Event{
		received: received{args: in.args, attachments: in.attachments, codec: s.ns.json()},
		s:        s, name: name, id: in.id, wants: in.wants, message: in.message,
	}
	for _, l := range s.allOf(anyOf) {
		if s.run("OnAny", func() { _ = l.f(s.self, e) }); s.Closed() {
			return false
		}
	}
	for _, l := range s.allOf(useOf) {
		var err error
		s.run("UseEvent", func() { err = l.f(s.self, e) })
		if err != nil && !s.Closed() {
			s.run("OnError", func() { s.self.OnError(err) })
		}
		if err != nil || s.Closed() {
			return false
		}
	}
	in.shared = e
	return true
}

// sendShown shows an event to the listeners and queues it: p if it was encoded
// before, else o.
func (s *Socket) sendShown(o *outgoing, p *Packet) error {
	if len(o.attachments) > 0 && s.Generation() == Legacy {
		return ErrBinary
	}
	own := *o // so that only who has listeners pays for o's being kept
	send := func() {
		if s.showOutgoing(&own); s.Closed() {
			return
		}
		if p != nil {
			_ = s.queuePacket(p)
		} else {
			_ = s.queue(&own)
		}
	}
	if s.onLoop() {
		send()
		return nil
	}
	return s.c.sh.loop.Post(send)
}

// showOutgoing shows an event that is about to be queued to the listeners, on
// the loop. What they send themselves is not shown: there would be no end.
func (s *Socket) showOutgoing(o *outgoing) {
	sh := s.c.sh
	if sh.showing || s.Closed() {
		return
	}
	sh.showing = true
	defer func() { sh.showing = false }()
	e := &Event{received: received{args: packet.Args(o.args), attachments: o.attachments, codec: s.ns.json()}, s: s, name: o.event}
	if o.kind != outEvent {
		e.name = "message"
	}
	for _, l := range s.allOf(outgoingOf) {
		s.run("OnAnyOutgoing", func() { _ = l.f(s.self, e) })
	}
}

// isEvent tells events from acknowledgements and packets of the protocol.
func (o *outgoing) isEvent() bool { return o.kind <= outJSON }
