package sio

import (
	"context"
	"slices"
)

// EmitAckWait is EmitAck for goroutines, handlers that are [Ordered] or
// [Concurrent] among them: it waits for the answer, at most Config.AckTimeout,
// or until ctx ends. On an event loop it returns ErrOnLoop. The answer is the
// caller's to keep.
func (s *Socket) EmitAckWait(ctx context.Context, event string, args ...any) (*Ack, error) {
	return await(ctx, &Target{ns: s.ns}, func(f func(*Ack, error)) error {
		return s.EmitAck(event, func(a *Ack) {
			if a.err != nil {
				f(nil, a.err)
			} else {
				f(a.kept(), nil)
			}
		}, args...)
	})
}

// kept is a copy that is not lent.
func (a *Ack) kept() *Ack {
	k := &Ack{received: received{args: slices.Clone(a.args), codec: a.codec}}
	for _, b := range a.attachments {
		k.attachments = append(k.attachments, slices.Clone(b))
	}
	return k
}
