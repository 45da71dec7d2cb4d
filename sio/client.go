package sio

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/tornadio/tornadio/sio/internal/packet"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// client is one connection of Socket.IO: the owner of a session, and the
// sockets of the namespaces that it has joined. Both are one allocation. It
// lives on the session's loop.
type client struct {
	sess   session.Session
	sh     *shard
	first  *Socket    // most clients join one namespace
	rare   *rare      // nil most of the time
	addr   netip.Addr // the peer's, and
	port   uint16     // its port: apart they fill no more than they need
	why    Reason     // decided here, before the session ends
	secure bool       // its first request came over TLS
}

// remote is the peer's address.
func (c *client) remote() netip.AddrPort { return netip.AddrPortFrom(c.addr, c.port) }

func (c *client) transport() string {
	if l := c.sess.Link(); l != nil {
		return l.Name()
	}
	return ""
}

// OnAttach implements session.Owner. Clients before 3.0 are in "/" without
// asking. In revision 1 the connect packet is the first of the session, and is
// repeated on a second transport while nothing has come from the client, since
// the first transport may have swallowed it.
func (c *client) OnAttach(again bool) {
	if c.sess.Rev() == session.Rev4 {
		return
	}
	if again {
		if c.first == nil { // a middleware waits
			return
		}
		c.sess.Enqueue((&outgoing{kind: outConnect}).encodeRev1("/"))
		return
	}
	c.join("/", nil, nil)
}

// OnMessage implements session.Owner.
func (c *client) OnMessage(data []byte, binary bool) {
	c.sh.stats.in.Add(1)
	switch {
	case c.sh.srv.cfg.Parser == ParserMsgpack && c.sess.Rev() != session.Rev1:
		c.takeMsgpack(data, binary)
	case binary:
		c.takeAttachment(data)
	case c.sess.Rev() == session.Rev1:
		c.takeRev1(data)
	case c.assembling() != nil:
		c.violated(errText)
	default:
		c.takeRev5(data)
	}
}

// What is wrong with packets that are well formed: see [Socket.CloseCause].
var (
	errText        = errors.New("text while attachments are due")
	errAttachment  = errors.New("an attachment without a packet in front")
	errAttachments = errors.New("too many attachments (Config.MaxAttachments)")
	errJoined      = errors.New("a second request for a namespace")
	errNamespaces  = errors.New("too many namespaces (Config.MaxNamespaces)")
	errNotJoined   = errors.New("a packet for a namespace that is not joined")
	errNotClients  = errors.New("a packet that only servers send")
	errNoID        = errors.New("an acknowledgement without an id")
)

// violated ends the connection over a packet that must not be.
func (c *client) violated(cause error) { c.fault(session.ParseError, cause) }

// fault ends the connection; the sockets learn the cause.
func (c *client) fault(why session.Reason, cause error) {
	c.sh.stats.violations.Add(1)
	c.blame(cause)
	c.sess.Close(why)
}

// blame tells the sockets why their connection ends.
func (c *client) blame(cause error) {
	if cause == nil {
		return
	}
	for _, s := range c.sockets() {
		s.needExtra().cause = cause
	}
}

// OnEnd implements session.Owner: the sockets close.
func (c *client) OnEnd(why session.Reason) {
	if c.why == 0 {
		c.why = ofSession[why]
	}
	c.blame(c.sess.Manager().TakeCause())
	c.stopConnectTimer()
	if c.rare != nil {
		c.rare.bin = nil
	}
	c.giveUp()
	all := c.sockets()
	slices.Reverse(all) // the last one first: endpoints before the root
	for _, s := range all {
		s.close(c.why)
	}
	c.dropRequest()
	c.sh.ended(c)
}

// sockets are the client's sockets, in the order in which they joined.
func (c *client) sockets() []*Socket {
	if c.first == nil {
		return slices.Clone(c.others())
	}
	return append([]*Socket{c.first}, c.others()...)
}

// find is the socket of a namespace, nil if it is not joined.
func (c *client) find(ns []byte) *Socket {
	if c.first != nil && c.first.ns.name == string(ns) {
		return c.first
	}
	for _, s := range c.others() {
		if s.ns.name == string(ns) {
			return s
		}
	}
	return nil
}

func (c *client) count() int {
	if c.first == nil {
		return len(c.others())
	}
	return 1 + len(c.others())
}

// drop forgets a socket.
func (c *client) drop(s *Socket) {
	if c.first == s {
		c.first = nil
		return
	}
	for i, x := range c.others() {
		if x == s {
			if c.rare.more = slices.Delete(c.rare.more, i, i+1); len(c.rare.more) == 0 {
				c.rare.more = nil
				c.tidy()
			}
			return
		}
	}
}

// kick closes the connection from this side, so that the client does not come
// back by itself where the generation can say so.
func (c *client) kick(why Reason) {
	if !c.sess.Open() {
		return
	}
	c.why = why
	if c.sess.Rev() == session.Rev1 {
		c.sess.Close(session.ForcedClose, session.DisconnectRev1())
		return
	}
	var last []session.Message
	for _, s := range c.sockets() {
		last = append(last, (&outgoing{kind: outLeave}).encodeFor(c.form(), s.ns.name))
	}
	c.sess.Close(session.ForcedClose, last...)
}

