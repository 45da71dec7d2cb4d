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
	first [1]form // room for forms: mostly there is one
}

// form is a packet's bytes for one revision and namespace, shared by all
// receivers.
type form struct {
	rev session.Rev
	ns  string
	ms  []session.Message
	one [1]session.Message // room for ms: mostly there is one
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
	return outgoing{kind: sendKind(v), encoded: e}, nil
}

func sendKind(v any) outKind {
	if _, text := v.(string); text {
		return outText
	}
	return outJSON
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
	f := form{rev: rev, ns: ns}
	if rev == session.Rev3 && len(p.out.attachments) == 0 && p.out.offset == "" {
		// Beyond ASCII it is written differently; else it shares the bytes.
		ms, err := p.form(session.Rev4, ns)
		if f.err = err; err == nil {
			ms[0].Buf.Retain()
			f.one[0] = session.InASCII(ms[0])
		}
	} else if len(p.out.attachments) == 0 {
		f.one[0] = p.out.encodeOne(rev, ns)
	} else {
		f.ms, f.err = p.out.encode(rev, ns)
	}
	if p.forms == nil {
		p.forms = p.first[:0]
	}
	p.forms = append(p.forms, f)
	kept := &p.forms[len(p.forms)-1]
	if kept.ms == nil && kept.err == nil {
		kept.ms = kept.one[:]
	}
	return kept.ms, kept.err
}

// release gives the packet's own references back.
func (p *Packet) release() {
	for _, f := range p.forms {
		for _, m := range f.ms {
			m.Buf.Release()
		}
	}
	p.forms = nil // not p.first: what is kept for recovery may lie there
}
