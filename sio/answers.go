package sio

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tornadio/tornadio/ioloop"
)

// Broadcasts with acknowledgements. All receivers get the same bytes, so the
// same id; each loop knows which of its sockets still owe an answer, and the
// answers of all loops come together in a gathering.

// gathering implements Answers: it runs f once, with all answers or, over an
// error, with those that came.
type gathering struct {
	home *shard // where f runs
	max  int    // bytes
	f    func([]*Ack, error)

	mu      sync.Mutex
	left    int
	missing int
	bytes   int
	err     error
	acks    []*Ack
	over    bool
}

// Add implements Answers.
func (g *gathering) Add(delta int) { g.settle(delta, 0, nil, nil) }

// Lost implements Answers.
func (g *gathering) Lost(n int, err error) { g.settle(-n, n, err, nil) }

// Answer implements Answers.
func (g *gathering) Answer(a Args) {
	g.settle(-1, 0, nil, &Ack{received: received{args: a.JSON, attachments: a.Attachments, codec: g.home.srv.cfg.JSON}})
}

func (g *gathering) settle(delta, missing int, err error, a *Ack) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over {
		return
	}
	g.left += delta
	g.missing += missing
	if err != nil && (g.err == nil || g.err == ErrClosed) {
		g.err = err // a time-out says more than a client that has left
	}
	if a != nil {
		g.bytes += len(a.args)
		for _, b := range a.attachments {
			g.bytes += len(b)
		}
		if g.bytes > g.max {
			g.err = ErrTooManyAnswers
			g.missing += g.left + 1
		} else {
			g.acks = append(g.acks, a)
		}
	}
	if g.left <= 0 || g.err == ErrTooManyAnswers {
		g.over = true
		g.finish()
	}
}

func (g *gathering) finish() {
	var err error
	if g.err != nil {
		err = &PartialError{Missing: g.missing, Err: g.err}
	}
	acks := g.acks
	g.home.call("answers to a broadcast", func() { g.f(acks, err) })
}

// call runs f on the loop, in a later turn. If the loop has ended it runs in a
// goroutine: what was promised to run once, runs.
func (sh *shard) call(label string, f func()) {
	run := func() { sh.Guard(label, f) }
	if sh.loop.Post(run) != nil {
		go sh.runAside(label, f)
	}
}

// runAside runs f where there is no loop any more, and survives its panic.
func (sh *shard) runAside(label string, f func()) {
	defer func() {
		if v := recover(); v != nil {
			sh.Crashed(label, v)
		}
	}()
	f()
}

// home is the loop on which callbacks of the target run.
func (t *Target) home() *shard {
	srv := t.ns.srv
	for _, sh := range srv.shards {
		if sh.loop.InLoop() {
			return sh
		}
	}
	for _, s := range []*Socket{t.skip, t.only} {
		if s != nil && s.c != nil {
			return s.c.sh
		}
	}
	return srv.shards[0]
}

// patience is how long the target's answers may take.
func (t *Target) patience() time.Duration {
	if t.timeout > 0 {
		return t.timeout
	}
	return t.ns.srv.cfg.AckTimeout
}

// EmitAck sends an event and asks every receiver for an acknowledgement. f runs
// exactly once, with the answers in the order in which they came. If some are
// missing it has the others, and a *[PartialError]: of ErrAckTimeout after
// [Target.Timeout], which is Config.AckTimeout unless it was set; of ErrClosed
// if all the missing ones have left; of ErrBinary if they can't get binary
// data; of ErrTooManyAnswers above Config.MaxAnswers.
//
// f runs on the loop that EmitAck was called on; called elsewhere, on that of
// the socket from which the target was made, or on the server's first. It does
// not run if EmitAck returns an error. The answers are f's to keep.
func (t Target) EmitAck(event string, f func([]*Ack, error), args ...any) error {
	if t.ns == nil {
		return ErrClosed
	}
	o, err := newEvent(t.ns.json(), event, args)
	if err != nil {
		return err
	}
	g := &gathering{home: t.home(), max: t.ns.srv.cfg.MaxAnswers, f: f, left: 1}
	t.through().BroadcastAck(&Packet{out: o}, t.selection(), g)
	g.Add(-1)
	return nil
}

// EmitAckWait is EmitAck for goroutines: it waits for the answers, or until
// ctx ends. On an event loop it returns ErrOnLoop.
func (t Target) EmitAckWait(ctx context.Context, event string, args ...any) ([]*Ack, error) {
	return await(ctx, &t, func(f func([]*Ack, error)) error { return t.EmitAck(event, f, args...) })
}

