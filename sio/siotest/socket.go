package siotest

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Socket is a client's place in one namespace.
type Socket struct {
	// OnEvent, if set, gets every event as it comes, while the world runs.
	OnEvent func(*Event)
	// OnClose, if set, is told when the socket closes; not if it never joined.
	OnClose func(reason string)

	c     *Conn
	ns    string
	auth  any
	id    string
	state socketState
	err   error
	why   string

	events  []*Event
	taken   map[string]int // by name: where Wait looks on
	acks    map[uint64]*Ack
	nextAck int64
	early   []func() // sent before the namespace was joined
	pid     string   // for recovery
	offset  string   // of the latest event that had one
}

type socketState uint8

const (
	joining socketState = iota
	joined
	leaving // said goodbye
	refused
	gone
)

func (c *Conn) newSocket(ns string, auth any) *Socket {
	s := &Socket{c: c, ns: ns, auth: auth, taken: make(map[string]int), acks: make(map[uint64]*Ack)}
	if c.legacy() {
		s.nextAck = 1
	}
	c.sockets[ns] = s
	return s
}

// noAck is the id of an event that asks for no acknowledgement.
const noAck int64 = -1

// Namespace is the namespace's name.
func (s *Socket) Namespace() string { return s.ns }

// ID is the socket's id as the server told it, which is sio.Socket.ID; clients
// of 0.x are not told.
func (s *Socket) ID() string { return s.id }

// Joined reports whether the socket is in its namespace.
func (s *Socket) Joined() bool { return s.state == joined }

// Err says why the socket never joined: a *[RefusedError], or what happened to
// its connection. It is nil if it did.
func (s *Socket) Err() error { return s.err }

// Closed is the reason why the socket, which had joined, is closed, in the
// words of socket.io-client: "io server disconnect", "io client disconnect",
// "transport close", "transport error", "ping timeout". It is "" while it is
// open.
func (s *Socket) Closed() string { return s.why }

func (s *Socket) settled() bool { return s.state != joining }
func (s *Socket) live() bool    { return s.state == joining || s.state == joined }

// Emit sends an event. []byte, also within map[string]any and []any, travels as
// binary data. What a closed socket emits is dropped.
func (s *Socket) Emit(event string, args ...any) {
	s.c.w.t.Helper()
	s.emit(event, args, nil)
}

// Send sends a message, as send() of the clients does: a string as text,
// anything else as JSON.
func (s *Socket) Send(v any) {
	s.c.w.t.Helper()
	s.whenJoined(func() { s.c.line.message(s, v) })
}

// EmitAck sends an event and asks for an acknowledgement.
func (s *Socket) EmitAck(event string, args ...any) *Ack {
	s.c.w.t.Helper()
	a := &Ack{s: s, event: event}
	s.emit(event, args, a)
	return a
}

func (s *Socket) emit(event string, args []any, a *Ack) {
	s.c.w.t.Helper()
	enc, attachments, err := encodeArgs(args)
	if err == nil && len(attachments) > 0 && s.c.legacy() {
		err = fmt.Errorf("clients of 0.x have no binary data")
	}
	if err != nil {
		s.c.w.errorf("Emit(%q): %v", event, err)
		return
	}
	id := noAck
	if a != nil {
		if !s.live() {
			a.finish(received{}, ErrLeft)
			return
		}
		id = s.nextAck
		s.nextAck++
		s.acks[uint64(id)] = a
	}
	s.whenJoined(func() { s.c.line.event(s, event, enc, attachments, id) })
}

func (s *Socket) reply(e *Event, args []any) {
	s.c.w.t.Helper()
	enc, attachments, err := encodeArgs(args)
	if err != nil {
		s.c.w.errorf("Reply to %q: %v", e.Name, err)
		return
	}
	if s.state == joined {
		s.c.line.reply(s, e, enc, attachments)
	}
}

// SendPacket sends the text of a packet of Socket.IO, whatever it is, over the
// client's transport: "2[\"say\",1]" of 4.x, "5:::{...}" of 0.x.
func (s *Socket) SendPacket(text string) { s.c.line.send([]byte(text), nil) }

// whenJoined runs f now, or once the namespace is joined.
func (s *Socket) whenJoined(f func()) {
	switch s.state {
	case joining:
		s.early = append(s.early, f)
	case joined:
		f()
	}
}

// Leave leaves the namespace. A connection of 4.x ends with its last namespace,
// one of 0.x with "/", as that of real clients.
func (s *Socket) Leave() {
	if !s.live() {
		return
	}
	if s.c.legacy() && s.ns == "/" {
		s.c.Close()
		return
	}
	s.goodbye()
	s.c.closeIfEmpty()
}

