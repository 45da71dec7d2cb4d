package sio

// Answer with other counts of arguments, as On has them.

// Answer0 is [Answer] without arguments.
func Answer0[C Handler, R any](n *Namespace[C], event string, f func(C) R, o ...Option) {
	bindTyped(n.ns, event, f == nil, o,
		func(*Event, *struct{}) error { return nil },
		func(h Handler, e *Event, _ *struct{}) { e.answer(f(h.(C))) })
}

// Answer2 is [Answer] with two arguments.
func Answer2[C Handler, A, B, R any](n *Namespace[C], event string, f func(C, A, B) R, o ...Option) {
	bindTyped(n.ns, event, f == nil, o, decode2[A, B],
		func(h Handler, e *Event, v *two[A, B]) { e.answer(f(h.(C), v.a, v.b)) })
}

// Answer3 is [Answer] with three arguments.
func Answer3[C Handler, A, B, D, R any](n *Namespace[C], event string, f func(C, A, B, D) R, o ...Option) {
	bindTyped(n.ns, event, f == nil, o, decode3[A, B, D],
		func(h Handler, e *Event, v *three[A, B, D]) { e.answer(f(h.(C), v.a, v.b, v.c)) })
}

// SendAck sends a message, as [Socket.Send], and asks for an acknowledgement,
// as [Socket.EmitAck]. Clients of 0.7 to 0.9 acknowledge a message by
// themselves, when it has arrived, without a value; for later ones it is the
// event "message", which its listener acknowledges.
func (s *Socket) SendAck(v any, f func(*Ack)) error {
	o, err := newSend(s.ns.json(), v)
	if err != nil {
		return err
	}
	return s.ask(0, &o, f)
}
