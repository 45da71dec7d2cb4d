package siotest

import (
	"errors"
	"time"
)

// Event is an event that a client got. What the server sent with Send is the
// event "message".
type Event struct {
	Name string
	At   time.Time // when it came
	received
	s       *Socket
	id      uint64
	wants   bool
	message bool // a message of revision 1
	replied bool
}

// Decode decodes the arguments in order into what ptrs point to; binary data
// goes into []byte, sio.Binary and any. It fails the test if they don't fit,
// or are too few.
func (e *Event) Decode(ptrs ...any) {
	w := e.s.c.w
	w.t.Helper()
	if err := e.decode(ptrs); err != nil {
		w.fatalf("event %q with the arguments %s: %v", e.Name, e.Raw(), err)
	}
}

// Text is the first argument, a string. Anything else fails the test.
func (e *Event) Text() (text string) {
	e.s.c.w.t.Helper()
	e.Decode(&text)
	return text
}

// WantsReply reports whether the server asks for an acknowledgement.
func (e *Event) WantsReply() bool { return e.wants }

// Reply acknowledges the event. It fails the test where the server asks for no
// acknowledgement, or has got it.
func (e *Event) Reply(args ...any) {
	w := e.s.c.w
	w.t.Helper()
	if !e.wants || e.replied {
		w.errorf("Reply to event %q, which was acknowledged before, or asks for no acknowledgement", e.Name)
		return
	}
	e.replied = true
	e.s.reply(e, args)
}

// ErrLeft is the error of an acknowledgement that will not come: the socket
// closed.
var ErrLeft = errors.New("siotest: the socket closed")

// Ack is the acknowledgement that an event asks the server for.
type Ack struct {
	received
	s      *Socket
	event  string
	done   bool
	err    error
	onDone func(*Ack)
}

// Done reports whether the answer is there, or will never come (see Err).
func (a *Ack) Done() bool { return a.done }

// Err is ErrLeft if the socket closed before the answer.
func (a *Ack) Err() error { return a.err }

// OnDone has f run once Done is true; at once if it is.
func (a *Ack) OnDone(f func(*Ack)) {
	if a.onDone = f; a.done {
		f(a)
	}
}

// Wait runs the world until the answer is there. It fails the test when that
// takes too long, and when the socket closes.
func (a *Ack) Wait() *Ack {
	w := a.s.c.w
	w.t.Helper()
	w.run(a.Done, w.timeout)
	if !a.done || a.err != nil {
		w.fatalf("no acknowledgement of %q%s%s", a.event, a.s.whyNot(), a.s.c.story())
	}
	return a
}

// Decode decodes the answer's arguments, as [Event.Decode] does.
func (a *Ack) Decode(ptrs ...any) {
	w := a.s.c.w
	w.t.Helper()
	if err := a.decode(ptrs); err != nil {
		w.fatalf("acknowledgement of %q with the arguments %s: %v", a.event, a.Raw(), err)
	}
}

func (a *Ack) finish(r received, err error) {
	a.received, a.err, a.done = r, err, true
	if a.onDone != nil {
		a.onDone(a)
	}
}