// await makes a call that waits of one with a callback.
func await[T any](ctx context.Context, t *Target, start func(f func(T, error)) error) (result T, err error) {
	if t.ns == nil {
		return result, ErrClosed
	}
	if slices.ContainsFunc(t.ns.srv.shards, func(sh *shard) bool { return sh.loop.InLoop() }) {
		return result, ErrOnLoop
	}
	type both struct {
		result T
		err    error
	}
	done := make(chan both, 1)
	if err := start(func(r T, err error) { done <- both{r, err} }); err != nil {
		return result, err
	}
	select {
	case b := <-done:
		return b.result, b.err
	case <-ctx.Done():
		return result, ctx.Err()
	}
}

// firstAsk is where the ids of broadcasts begin, above all that single sockets
// use; any number up to 2^53 is fine with clients.
const firstAsk = 1 << 40

// asking is a broadcast that waits for acknowledgements on one loop.
type asking struct {
	n     *nsShard
	id    uint64
	a     Answers
	owing map[*Socket]struct{}
	timer ioloop.Timer
}

// ask sends p to the receivers of this process, and asks each for an answer.
func (t Target) ask(p *Packet, a Answers) {
	o := p.out
	o.hasID, o.id = true, firstAsk+t.ns.lastAsk.Add(1)
	asked := &Packet{out: o}
	t.visit(nil, a.Add, func(n *nsShard, all []*Socket) {
		n.ask(&t, asked, all, a)
		a.Add(-1)
	})
}

func (n *nsShard) ask(t *Target, p *Packet, all []*Socket, a Answers) {
	if len(all) == 0 {
		return
	}
	if len(n.asks) >= n.sh.srv.cfg.MaxAcks {
		a.Add(len(all))
		a.Lost(len(all), ErrTooManyAcks)
		return
	}
	k := &asking{n: n, id: p.out.id, a: a, owing: make(map[*Socket]struct{}, len(all))}
	unable := 0
	for _, s := range all {
		switch sent, err := s.deliver(p, t); {
		case err != nil:
			unable++
		case sent:
			k.owing[s] = struct{}{}
		}
	}
	a.Add(unable + len(k.owing))
	if unable > 0 {
		a.Lost(unable, ErrBinary)
	}
	if len(k.owing) == 0 {
		return
	}
	if n.asks == nil {
		n.asks = make(map[uint64]*asking)
	}
	n.asks[k.id] = k
	n.sh.loop.StartTimer(&k.timer, t.patience(), k)
}

// deliver queues a packet for a receiver, on its loop.
func (s *Socket) deliver(p *Packet, t *Target) (sent bool, err error) {
	if s.Closed() || t.volatile && !s.c.sess.Writable() {
		return false, nil
	}
	if s.shows() {
		if s.showOutgoing(&p.out); s.Closed() {
			return false, nil
		}
	}
	if !t.volatile && s.keeps(&p.out) {
		o := p.out
		return true, s.sendKept(&o, t.plain)
	}
	ms, err := p.messages(s.c.form(), s.ns.name)
	for _, m := range ms {
		m.Buf.Retain()
		m.Plain = t.plain
		s.c.sess.Enqueue(m)
	}
	return err == nil, err
}

// OnTimer implements ioloop.TimerHandler.
func (k *asking) OnTimer(*ioloop.Timer) {
	delete(k.n.asks, k.id)
	k.a.Lost(len(k.owing), ErrAckTimeout)
}

// settled: one that owed an answer does not any more.
func (k *asking) settled(s *Socket) bool {
	if _, ok := k.owing[s]; !ok {
		return false
	}
	if delete(k.owing, s); len(k.owing) == 0 {
		delete(k.n.asks, k.id)
		k.n.sh.loop.StopTimer(&k.timer)
	}
	return true
}

// answeredAll takes the acknowledgement of a broadcast.
func (s *Socket) answeredAll(id uint64, r received) {
	k := s.ns.shards[s.c.sh.index].asks[id]
	if k == nil || !k.settled(s) {
		return
	}
	r = r.keep()
	k.a.Answer(Args{r.args, r.attachments})
}

// failAsks: a socket that has closed answers no broadcast.
func (s *Socket) failAsks() {
	asks := s.ns.shards[s.c.sh.index].asks
	if len(asks) == 0 {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(asks)) {
		if k := asks[id]; k.settled(s) {
			k.a.Lost(1, ErrClosed)
		}
	}
}
