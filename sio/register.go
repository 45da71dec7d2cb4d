package sio

import (
	"errors"
	"fmt"

	"github.com/tornadio/tornadio/sio/internal/packet"
)

// Handlers are registered by functions, not methods, because they have type
// parameters: a handler whose arguments don't fit is a compile error.

// binding is what runs for an event. prepare decodes, on the loop; what it
// returns is the handler's call, which runs there too or, with an option, in a
// goroutine.
type binding struct {
	event  string
	label  string // for the watchdog and for reports: "/chat say"
	option Option
	call   func(h Handler, e *Event) error
	plan   func(h Handler, e *Event) (func(), error)
}

func (ns *namespace) bind(event string, isNil bool, o []Option, call func(Handler, *Event) error, plan func(Handler, *Event) (func(), error)) {
	option := Option(0)
	if len(o) > 0 {
		option = o[0]
	}
	switch {
	case len(o) > 1 || option > Concurrent:
		ns.srv.mistake("event %q in %q: give Ordered or Concurrent, once", event, ns.name)
		return
	case isNil:
		ns.srv.mistake("handler of %q in %q is nil", event, ns.name)
		return
	case packet.Reserved([]byte(event)):
		ns.srv.mistake("event %q in %q: %v; use OnOpen, OnClose or OnError", event, ns.name, ErrReserved)
		return
	}
	b := &binding{event: event, label: ns.name + " " + event, option: option, call: call, plan: plan}
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
func On0[C Handler](n *Namespace[C], event string, f func(C), o ...Option) {
	n.ns.bind(event, f == nil, o, func(h Handler, _ *Event) error {
		f(h.(C))
		return nil
	}, func(h Handler, _ *Event) (func(), error) {
		return func() { f(h.(C)) }, nil
	})
}

// On registers the handler of an event with one argument of type A, decoded as
// [Event.Decode] does. An argument that does not fit goes to OnError instead.
func On[C Handler, A any](n *Namespace[C], event string, f func(C, A), o ...Option) {
	bindDecoded(n.ns, event, f == nil, o, func(h Handler, e *Event) (func(), error) {
		var a A
		err := e.Decode(&a)
		return func() { f(h.(C), a) }, err
	})
}

// On2 is [On] with two arguments.
func On2[C Handler, A, B any](n *Namespace[C], event string, f func(C, A, B), o ...Option) {
	bindDecoded(n.ns, event, f == nil, o, func(h Handler, e *Event) (func(), error) {
		var a A
		var b B
		err := e.Decode(&a, &b)
		return func() { f(h.(C), a, b) }, err
	})
}

// On3 is [On] with three arguments.
func On3[C Handler, A, B, D any](n *Namespace[C], event string, f func(C, A, B, D), o ...Option) {
	bindDecoded(n.ns, event, f == nil, o, func(h Handler, e *Event) (func(), error) {
		var a A
		var b B
		var d D
		err := e.Decode(&a, &b, &d)
		return func() { f(h.(C), a, b, d) }, err
	})
}

// Answer registers a handler whose result acknowledges the event. If the client
// asked for no acknowledgement the result is dropped. A result without a JSON
// form goes to OnError.
func Answer[C Handler, A, R any](n *Namespace[C], event string, f func(C, A) R, o ...Option) {
	bindDecoded(n.ns, event, f == nil, o, func(h Handler, e *Event) (func(), error) {
		var a A
		err := e.Decode(&a)
		return func() { e.answer(f(h.(C), a)) }, err
	})
}

// answer acknowledges with a handler's result, on the loop or from a goroutine.
func (e *Event) answer(result any) {
	if !e.wants {
		return
	}
	err := e.Reply(result)
	if err == nil || errors.Is(err, ErrClosed) {
		return
	}
	err = fmt.Errorf("sio: acknowledgement of %q: %w", e.name, err)
	s := e.s
	s.onLoopDo(func() {
		s.c.sh.stats.misfits.Add(1)
		s.run("OnError", func() { s.self.OnError(err) })
	})
}

// bindDecoded registers a handler whose arguments are decoded first, wherever
// it runs.
func bindDecoded(ns *namespace, event string, isNil bool, o []Option, plan func(Handler, *Event) (func(), error)) {
	ns.bind(event, isNil, o, func(h Handler, e *Event) error {
		call, err := plan(h, e)
		if err == nil {
			call()
		}
		return err
	}, plan)
}

// OnRaw registers a handler that gets the event undecoded. What e gives is lent
// until f returns. If the client asked for an acknowledgement, e itself may be
// kept for a later Reply.
func (n *Namespace[C]) OnRaw(event string, f func(C, *Event), o ...Option) {
	n.ns.bind(event, f == nil, o, func(h Handler, e *Event) error {
		f(h.(C), e)
		return nil
	}, func(h Handler, e *Event) (func(), error) {
		k := e.keep()
		return func() { f(h.(C), k) }, nil
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