// goodbye leaves the namespace in words.
func (s *Socket) goodbye() {
	if s.state != joined {
		return
	}
	s.c.line.leave(s)
	s.shut(leaving, "io client disconnect")
}

// Wait runs the world until an event of this name has come, and gives it: each
// Wait the next one that no Wait has given yet. It fails the test when that
// takes too long, and when the socket closes.
func (s *Socket) Wait(event string) *Event {
	w := s.c.w
	w.t.Helper()
	var e *Event
	w.run(func() bool {
		if e == nil {
			e = s.take(event)
		}
		return e != nil || !s.live()
	}, w.timeout)
	if e == nil {
		w.fatalf("no event %q%s%s", event, s.whyNot(), s.c.story())
	}
	return e
}

// whyNot explains what was waited for in vain.
func (s *Socket) whyNot() string {
	switch {
	case s.why != "":
		return ": the socket closed (" + s.why + ")"
	case s.err != nil:
		return ": the socket never joined (" + s.err.Error() + ")"
	}
	return fmt.Sprintf(" after %v", s.c.w.timeout)
}

func (s *Socket) take(event string) *Event {
	for i := s.taken[event]; i < len(s.events); i++ {
		s.taken[event] = i + 1
		if s.events[i].Name == event {
			return s.events[i]
		}
	}
	return nil
}

// Events are all events so far, in order.
func (s *Socket) Events() []*Event { return slices.Clone(s.events) }

// WaitClosed runs the world until the socket has closed, and gives the reason;
// see Closed.
func (s *Socket) WaitClosed() string {
	w := s.c.w
	w.t.Helper()
	w.run(func() bool { return !s.live() }, w.timeout)
	if s.live() {
		w.fatalf("the socket has not closed after %v%s", w.timeout, s.c.story())
	}
	return s.why
}

// opened: the namespace is joined.
func (s *Socket) opened(id string) {
	s.state, s.id = joined, id
	early := s.early
	s.early = nil
	for _, f := range early {
		f()
	}
}

// refusedWith: the server does not let the socket in.
func (s *Socket) refusedWith(message string, data json.RawMessage) {
	s.err = &RefusedError{Message: message, Data: data}
	s.shut(refused, "")
	s.c.closeIfEmpty()
}

// close: the socket is over, not by its own doing.
func (s *Socket) close(why string) {
	switch s.state {
	case joining:
		s.err = s.c.err
		if s.err == nil {
			s.err = errLost
		}
		s.shut(gone, "")
	case joined:
		s.shut(gone, why)
	case leaving:
		s.state = gone
	}
}

func (s *Socket) shut(state socketState, why string) {
	wasJoined := s.state == joined
	s.state, s.why, s.early = state, why, nil
	for id := int64(0); len(s.acks) > 0 && id < s.nextAck; id++ {
		if a := s.acks[uint64(id)]; a != nil {
			delete(s.acks, uint64(id))
			a.finish(received{}, ErrLeft)
		}
	}
	if wasJoined && s.OnClose != nil {
		s.OnClose(why)
	}
}

// closeIfEmpty ends a connection that is in no namespace any more.
func (c *Conn) closeIfEmpty() {
	for _, s := range c.sockets {
		if s.live() {
			return
		}
	}
	if !c.ended {
		c.line.close()
	}
}

// Resume is the Auth with which a client that lost this socket asks for its
// recovery; see sio.Config.Recovery.
func (s *Socket) Resume() map[string]any {
	auth := map[string]any{"pid": s.pid}
	if s.offset != "" {
		auth["offset"] = s.offset
	}
	return auth
}

// Recovered reports whether the socket is one that its server had kept, as the
// attribute of socket.io-client.
func (s *Socket) Recovered() bool {
	auth, _ := s.auth.(map[string]any)
	return s.pid != "" && auth["pid"] == s.pid
}

// noteOffset remembers an event's last argument if it may be an offset, as
// real clients do.
func (s *Socket) noteOffset(e *Event) {
	var last []byte
	for rest := e.args; ; {
		elem, next, ok := rest.Next()
		if !ok {
			break
		}
		last, rest = elem, next
	}
	var text string
	if s.pid != "" && !e.wants && json.Unmarshal(last, &text) == nil {
		s.offset = text
	}
}

// got takes an event of the server.
func (s *Socket) got(e *Event) {
	s.noteOffset(e)
	e.s, e.At = s, s.c.w.Now()
	s.events = append(s.events, e)
	if s.OnEvent != nil {
		s.OnEvent(e)
	}
}

// answered takes an acknowledgement.
func (s *Socket) answered(id uint64, r received) {
	a := s.acks[id]
	if a == nil {
		s.c.violated("acknowledgement %d, which was not asked for, or came before", id)
		return
	}
	delete(s.acks, id)
	a.finish(r, nil)
}
