package sio

import (
	"errors"
	"fmt"

	"github.com/tornadio/tornadio/sio/internal/packet"
)

// Handlers are registered by functions, not methods, because they have type
// parameters: a handler whose arguments don't fit is a compile error.

// binding is what runs for an event: call decodes and runs the handler; plan,
// for those with an option, decodes only, and gives the handler's call, which
// runs in a goroutine.
type binding struct {
	event  string
	label  string // for the watchdog and for reports: "/chat say"
	option Option
	typed  bool // the handler gets Go values, never the Event
	call   func(h Handler, e *Event) error
	plan   func(h Handler, e *Event) (func(), error)
}

// bind registers b, whose label and option it sets.
func (ns *namespace) bind(b *binding, isNil bool, o []Option) {
	event := b.event
	if len(o) > 0 {
		b.option = o[0]
	}
	switch {
	case len(o) > 1 || b.option > Concurrent:
		ns.srv.mistake("event %q in %q: give Ordered or Concurrent, once", event, ns.name)
		return
	case isNil:
		ns.srv.mistake("handler of %q in %q is nil", event, ns.name)
		return
	case packet.Reserved([]byte(event)):
		ns.srv.mistake("event %q in %q: %v; use OnOpen, OnClose or OnError", event, ns.name, ErrReserved)
		return
	}
	b.label = ns.name + " " + event
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
	bindTyped(n.ns, event, f == nil, o,
		func(*Event, *struct{}) error { return nil },
		func(h Handler, _ *Event, _ *struct{}) { f(h.(C)) })
}

// On registers the handler of an event with one argument of type A, decoded as
// [Event.Decode] does. An argument that does not fit goes to OnError instead.
func On[C Handler, A any](n *Namespace[C], event string, f func(C, A), o ...Option) {
	bindTyped(n.ns, event, f == nil, o, decode1[A],
		func(h Handler, _ *Event, a *A) { f(h.(C), *a) })
}

// On2 is [On] with two arguments.
func On2[C Handler, A, B any](n *Namespace[C], event string, f func(C, A, B), o ...Option) {
	bindTyped(n.ns, event, f == nil, o, decode2[A, B],
		func(h Handler, _ *Event, v *two[A, B]) { f(h.(C), v.a, v.b) })
}

// On3 is [On] with three arguments.
func On3[C Handler, A, B, D any](n *Namespace[C], event string, f func(C, A, B, D), o ...Option) {
	bindTyped(n.ns, event, f == nil, o, decode3[A, B, D],
		func(h Handler, _ *Event, v *three[A, B, D]) { f(h.(C), v.a, v.b, v.c) })
}

// Answer registers a handler whose result acknowledges the event. If the client
// asked for no acknowledgement the result is dropped. A result without a JSON
// form goes to OnError.
func Answer[C Handler, A, R any](n *Namespace[C], event string, f func(C, A) R, o ...Option) {
	bindTyped(n.ns, event, f == nil, o, decode1[A],
		func(h Handler, e *Event, a *A) { e.answer(f(h.(C), *a)) })
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

// bindTyped registers a handler whose arguments are decoded into a V first,
// wherever it runs.
func bindTyped[V any](ns *namespace, event string, isNil bool, o []Option, decode func(*Event, *V) error, run func(Handler, *Event, *V)) {
	ns.bind(&binding{
		event: event,
		typed: true,
		call: func(h Handler, e *Event) error {
			v := new(V)
			err := decode(e, v)
			if err == nil {
				run(h, e, v)
			}
			return err
		},
		plan: func(h Handler, e *Event) (func(), error) {
			v := new(V)
			err := decode(e, v)
			e.received = received{}
			return func() { run(h, e, v); e.back() }, err
		},
	}, isNil, o)
}

// two and three are the arguments of handlers with as many.
type two[A, B any] struct {
	a A
	b B
}

type three[A, B, C any] struct {
	a A
	b B
	c C
}

func decode1[A any](e *Event, a *A) error                    { return e.Decode(a) }
func decode2[A, B any](e *Event, v *two[A, B]) error         { return e.Decode(&v.a, &v.b) }
func decode3[A, B, C any](e *Event, v *three[A, B, C]) error { return e.Decode(&v.a, &v.b, &v.c) }

// OnRaw registers a handler that gets the event undecoded. What e gives is lent
// until f returns. If the client asked for an acknowledgement, e itself may be
// kept for a later Reply.
func (n *Namespace[C]) OnRaw(event string, f func(C, *Event), o ...Option) {
	n.ns.bind(&binding{
		event: event,
		call: func(h Handler, e *Event) error {
			f(h.(C), e)
			return nil
		},
		plan: func(h Handler, e *Event) (func(), error) {
			k := e.keep()
			e.back()
			return func() { f(h.(C), k) }, nil
		},
	}, f == nil, o)
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
