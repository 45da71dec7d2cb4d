package sio

import (
	"fmt"
	"sync"

	"github.com/tornadio/tornadio/sio/internal/packet"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Packet is an event encoded once, for sending it many times: see
// [Socket.EmitPacket] and [Target.EmitPacket]. It is safe from any goroutine.
type Packet struct {
	out outgoing

	mu    sync.Mutex
	forms []form
}

// form is a packet's bytes for one revision and namespace, shared by all
// receivers.
type form struct {
	rev session.Rev
	ns  string
	ms  []session.Message
	err error
}

// Encode encodes an event. It fails on a reserved name, or on an argument that
// has no JSON form. Arguments are encoded by the default codec, see
// [Server.Encode].
func Encode(event string, args ...any) (*Packet, error) {
	o, err := newEvent(nil, event, args)
	if err != nil {
		return nil, err
	}
	return &Packet{out: o}, nil
}

func checkName(event string) error {
	if packet.Reserved([]byte(event)) {
		return fmt.Errorf("%w: %q", ErrReserved, event)
	}
	return nil
}

func newEvent(codec JSONCodec, event string, args []any) (outgoing, error) {
	if err := checkName(event); err != nil {
		return outgoing{}, err
	}
	e, err := encodeArgs(nil, codec, args)
	if err != nil {
		return outgoing{}, err
	}
	return outgoing{kind: outEvent, event: event, encoded: e}, nil
}

// newSend makes what Send sends: a text, binary data, or any JSON value.
func newSend(codec JSONCodec, v any) (outgoing, error) {
	e, err := encodeArgs(nil, codec, []any{v})
	if err != nil {
		return outgoing{}, err
	}
	o := outgoing{kind: outJSON, encoded: e}
	if _, text := v.(string); text {
		o.kind = outText
	}
	return o, nil
}

// messages are the packet's bytes for a receiver. Their references are the
// packet's: each receiver takes its own.
func (p *Packet) messages(rev session.Rev, ns string) ([]session.Message, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.form(rev, ns)
}

// form finds or makes one. The caller holds p.mu.
func (p *Packet) form(rev session.Rev, ns string) ([]session.Message, error) {
	for i := range p.forms {
		if f := &p.forms[i]; f.rev == rev && f.ns == ns {
			return f.ms, f.err
		}
	}
	var ms []session.Message
	var err error
	if rev == session.Rev3 && len(p.out.attachments) == 0 && p.out.offset == "" {
		// Beyond ASCII it is written differently; else it shares the bytes.
		ms, err = p.form(session.Rev4, ns)
		if err == nil {
			ms[0].Buf.Retain()
			ms = []session.Message{session.InASCII(ms[0])}
		}
	} else {
		ms, err = p.out.encode(rev, ns)
	}
	p.forms = append(p.forms, form{rev, ns, ms, err})
	return ms, err
}

// release gives the packet's own references back.
func (p *Packet) release() {
	for _, f := range p.forms {
		for _, m := range f.ms {
			m.Buf.Release()
		}
	}
	p.forms = nil
}
