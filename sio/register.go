package sio

import (
	"fmt"

	"github.com/tornadio/tornadio/sio/internal/packet"
)

// Handlers are registered by functions, not methods, because they have type
// parameters: a handler whose arguments don't fit is a compile error.

// binding is what runs for an event.
type binding struct {
	event string
	label string // for the watchdog and for reports: "/chat say"
	call  func(h Handler, e *Event) error
}

func (ns *namespace) bind(event string, isNil bool, call func(Handler, *Event) error) {
	switch {
	case isNil:
		ns.srv.mistake("handler of %q in %q is nil", event, ns.name)
		return
	case packet.Reserved([]byte(event)):
		ns.srv.mistake("event %q in %q: %v; use OnOpen, OnClose or OnError", event, ns.name, ErrReserved)
		return
	}
	b := &binding{event: event, label: ns.name + " " + event, call: call}
	duplicate := false
	ns.update(func(t *table) {
		if duplicate = t.events[event] != nil; !duplicate {
			t.events[event] = b
		}
	})
	if duplicate {
		ns.srv.mistake("event %q in %q has a handler already", event, ns.name)
	}
}

// On0 registers the handler of an event whose arguments it ignores.
func On0[C Handler](n *Namespace[C], event string, f func(C)) {
	n.ns.bind(event, f == nil, func(h Handler, _ *Event) error {
		f(h.(C))
		return nil
	})
}

// On registers the handler of an event with one argument of type A, decoded as
// [Event.Decode] does. An argument that does not fit goes to OnError instead.
func On[C Handler, A any](n *Namespace[C], event string, f func(C, A)) {
	n.ns.bind(event, f == nil, func(h Handler, e *Event) error {
		var a A
		if err := e.Decode(&a); err != nil {
			return err
		}
		f(h.(C), a)
		return nil
	})
}

// On2 is [On] with two arguments.
func On2[C Handler, A, B any](n *Namespace[C], event string, f func(C, A, B)) {
	n.ns.bind(event, f == nil, func(h Handler, e *Event) error {
		var a A
		var b B
		if err := e.Decode(&a, &b); err != nil {
			return err
		}
		f(h.(C), a, b)
		return nil
	})
}

// On3 is [On] with three arguments.
func On3[C Handler, A, B, D any](n *Namespace[C], event string, f func(C, A, B, D)) {
	n.ns.bind(event, f == nil, func(h Handler, e *Event) error {
		var a A
		var b B
		var d D
		if err := e.Decode(&a, &b, &d); err != nil {
			return err
		}
		f(h.(C), a, b, d)
		return nil
	})
}

// Answer registers a handler whose result acknowledges the event. If the client
// asked for no acknowledgement the result is dropped.
func Answer[C Handler, A, R any](n *Namespace[C], event string, f func(C, A) R) {
	n.ns.bind(event, f == nil, func(h Handler, e *Event) error {
		var a A
		if err := e.Decode(&a); err != nil {
			return err
		}
		r := f(h.(C), a)
		if !e.wants {
			return nil
		}
		if err := e.Reply(r); err != nil && err != ErrClosed {
			return fmt.Errorf("sio: acknowledgement of %q: %w", event, err)
		}
		return nil
	})
}

// OnRaw registers a handler that gets the event undecoded. What e gives is lent
// until f returns. If the client asked for an acknowledgement, e itself may be
// kept for a later Reply.
func (n *Namespace[C]) OnRaw(event string, f func(C, *Event)) {
	n.ns.bind(event, f == nil, func(h Handler, e *Event) error {
		f(h.(C), e)
		return nil
	})
}

// Typed names an event together with the type of its argument, so that both
// ends of a program's events agree:
//
//	const Said = sio.Typed[Msg]("said")
//	Said.Emit(c.To("lobby"), Msg{...})
type Typed[T any] string

// Emitter is what can emit: *Socket, Target.
type Emitter interface {
	Emit(event string, args ...any) error
}

// Emit emits the event with v.
func (t Typed[T]) Emit(to Emitter, v T) error { return to.Emit(string(t), v) }
