package sio

import (
	"slices"
	"time"
)

// Target names receivers: the members of rooms, or a whole namespace, less
// some. It is a value: every operator returns a new one, and one can be kept
// and used again, from any goroutine.
type Target struct {
	ns       *namespace
	rooms    []string
	except   []string
	skip     *Socket // the sender
	only     *Socket // a single receiver
	timeout  time.Duration
	volatile bool
	plain    bool // not compressed
	local    bool
}

// To is the members of a room; of several, each once. With no room it is
// everyone in the namespace. Of a socket, the socket itself is left out. A
// socket's id is the name of a room with that one member.
func (s *Socket) To(rooms ...string) Target {
	return Target{ns: s.ns, rooms: rooms, skip: s}
}

// Broadcast is everyone in the namespace but the socket itself.
func (s *Socket) Broadcast() Target { return Target{ns: s.ns, skip: s} }

// Volatile is the socket itself for messages that may get lost: see
// [Target.Volatile].
func (s *Socket) Volatile() Target { return Target{ns: s.ns, only: s, volatile: true} }

// Compress is the socket itself for messages that are, or are not, compressed:
// see [Target.Compress].
func (s *Socket) Compress(on bool) Target { return Target{ns: s.ns, only: s, plain: !on} }

// To adds rooms.
func (t Target) To(rooms ...string) Target {
	t.rooms = append(slices.Clip(t.rooms), rooms...)
	return t
}

// Except leaves the members of rooms out.
func (t Target) Except(rooms ...string) Target {
	t.except = append(slices.Clip(t.except), rooms...)
	return t
}

// Volatile drops messages for clients that can't take them at once: those
// between two polls, and those that read too slowly.
func (t Target) Volatile() Target {
	t.volatile = true
	return t
}

// Local keeps to this server where it is one of a fleet.
func (t Target) Local() Target {
	t.local = true
	return t
}

// Compress says whether what is sent may be compressed, where the transport
// does that at all. It may, unless Compress(false) was called.
func (t Target) Compress(on bool) Target {
	t.plain = !on
	return t
}

// Timeout bounds how long the answers to EmitAck and FetchSockets may take. 0
// is Config.AckTimeout.
func (t Target) Timeout(d time.Duration) Target {
	t.timeout = d
	return t
}

// Emit sends an event. It is encoded once for each kind of receiver.
func (t Target) Emit(event string, args ...any) error {
	if err := checkName(event); err != nil {
		return err
	}
	if t.direct() {
		return t.emitOnce(outgoing{kind: outEvent, event: event}, args)
	}
	o, err := newEvent(t.ns.json(), event, args)
	if err != nil {
		return err
	}
	return t.send(&Packet{out: o})
}

// direct reports whether what is sent is delivered from here: not by an
// adapter, nor to a single socket.
func (t *Target) direct() bool {
	return t.ns != nil && t.only == nil && t.ns.family == nil && (t.ns.adapter == nil || t.local)
}

// Send sends a message, as [Socket.Send] does.
func (t Target) Send(v any) error {
	if t.direct() {
		return t.emitOnce(outgoing{kind: sendKind(v)}, []any{v})
	}
	o, err := newSend(t.ns.json(), v)
	if err != nil {
		return err
	}
	return t.send(&Packet{out: o})
}

// EmitPacket sends an event that was encoded before.
func (t Target) EmitPacket(p *Packet) error { return t.send(p) }

func (t Target) send(p *Packet) error {
	switch {
	case t.ns == nil:
		return ErrClosed
	case t.only != nil:
		return t.only.sendFlagged(p, &t)
	case !t.direct():
		return t.through().Broadcast(p, t.selection())
	}
	return t.deliver(p)
}

// emitOnce encodes o with these arguments, and delivers it. All that this needs
// is used again once it is delivered.
func (t Target) emitOnce(o outgoing, args []any) (err error) {
	b := broadcasts.Get().(*broadcast)
	if o.encoded, err = encodeArgs(b.room[:0], t.ns.json(), args); err != nil {
		broadcasts.Put(b)
		return err
	}
	b.room = o.args
	b.packet.out = o
	b.Target, b.p, b.own = t, &b.packet, true
	return b.start()
}

// deliver delivers p on every loop of this server that may have receivers.
func (t Target) deliver(p *Packet) error {
	b := &broadcast{Target: t, p: p}
	return b.start()
}

// start delivers by one message to each of the other loops, and at once on the
// loop it runs on.
func (b *broadcast) start() error {
	t := b.Target
	if t.ns.rec.inMemory() && !t.volatile && b.p.out.isEvent() && b.p.out.offset == "" {
		b.keep()
	}
	binary := len(b.p.out.attachments) > 0
	b.left.Store(1)
	var here *nsShard
	loops := t.loops()
	for i, n := range t.ns.shards {
		if !loops.has(i) {
			continue
		}
		b.left.Add(1)
		if here == nil && n.sh.loop.InLoop() {
			here = n
			continue
		}
		n.sh.stats.posts.Add(1)
		if n.sh.loop.PostTask(&delivery{b, n}) != nil {
			b.done()
		}
	}
	if here != nil {
		b.deliver(here)
	}
	b.done()
	if binary && t.hasLegacy() {
		return ErrBinary
	}
	return nil
}

// loops is where receivers may be: a few too many now and then, never too few.
func (t *Target) loops() (set loopSet) {
	ns := t.ns
	if len(t.rooms) == 0 {
		for i, n := range ns.shards {
			if n.count.Load()+n.away.Load() > 0 {
				set.addLoop(i, ns.where.words)
			}
		}
		return set
	}
	for _, name := range t.rooms {
		if p := ns.where.find(name); p != nil {
			set.add(&p.loops)
		}
		if id, ok := ns.parseID(name); ok {
			if loop := ns.loopOf(id); loop < len(ns.shards) {
				set.addLoop(loop, ns.where.words)
			}
		}
	}
	return set
}

func (t *Target) hasLegacy() bool {
	if len(t.rooms) == 0 {
		return t.ns.legacy.Load() > 0
	}
	for _, name := range t.rooms {
		if p := t.ns.where.find(name); p != nil && p.legacy.Load() > 0 {
			return true
		}
	}
	return false
}

// sendFlagged sends to a single socket with the target's flags.
func (s *Socket) sendFlagged(p *Packet, t *Target) error {
	if s.Closed() {
		return ErrClosed
	}
	if len(p.out.attachments) > 0 && s.Generation() == Legacy {
		return ErrBinary
	}
	if s.onLoop() {
		_, err := s.deliver(p, t)
		return err
	}
	flags := *t
	return s.c.sh.loop.Post(func() { _, _ = s.deliver(p, &flags) })
}
