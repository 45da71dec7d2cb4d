package sio

import (
	"bytes"
	"encoding/json"
	"net/url"

	"github.com/tornadio/tornadio/sio/internal/packet"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Packets in, handlers out.

// assembly is a packet of protocol 5 whose attachments are on their way. Its
// text is a copy; what it can grow to is bounded by Config.MaxAttachments and
// Config.MaxMessage.
type assembly struct {
	p           packet.Packet
	attachments [][]byte
}

// parse splits a packet of protocol 4 or 5.
func (c *client) parse(data []byte) (packet.Packet, error) {
	if c.sess.Rev() == session.Rev3 {
		return packet.ParseRev4(data)
	}
	return packet.ParseRev5(data)
}

func (c *client) takeRev5(data []byte) {
	p, err := c.parse(data)
	if err != nil {
		c.violated(err)
		return
	}
	if p.Type == packet.Connect {
		c.takeConnect(&p)
		return
	}
	if c.find(p.Namespace) == nil {
		c.notJoined(&p)
		return
	}
	if p.Attachments == 0 {
		c.takePacket(&p, nil)
		return
	}
	if p.Attachments > c.sh.srv.cfg.MaxAttachments {
		c.violated(errAttachments)
		return
	}
	own := bytes.Clone(data)
	p, _ = c.parse(own)
	c.needRare().bin = &assembly{p: p}
}

// takeConnect takes a request to join. A second one for a namespace is an
// error that ends the connection, as in the reference.
func (c *client) takeConnect(p *packet.Packet) {
	switch {
	case c.find(p.Namespace) != nil || c.admission(p.Namespace) != nil:
		c.violated(errJoined)
		return
	case c.asked() >= c.sh.srv.cfg.MaxNamespaces:
		c.violated(errNamespaces)
		return
	}
	auth := p.Data
	if len(p.Query) > 0 {
		auth = authOf(p.Query)
	}
	c.join(string(p.Namespace), auth, p.Query)
}

// authOf is the query with which a client of 1.x or 2.x asks for a namespace as
// the auth of a later one, which is how the reference takes it: an object of
// strings, and of arrays where a name comes more than once.
func authOf(query []byte) []byte {
	all, _ := url.ParseQuery(string(query))
	auth := make(map[string]any, len(all))
	for name, values := range all {
		if auth[name] = values; len(values) == 1 {
			auth[name] = values[0]
		}
	}
	b, _ := json.Marshal(auth)
	return b
}

// notJoined: a packet for a namespace that the client is not in. The end of a
// namespace may have crossed with packets on their way to it, so only a client
// that was never in it is at fault; the reference closes either.
func (c *client) notJoined(p *packet.Packet) {
	if a := c.admission(p.Namespace); a != nil && p.Type == packet.Disconnect {
		a.remove()
		a.cancel()
		return
	}
	c.fault(session.ForcedClose, errNotJoined)
}

func (c *client) takeAttachment(data []byte) {
	a := c.assembling()
	if a == nil {
		c.violated(errAttachment)
		return
	}
	a.attachments = append(a.attachments, bytes.Clone(data))
	if len(a.attachments) < a.p.Attachments {
		return
	}
	c.rare.bin = nil
	c.tidy()
	if c.find(a.p.Namespace) == nil {
		return // left while they were on their way
	}
	if err := packet.FindPlaceholders(packet.Args(a.p.Data), len(a.attachments)); err != nil {
		c.violated(err)
		return
	}
	c.takePacket(&a.p, a.attachments)
}

// takePacket takes a whole packet of protocol 5 for a joined namespace.
func (c *client) takePacket(p *packet.Packet, attachments [][]byte) {
	s := c.find(p.Namespace)
	switch p.Type {
	case packet.Event, packet.BinaryEvent:
		name, _, args, err := packet.SplitEvent(p.Data)
		if err != nil {
			c.violated(err)
			return
		}
		s.event(incoming{name: name, args: args, attachments: attachments, id: p.ID, wants: p.HasID})
	case packet.Ack, packet.BinaryAck:
		r, err := takeAck(p.Data, attachments)
		if err == nil && !p.HasID {
			err = errNoID
		}
		if err != nil {
			c.violated(err)
			return
		}
		s.answered(p.ID, r)
	case packet.Disconnect:
		s.close(ClientNamespaceDisconnect)
	default:
		c.violated(errNotClients) // CONNECT_ERROR
	}
}

func (c *client) takeRev1(data []byte) {
	p, err := packet.ParseRev1(data)
	if err != nil {
		c.violated(err)
		return
	}
	s := c.find(p.Namespace)
	if p.Type == packet.Connect {
		c.takeEndpoint(s, &p)
		return
	}
	if s == nil {
		return // not joined: ignored, for security (revision 1, 7)
	}
	switch p.Type {
	case packet.Disconnect:
		s.close(ClientNamespaceDisconnect)
	case packet.Message, packet.JSON:
		s.rev1Message(&p)
	case packet.Event:
		s.rev1Event(&p)
	case packet.Ack:
		if r, err := takeAck(p.Data, nil); err == nil {
			s.answered(p.ID, r)
		}
	}
}

// takeEndpoint takes a revision 1 client into a namespace. One that it is in
// already is only confirmed.
func (c *client) takeEndpoint(s *Socket, p *packet.Packet) {
	switch {
	case s != nil:
		c.sess.Enqueue(c.confirmation(s))
	case c.admission(p.Namespace) != nil: // it will be confirmed
	case c.asked() >= c.sh.srv.cfg.MaxNamespaces:
		c.violated(errNamespaces)
	default:
		c.join(string(p.Namespace), nil, p.Query)
	}
}

// rev1Message takes a text or JSON message. With an id and no "+" it is
// acknowledged here, as both old servers do.
func (s *Socket) rev1Message(p *packet.Packet) {
	in := incoming{id: p.ID, wants: p.HasID && p.Plus, message: true}
	if p.HasID && !p.Plus {
		_ = s.send(&outgoing{kind: outMsgAck, hasID: true, id: p.ID})
	}
	if p.Type == packet.Message {
		in.text = p.Data
		if in.text == nil {
			in.text = []byte{}
		}
	} else {
		in.args = packet.Args(p.Data)
	}
	s.message(in)
}

func (s *Socket) rev1Event(p *packet.Packet) {
	name, args, err := packet.SplitRev1Event(p.Data)
	if err != nil {
		s.c.violated(err)
		return
	}
	if packet.Reserved(name) {
		return // Node 0.9 drops events with a local meaning, too
	}
	if p.HasID && !p.Plus {
		_ = s.send(&outgoing{kind: outAck, hasID: true, id: p.ID})
	}
	s.event(incoming{name: name, args: args, id: p.ID, wants: p.HasID && p.Plus})
}

// incoming is an event or message on its way to its handler.
type incoming struct {
	name        []byte
	args        packet.Args
	text        []byte // revision 1's text message
	attachments [][]byte
	id          uint64
	wants       bool
	message     bool   // its acknowledgement is that of a message of revision 1
	plain       bool   // for OnMessage
	shared      *Event // what the listeners saw
}

// event makes the Event of a handler, b if it is a registered one. The handler
// that runs is the only one of its loop, so that those which nobody may keep
// share one; and those which no user sees another one, whose acknowledgements
// are ours.
func (in *incoming) event(s *Socket, b *binding, name string) *Event {
	sh := s.c.sh
	var e *Event
	switch {
	case in.shared != nil:
		return in.shared
	case b != nil && b.option != 0:
		e = sh.newEvent() // it outlives this call
	case !in.wants:
		e = &sh.scratch
	case b != nil && b.typed:
		e = &sh.unseen
		e.replied.Store(false)
	default:
		e = sh.newEvent()
	}
	e.received = received{args: in.args, attachments: in.attachments, codec: s.ns.json()}
	e.s, e.name, e.id, e.wants, e.message, e.loops = s, name, in.id, in.wants, in.message, true
	return e
}

// newEvent gives an Event that its handler may keep for a later Reply. They are
// made a few at a time: one that is kept holds its neighbours, which is less
// than the collector's work for each by itself.
func (sh *shard) newEvent() *Event {
	if len(sh.events) == 0 {
		sh.events = make([]Event, 8)
	}
	e := &sh.events[0]
	sh.events = sh.events[1:]
	return e
}

// event runs the handler of an event.
func (s *Socket) event(in incoming) {
	if s.hold(&in) {
		return
	}
	if s.screens() && !s.screened(&in, string(in.name)) {
		return
	}
	if b := s.ns.binding(in.name); b != nil {
		s.runBinding(b, in.event(s, b, b.event))
		return
	}
	if string(in.name) == "message" {
		s.message(in)
		return
	}
	s.c.sh.callEvent(s, in.event(s, nil, string(in.name)))
}

var messageEvent = []byte("message")

// message runs OnMessage, or the handler of the event "message".
func (s *Socket) message(in incoming) {
	in.plain = true
	if s.hold(&in) {
		return
	}
	if in.shared == nil && s.screens() && !s.screened(&in, "message") {
		return
	}
	if b := s.ns.binding(messageEvent); b != nil {
		if in.text != nil {
			in.args = in.argsOfText()
		}
		s.runBinding(b, in.event(s, b, b.event))
		return
	}
	s.c.sh.callMessage(s, Message{e: in.event(s, nil, "message"), text: in.text})
}
