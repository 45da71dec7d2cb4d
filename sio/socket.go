package sio

import (
	"sync/atomic"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Socket is one client in one namespace. Embed it by value in a struct of your
// own (see [Of]), which then has its methods and is a [Handler]; both are one
// allocation.
//
// All callbacks of a socket, and of all sockets of its loop, run on one
// goroutine, one after the other: they need no locks for what belongs to the
// socket. Methods are safe from any goroutine. On the socket's loop they act
// at once; from elsewhere they act on the loop soon, in order, and an error
// that is found only there is not reported.
type Socket struct {
	// What each message and each delivery needs comes first, so that it lies
	// close together.
	c     *client
	ns    *namespace
	self  Handler
	state atomic.Uint32
	why   Reason
	mark  uint64
	extra atomic.Pointer[extra] // what few sockets need: see wait.go

	// The loop's.
	pos   int32 // in nsShard.all
	id    session.ID
	rooms []membership
	acks  *acks // nil before the first
}

const (
	sockNew uint32 = iota
	sockOpening
	sockOpen
	sockClosed
)

// Handler is what a namespace needs of its connections' type. Embedding Socket
// gives all of it; define the methods you want.
//
// Every method runs on the socket's loop and must not block it. A panic closes
// this one client.
type Handler interface {
	// OnOpen is called when the client has asked for the namespace and its
	// middlewares agreed. What it sends goes out behind the confirmation. An
	// error refuses: its text goes to the client (see RefusedError), and
	// OnClose is not called.
	//
	// A client of 0.7 to 0.9 is asked with its first transport, not with its
	// handshake: those of 0.7 and 0.8 make handshakes that they never use.
	OnOpen(h *Handshake) error
	// OnMessage gets what the client gave to send(), text or JSON.
	OnMessage(m Message)
	// OnEvent gets the events that have no handler of their own. e and what it
	// gives are the callee's to keep only as their methods say.
	OnEvent(e *Event)
	// OnClose is called once for every OnOpen that returned nil. The socket is
	// still in its rooms, and Rooms names them; nothing can be sent to it. It
	// is Socket.IO's event disconnecting; when it has returned the socket leaves
	// its rooms, and there is no callback after that. Socket.CloseCause may know
	// more about a fault.
	//
	// When a client's connection ends its namespaces close in the reverse order
	// of their opening, so that "/" of clients 0.7 to 0.9 is the last; but while
	// an Ordered handler of one runs, the OnClose of that one waits for it alone.
	OnClose(why Reason)
	// OnError tells of an event that did not fit its handler's types. The
	// default does nothing; the event is counted in Stats.
	OnError(err error)

	socket() *Socket
}

func (s *Socket) socket() *Socket { return s }

// OnOpen lets everyone in.
func (s *Socket) OnOpen(*Handshake) error { return nil }

// OnMessage ignores the message.
func (s *Socket) OnMessage(Message) {}

// OnEvent ignores the event.
func (s *Socket) OnEvent(*Event) {}

// OnClose does nothing.
func (s *Socket) OnClose(Reason) {}

// OnError does nothing.
func (s *Socket) OnError(error) {}

// ID is the socket's public id. It is not the connection's, which is secret.
// It is "" before OnOpen.
//
// Clients of 1.x and 2.x take their connection's id for it, with the namespace
// and "#" in front if that is not "/". So it is here for them too; whom it is
// told could act for its client.
func (s *Socket) ID() string {
	if s.c == nil {
		return ""
	}
	id := s.id.String()
	if x := s.extra.Load(); x != nil && x.sid != "" {
		id = x.sid
	}
	if s.prefixed() {
		return s.ns.name + "#" + id
	}
	return id
}

// Namespace is the name of the socket's namespace.
func (s *Socket) Namespace() string {
	if s.ns == nil {
		return ""
	}
	return s.ns.name
}

// Generation tells which generation the client is of.
func (s *Socket) Generation() Generation {
	if s.c == nil {
		return 0
	}
	return generationOf(s.c.sess.Rev())
}

// Transport is the name of the transport that carries the client now, as in
// its URLs: "websocket", "polling", "xhr-polling". On the loop only; elsewhere
// it is "".
func (s *Socket) Transport() string {
	if s.c == nil || !s.onLoop() {
		return ""
	}
	return s.c.transport()
}

// Closed reports whether the socket is closed, or was never open.
func (s *Socket) Closed() bool {
	st := s.state.Load()
	return st != sockOpening && st != sockOpen
}

// CloseCause tells more about the end of a connection over a fault: which rule
// the client broke (ParseError, ForcedClose, TransportError), which bound it has
// passed, or how its connection failed (TransportClose). It is for OnClose, and
// for logs; in other cases, as when the client has left in order, it is nil.
func (s *Socket) CloseCause() error {
	if x := s.extra.Load(); x != nil {
		return x.cause
	}
	return nil
}

// Server is the socket's server.
func (s *Socket) Server() *Server {
	if s.c == nil {
		return nil
	}
	return s.c.sh.srv
}

func (s *Socket) onLoop() bool { return s.c.sh.loop.InLoop() }

// Emit sends an event. Arguments are encoded as JSON before it returns; binary
// ones (see [Binary]) go beside it. It fails on a reserved name, on arguments
// without a JSON form, on a closed socket, and with ErrBinary where the client
// can't receive binary data.
func (s *Socket) Emit(event string, args ...any) error {
	if err := checkName(event); err != nil {
		return err
	}
	return s.sendArgs(&outgoing{kind: outEvent, event: event}, args)
}

// Send sends a message, which clients get as "message": a string as text,
// []byte as binary data, anything else as JSON.
func (s *Socket) Send(v any) error {
	o, err := newSend(s.ns.json(), v)
	if err != nil {
		return err
	}
	return s.send(&o)
}

// EmitPacket sends an event that was encoded before.
func (s *Socket) EmitPacket(p *Packet) error {
	if s.Closed() {
		return ErrClosed
	}
	if s.shows() {
		return s.sendShown(&p.out, p)
	}
	return s.queuePacket(p)
}

func (s *Socket) queuePacket(p *Packet) error {
	if s.keeps(&p.out) {
		o := p.out
		return s.sendKept(&o, false)
	}
	ms, err := p.messages(s.c.form(), s.ns.name)
	if err != nil {
		return err
	}
	for _, m := range ms {
		m.Buf.Retain()
	}
	s.enqueue(ms)
	return nil
}

// sendArgs encodes the arguments and sends the packet. On the loop their JSON
// passes through a buffer of the loop.
func (s *Socket) sendArgs(o *outgoing, args []any) (err error) {
	if s.Closed() {
		return ErrClosed
	}
	if !s.onLoop() {
		if o.encoded, err = encodeArgs(nil, s.ns.json(), args); err != nil {
			return err
		}
		return s.send(o)
	}
	sh := s.c.sh
	out := sh.out
	sh.out = nil // an argument's MarshalJSON may come back here
	if o.encoded, err = encodeArgs(out[:0], s.ns.json(), args); err == nil {
		out = o.args
		err = s.send(o)
	}
	const keep = 64 << 10
	if cap(out) <= keep {
		sh.out = out
	}
	return err
}

// send encodes and queues one packet.
func (s *Socket) send(o *outgoing) error {
	if s.Closed() {
		return ErrClosed
	}
	if o.isEvent() && s.shows() {
		return s.sendShown(o, nil)
	}
	return s.queue(o)
}

// queue encodes one packet and queues it.
func (s *Socket) queue(o *outgoing) error {
	if s.keeps(o) {
		return s.sendKept(o, false)
	}
	if len(o.attachments) == 0 {
		s.enqueueOne(o.encodeFor(s.c.form(), s.ns.name))
		return nil
	}
	ms, err := o.encode(s.c.form(), s.ns.name)
	if err != nil {
		return err
	}
	s.enqueue(ms)
	return nil
}

func (o *outgoing) encodeFor(rev session.Rev, ns string) session.Message {
	if rev == session.Rev1 {
		return o.encodeRev1(ns)
	}
	if rev&packed != 0 {
		return o.encodeMsgpack(rev&^packed, ns)
	}
	m := o.encodeRev5(ns)
	if rev == session.Rev3 { // see payload.AppendASCII
		m = session.InASCII(m)
	}
	return m
}

func (s *Socket) enqueueOne(m session.Message) {
	if s.onLoop() {
		s.c.sess.Enqueue(m)
		return
	}
	s.post(&sendTask{s: s, one: [1]session.Message{m}})
}

func (s *Socket) enqueue(ms []session.Message) {
	if !s.onLoop() {
		s.post(&sendTask{s: s, ms: ms})
		return
	}
	for _, m := range ms {
		s.c.sess.Enqueue(m)
	}
}

// sendTask queues messages on the socket's loop.
type sendTask struct {
	s   *Socket
	one [1]session.Message
	ms  []session.Message
}

// Run implements ioloop.Task.
func (t *sendTask) Run() {
	if t.ms == nil {
		t.ms = t.one[:]
	}
	for _, m := range t.ms {
		if t.s.Closed() {
			m.Buf.Release()
		} else {
			t.s.c.sess.Enqueue(m)
		}
	}
}

// post runs t on the socket's loop. A loop that has stopped has closed the
// socket before.
func (s *Socket) post(t ioloop.Task) { _ = s.c.sh.loop.PostTask(t) }

// Do runs f on the socket's loop, after what runs now, in the order of the
// calls. If the socket is closed by then f is not run.
func (s *Socket) Do(f func()) {
	if s.c == nil {
		return
	}
	_ = s.c.sh.loop.Post(func() {
		if !s.Closed() {
			s.run("Do", f)
		}
	})
}

// onLoopDo runs f on the loop: now if that is where we are.
func (s *Socket) onLoopDo(f func()) {
	if s.c == nil {
		return
	}
	if s.onLoop() {
		f()
		return
	}
	_ = s.c.sh.loop.Post(f)
}

// Close makes the client leave this namespace; it won't come back by itself.
// In clients of 0.7 to 0.9 the namespace "/" is the whole connection.
func (s *Socket) Close() {
	s.onLoopDo(func() {
		if s.Closed() {
			return
		}
		if s.c.sess.Rev() == session.Rev1 && s.ns.name == "/" {
			s.c.kick(ServerNamespaceDisconnect)
			return
		}
		o := outgoing{kind: outLeave}
		_ = s.send(&o)
		s.close(ServerNamespaceDisconnect)
	})
}

// Disconnect makes the client leave all its namespaces, and closes its
// connection. It won't come back by itself.
func (s *Socket) Disconnect() {
	s.onLoopDo(func() {
		if !s.Closed() {
			s.c.kick(ServerNamespaceDisconnect)
		}
	})
}

// close ends the socket on this side. OnClose follows when the callback that
// runs now has ended.
func (s *Socket) close(why Reason) {
	if s.state.Load() == sockClosed {
		return
	}
	s.why = why
	opened := s.state.Swap(sockClosed) == sockOpen
	s.c.drop(s)
	s.cancelContext()
	s.c.sh.StopTimers((*timed)(s))
	s.failAcks(ErrClosed)
	s.failAsks()
	s.ns.shards[s.c.sh.index].lose(s, opened)
	if opened {
		s.c.sh.srv.sockets.add(-1)
		s.c.sh.closeLater(s)
	} else {
		s.ns.remove(s)
	}
}