// crash closes the connection because a handler panicked. The client may come
// back: it did nothing wrong.
func (c *client) crash() {
	c.why = ForcedServerClose
	c.sess.Close(session.ForcedClose)
}

// open makes the socket and asks its OnOpen. The confirmation is queued in
// front of what that sends, and taken back with it if it refuses.
func (c *client) open(ns *namespace, h *Handshake, back *comeback) {
	if !c.sess.Open() {
		back.drop()
		return
	}
	var self Handler
	if crashed := c.sh.Guard(ns.name+" setup", func() { self = ns.make() }); crashed {
		back.drop()
		c.crash()
		return
	}
	s := self.socket()
	s.c, s.ns = c, ns
	s.state.Store(sockOpening)
	ns.add(s, back)
	if ns.rec != nil {
		ns.shards[c.sh.index].welcome(s, c.offset(h), back)
	}
	if c.first == nil {
		c.first = s
	} else {
		r := c.needRare()
		r.more = append(r.more, s)
	}
	if c.sh.srv.cfg.KeepHandshakes {
		s.keepHandshake(h)
	}
	mark := c.sess.Mark()
	c.sess.Enqueue(c.confirmation(s))
	if back != nil {
		s.restore(back)
	}
	var err error
	if crashed := c.sh.Guard(ns.name+" OnOpen", func() { err = self.OnOpen(h) }); crashed {
		c.crash()
		return
	}
	if s.Closed() {
		return
	}
	if err != nil {
		c.sess.Rollback(mark)
		s.close(ServerNamespaceDisconnect)
		c.refuse(ns.name, err)
		return
	}
	s.state.Store(sockOpen)
	c.sh.stats.opened.Add(1)
	c.sh.srv.sockets.add(1)
	c.stopConnectTimer()
	s.tellOpened(h)
	if !c.sh.srv.severalNamespaces() {
		c.dropRequest()
	}
}

// dropRequest forgets the request that began the client.
func (c *client) dropRequest() {
	if c.rare != nil {
		c.rare.head = nil
		c.tidy()
	}
	if len(c.sh.secure) > 0 {
		delete(c.sh.secure, c)
	}
	c.dropValues()
}

func (c *client) confirmation(s *Socket) session.Message {
	o := outgoing{kind: outConnect}
	if c.sess.Rev() == session.Rev1 {
		return o.encodeRev1(s.ns.name)
	}
	if c.sess.Rev() == session.Rev3 { // whose clients take the session's id
		return o.encodeFor(c.form(), s.ns.name)
	}
	o.args = append(o.args, `{"sid":"`...)
	o.args = s.id.Append(o.args)
	if x := s.extra.Load(); x != nil && x.rec != nil {
		o.args = append(o.args, `","pid":"`...)
		o.args = x.rec.pid.Append(o.args)
	}
	o.args = append(o.args, `"}`...)
	return o.encodeFor(c.form(), s.ns.name)
}

// refuse tells the client that it is not let into a namespace.
func (c *client) refuse(name string, err error) {
	c.sh.stats.refused.Add(1)
	o := outgoing{kind: outRefuse}
	if c.sess.Rev() != session.Rev1 {
		o.args = refusalData(c.sh.srv.cfg.JSON, err)
		if c.sess.Rev() == session.Rev3 {
			o.args = refusalRev4(c.sh.srv.cfg.JSON, c.sh.srv.cfg.Parser, err)
		}
		c.sess.Enqueue(o.encodeFor(c.form(), name))
		return
	}
	if err == errNamespace {
		// Both old servers stay silent; an error packet raises an error event,
		// which ends a Node client that listens for none (revision 1, 7).
		return
	}
	c.sess.Enqueue(o.encodeRev1(name))
	if name == "/" {
		c.sess.Close(session.ForcedClose, session.DisconnectRev1())
	}
}

// refusalRev4 is the data of an error packet of protocol 4: the error's own
// data, else its message. What the clients would not read as data goes into the
// object of protocol 5. socket.io-msgpack-parser 2 throws over anything but a
// string, outside of what its clients catch: it gets the message alone.
func refusalRev4(codec JSONCodec, parser Parser, err error) []byte {
	if r, ok := asRefused(err); ok && r.Data != nil && parser != ParserMsgpack {
		e, wrong := encodeArgs(nil, codec, []any{r.Data})
		if wrong == nil && len(e.attachments) == 0 && strings.ContainsRune(`{["`, rune(e.args[0])) {
			return e.args
		}
		return refusalData(codec, err)
	}
	return packet.AppendJSONString(nil, err.Error())
}

func refusalData(codec JSONCodec, err error) []byte {
	b := append([]byte(nil), `{"message":`...)
	b = packet.AppendJSONString(b, err.Error())
	var data any
	if r, ok := asRefused(err); ok {
		data = r.Data
	}
	if data != nil {
		if e, err := encodeArgs(nil, codec, []any{data}); err == nil && len(e.attachments) == 0 {
			b = append(b, `,"data":`...)
			b = append(b, e.args...)
		}
	}
	return append(b, '}')
}
