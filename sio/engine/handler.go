package engine

import "fmt"

// Handler is what a server needs of its connections' type. Embedding [Socket]
// gives all of it; define the methods you want.
//
// Every method runs on the socket's loop and must not block it. A panic closes
// this one client.
type Handler interface {
	// OnOpen is called with the handshake, before it is answered. What it sends
	// goes out behind the open packet. An error refuses the client with code 4,
	// whose message is its text; OnClose is not called then.
	OnOpen(h *Handshake) error
	// OnMessage gets a message. It is lent: valid until OnMessage returns.
	OnMessage(m Message)
	// OnUpgrade is called when a session that began with polling has gone over
	// to a websocket.
	OnUpgrade()
	// OnClose is called once for every OnOpen that returned nil. Nothing can be
	// sent any more, and there is no callback after it.
	OnClose(why Reason)

	socket() *Socket
}

// Accept makes every connection a value of the struct T, which embeds [Socket]
// by value. setup, which may be nil, fills in what it needs, before OnOpen. It
// runs on the client's loop.
//
//	type Chat struct {
//		engine.Socket
//		name string
//	}
//
//	engine.Accept(srv, func(c *Chat) { c.name = "?" })
//
// It is called once, before the server listens; without it connections are
// plain sockets, see [Server.OnMessage].
func Accept[T any, C interface {
	*T
	Handler
}](s *Server, setup func(C)) {
	s.mu.Lock()
	taken := s.kind
	if taken == "" {
		s.kind = fmt.Sprintf("%T", C(nil))
		s.make.Store(maker[T, C](setup))
	}
	s.mu.Unlock()
	if taken != "" {
		s.host.Mistake("Accept: the server has connections of type %s already", taken)
	}
}

func maker[T any, C interface {
	*T
	Handler
}](setup func(C)) *func() Handler {
	f := func() Handler {
		c := C(new(T))
		c.socket().c.self = c
		if setup != nil {
			setup(c)
		}
		return c
	}
	return &f
}

// functions are the handlers that are functions. They are replaced, never
// changed.
type functions struct {
	open    func(*Socket, *Handshake) error
	message func(*Socket, Message)
	upgrade func(*Socket)
	close   func(*Socket, Reason)
}

// OnOpen sets what Handler.OnOpen of plain sockets does. These four are for
// handlers that are functions; they may be set at any time. A type of
// [Accept] that does not define the method of this name has it, too.
func (s *Server) OnOpen(f func(c *Socket, h *Handshake) error) {
	s.set(func(t *functions) { t.open = f })
}

// OnMessage sets what Handler.OnMessage does; see [Server.OnOpen].
func (s *Server) OnMessage(f func(c *Socket, m Message)) {
	s.set(func(t *functions) { t.message = f })
}

// OnUpgrade sets what Handler.OnUpgrade does; see [Server.OnOpen].
func (s *Server) OnUpgrade(f func(c *Socket)) { s.set(func(t *functions) { t.upgrade = f }) }

// OnClose sets what Handler.OnClose does; see [Server.OnOpen].
func (s *Server) OnClose(f func(c *Socket, why Reason)) {
	s.set(func(t *functions) { t.close = f })
}

func (s *Server) set(f func(*functions)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := *s.funcs.Load()
	f(&t)
	s.funcs.Store(&t)
}

func (s *Socket) functions() *functions { return s.c.sh.srv.funcs.Load() }

func (s *Socket) socket() *Socket { return s }

// OnOpen does what Server.OnOpen was given, else lets everyone in.
func (s *Socket) OnOpen(h *Handshake) error {
	if f := s.functions().open; f != nil {
		return f(s, h)
	}
	return nil
}

// OnMessage does what Server.OnMessage was given, else nothing.
func (s *Socket) OnMessage(m Message) {
	if f := s.functions().message; f != nil {
		f(s, m)
	}
}

// OnUpgrade does what Server.OnUpgrade was given, else nothing.
func (s *Socket) OnUpgrade() {
	if f := s.functions().upgrade; f != nil {
		f(s)
	}
}

// OnClose does what Server.OnClose was given, else nothing.
func (s *Socket) OnClose(why Reason) {
	if f := s.functions().close; f != nil {
		f(s, why)
	}
}
