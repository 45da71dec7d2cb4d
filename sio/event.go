package sio

import (
	"sync/atomic"
)

// Event is an event that a client sent, its arguments not decoded. It is lent
// until the handler returns; where WantsReply says so it may be kept for a
// later Reply.
type Event struct {
	received
	s       *Socket
	name    string
	id      uint64
	wants   bool // the client asks for an acknowledgement
	message bool // of a message of revision 1
	loops   bool // one of the loop's: see newEvent
	replied atomic.Bool
}

// keep is a copy that may be kept.
func (e *Event) keep() *Event {
	return &Event{received: e.received.keep(), s: e.s, name: e.name, id: e.id, wants: e.wants, message: e.message}
}

// back is called when the handler has returned. What the event lent is taken
// back; if it is one of the loop's, which stay around and would keep a socket
// that is gone, its socket, too, unless there may still be a Reply.
func (e *Event) back() {
	e.received = received{}
	if e.loops && (!e.wants || e.replied.Load()) {
		e.s = nil
	}
}

// Name is the event's name.
func (e *Event) Name() string { return e.name }

// Len is the count of arguments.
func (e *Event) Len() int { return e.args.Len() }

// Raw is the JSON of the arguments, with commas between them, as the client
// wrote it. It is lent until the handler returns.
func (e *Event) Raw() []byte { return e.args }

// Attachments are the binary values that the placeholders in Raw name. They
// are lent until the handler returns.
func (e *Event) Attachments() [][]byte { return e.attachments }

// Decode decodes the arguments in order into what ptrs point to. Binary data
// goes into []byte and [Binary]. Arguments that are missing leave their values
// alone; surplus ones are ignored. It must be called before the handler
// returns; the values are the caller's own.
func (e *Event) Decode(ptrs ...any) error { return e.decode(e.name, ptrs...) }

// WantsReply reports whether the client asks for an acknowledgement.
func (e *Event) WantsReply() bool { return e.wants }

// Reply acknowledges the event. It may be called later, and from any
// goroutine; the second call fails, as does one where the client asked for
// none.
func (e *Event) Reply(args ...any) error {
	if !e.wants || e.replied.Swap(true) {
		return ErrReplied
	}
	o := outgoing{kind: outAck, hasID: true, id: e.id}
	if e.message {
		o.kind = outMsgAck
	}
	return e.s.sendArgs(&o, args)
}
