package sio

import (
	"maps"
	"slices"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/packet"
)

// Ack is a client's acknowledgement of an event, or the reason why there is
// none. It is lent until the callback returns.
type Ack struct {
	received
	err error
}

// Err is nil, ErrAckTimeout or ErrClosed; of a [RemoteSocket] it may be another
// error, and those are to be found with errors.Is.
func (a *Ack) Err() error { return a.err }

// Decode decodes the answer's arguments as [Event.Decode] does. Without an
// answer it returns Err.
func (a *Ack) Decode(ptrs ...any) error {
	if a.err != nil {
		return a.err
	}
	return a.decode("", ptrs...)
}

// Raw is the JSON of the answer's arguments, with commas between them.
func (a *Ack) Raw() []byte { return a.args }

// pendingAck waits for an acknowledgement. Its timer is its own.
type pendingAck struct {
	s     *Socket
	id    uint64
	f     func(*Ack)
	timer ioloop.Timer
}

// acks are those that a socket waits for.
type acks struct {
	waiting map[uint64]*pendingAck
	last    uint64 // id
}

// take gives what waits under an id, once; nil if nothing does.
func (a *acks) take(id uint64) *pendingAck {
	if a == nil {
		return nil
	}
	p := a.waiting[id]
	delete(a.waiting, id)
	return p
}

// EmitAck sends an event and asks for an acknowledgement. f runs exactly once,
// on the socket's loop: with the answer, or after Config.AckTimeout, or when
// the socket closes. It does not run if EmitAck returns an error.
func (s *Socket) EmitAck(event string, f func(*Ack), args ...any) error {
	return s.EmitAckTimeout(0, event, f, args...)
}

// EmitAckTimeout is EmitAck with a timeout of its own; 0 is Config.AckTimeout.
func (s *Socket) EmitAckTimeout(d time.Duration, event string, f func(*Ack), args ...any) error {
	o, err := newEvent(s.ns.json(), event, args)
	if err != nil {
		return err
	}
	return s.ask(d, &o, f)
}

// ask sends o and waits for its acknowledgement.
func (s *Socket) ask(d time.Duration, o *outgoing, f func(*Ack)) error {
	if s.Closed() {
		return ErrClosed
	}
	if len(o.attachments) > 0 && s.Generation() == Legacy {
		return ErrBinary
	}
	if d <= 0 {
		d = s.c.sh.srv.cfg.AckTimeout
	}
	if s.onLoop() {
		return s.sendAsking(d, o, f)
	}
	return s.c.sh.loop.Post(func() {
		if err := s.sendAsking(d, o, f); err != nil {
			s.runAck(f, &Ack{err: err})
		}
	})
}

// sendAsking sends o with an id, which the answer will carry. Ids count from 1
// in revision 1; 4.x clients take any.
func (s *Socket) sendAsking(d time.Duration, o *outgoing, f func(*Ack)) error {
	if s.Closed() {
		return ErrClosed
	}
	if s.acks == nil {
		s.acks = &acks{waiting: make(map[uint64]*pendingAck)}
	}
	a := s.acks
	if len(a.waiting) >= s.c.sh.srv.cfg.MaxAcks {
		return ErrTooManyAcks
	}
	a.last++
	p := &pendingAck{s: s, id: a.last, f: f}
	o.hasID, o.id = true, p.id
	if err := s.send(o); err != nil {
		return err
	}
	if s.Closed() { // by a listener of what goes out
		return ErrClosed
	}
	a.waiting[p.id] = p
	s.c.sh.loop.StartTimer(&p.timer, d, p)
	return nil
}

// OnTimer implements ioloop.TimerHandler: no answer in time.
func (p *pendingAck) OnTimer(*ioloop.Timer) {
	if p.s.acks.take(p.id) != nil {
		p.s.runAck(p.f, &Ack{err: ErrAckTimeout})
	}
}

// answered takes an acknowledgement from the client. One for an id that is not
// outstanding is ignored: it came late, or twice.
func (s *Socket) answered(id uint64, r received) {
	if id > firstAsk {
		s.answeredAll(id, r)
		return
	}
	p := s.acks.take(id)
	if p == nil {
		return
	}
	s.c.sh.loop.StopTimer(&p.timer)
	r.codec = s.ns.json()
	s.runAck(p.f, &Ack{received: r})
}

// failAcks ends all that wait, oldest first.
func (s *Socket) failAcks(err error) {
	if s.acks == nil {
		return
	}
	waiting := s.acks.waiting
	s.acks.waiting = nil
	for _, id := range slices.Sorted(maps.Keys(waiting)) {
		p := waiting[id]
		s.c.sh.loop.StopTimer(&p.timer)
		s.c.sh.Later(func() { s.runAck(p.f, &Ack{err: err}) })
	}
}

// takeAck splits an acknowledgement's data.
func takeAck(data []byte, attachments [][]byte) (received, error) {
	args, err := packet.SplitAck(data)
	return received{args: args, attachments: attachments}, err
}
