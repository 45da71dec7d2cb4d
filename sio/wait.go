package sio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"sync"

	"github.com/tornadio/tornadio/sio/internal/packet"
)

// Handlers that wait. A handler registered with Ordered or Concurrent runs in a
// goroutine of its own, so that it may block; its result comes back to the
// loop. What a socket needs for that is made when it is first needed.

// Option changes how a handler runs.
type Option uint8

const (
	// Ordered runs the handler in a goroutine, and holds the socket's next
	// events and messages, and its OnClose, until it returns: TornadIO2's
	// gen.sync_engine. Acknowledgements are not held, so that the handler may
	// wait for one. While it runs nothing else of the socket does, so it may
	// use the socket's own fields.
	Ordered Option = iota + 1
	// Concurrent runs the handler in a goroutine and goes on with the socket's
	// next events meanwhile: TornadIO2's gen.engine. The socket's own fields
	// belong to the loop; use Do to touch them.
	Concurrent
)

// ErrBusy says that an event found too many waiting handlers: of its socket
// (Config.MaxHeld events behind an Ordered one, Config.MaxWaiting running) or
// of the server (Config.MaxHandlers). It goes to OnError; the event is
// dropped.
var ErrBusy = errors.New("sio: too many handlers wait")

// extra is what few sockets need.
type extra struct {
	running int           // waiting handlers that run
	ordered bool          // one of them holds what follows
	held    []incoming    // events that wait for it
	closing bool          // OnClose waits for it
	cause   error         // of a connection's end: see Socket.CloseCause
	byRoom  map[*room]int // index in rooms, for sockets in many
	listeners

	handshake *HandshakeInfo // Config.KeepHandshakes
	rec       *recoverable   // Config.Recovery
	sid       string         // Config.GenerateID, sio.Classic: its public id

	mu     sync.Mutex
	data   json.RawMessage // SetData
	ctx    context.Context
	cancel context.CancelFunc
}

func (s *Socket) needExtra() *extra {
	if x := s.extra.Load(); x != nil {
		return x
	}
	s.extra.CompareAndSwap(nil, new(extra))
	return s.extra.Load()
}

// Context is cancelled when the socket closes. Handlers that wait give it to
// what they wait for. Any goroutine.
func (s *Socket) Context() context.Context {
	x := s.needExtra()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ctx == nil {
		x.ctx, x.cancel = context.WithCancel(context.Background())
		if s.state.Load() == sockClosed {
			x.cancel()
		}
	}
	return x.ctx
}

// cancelContext is called when the socket has closed.
func (s *Socket) cancelContext() {
	x := s.extra.Load()
	if x == nil {
		return
	}
	x.mu.Lock()
	if x.cancel != nil {
		x.cancel()
	}
	x.mu.Unlock()
}

// hold keeps an event back if an Ordered handler runs. It reports whether it
// has dealt with it.
func (s *Socket) hold(in *incoming) bool {
	x := s.extra.Load()
	if x == nil || !x.ordered {
		return false
	}
	if len(x.held) >= s.c.sh.srv.cfg.MaxHeld {
		s.busy()
		return true
	}
	x.held = append(x.held, in.keep())
	return true
}

func (s *Socket) busy() {
	s.c.sh.stats.busy.Add(1)
	s.run("OnError", func() { s.self.OnError(ErrBusy) })
}

// keep copies what was lent.
func (in *incoming) keep() incoming {
	k := *in
	r := received{args: in.args, attachments: in.attachments}
	r = r.keep()
	k.name, k.text = bytes.Clone(in.name), bytes.Clone(in.text)
	k.args, k.attachments = r.args, r.attachments
	return k
}

// wait runs work in a goroutine.
func (s *Socket) wait(b *binding, work func()) {
	x, sh := s.needExtra(), s.c.sh
	if x.running >= sh.srv.cfg.MaxWaiting || !sh.srv.waiting.enter(sh.srv.cfg.MaxHandlers) {
		s.busy()
		return
	}
	x.running++
	x.ordered = x.ordered || b.option == Ordered
	sh.loop.Group().Go(func() { s.work(b, x, work) })
}

// waiting counts the server's handlers that wait, until the last one has told
// its loop that it has ended.
type waiting struct {
	mu    sync.Mutex
	n     int
	ended chan struct{} // closed when there is none; made by who waits for that
}

func (w *waiting) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.n
}

// enter takes one of most places.
func (w *waiting) enter(most int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n >= most {
		return false
	}
	w.n++
	return true
}

func (w *waiting) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n--; w.n == 0 && w.ended != nil {
		close(w.ended)
		w.ended = nil
	}
}

// none is closed once no handler waits.
func (w *waiting) none() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n == 0 {
		ch := make(chan struct{})
		close(ch)
		return ch
	}
	if w.ended == nil {
		w.ended = make(chan struct{})
	}
	return w.ended
}

// work is the goroutine of one waiting handler.
func (s *Socket) work(b *binding, x *extra, work func()) {
	defer func() {
		v := recover()
		if v != nil {
			s.c.sh.Crashed(b.label, v)
		}
		// A loop that takes no posts has ended, and with it the socket.
		_ = s.c.sh.loop.Post(func() { s.worked(b, x, v != nil) })
		s.c.sh.srv.waiting.leave()
	}()
	work()
}

// worked goes on, on the loop, with what a waiting handler held.
func (s *Socket) worked(b *binding, x *extra, crashed bool) {
	x.running--
	if crashed && !s.Closed() {
		s.c.crash()
	}
	if b.option != Ordered {
		return
	}
	x.ordered = false
	before := s.c.sess.Enter()
	for len(x.held) > 0 && !x.ordered && !s.Closed() {
		in := x.held[0]
		x.held = x.held[1:]
		s.take(in)
	}
	s.c.sess.Leave(before)
	if s.Closed() {
		x.held = nil
	}
	if x.closing && !x.ordered {
		x.closing = false
		s.c.sh.closeLater(s)
	}
}

// take runs an event or a message that was held.
func (s *Socket) take(in incoming) {
	if in.plain {
		s.message(in)
	} else {
		s.event(in)
	}
}

// argsOfText makes arguments of a text message, for a handler of "message".
func (in *incoming) argsOfText() packet.Args {
	return packet.AppendJSONString(nil, string(in.text))
}
