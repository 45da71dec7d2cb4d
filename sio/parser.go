package sio

import (
	"errors"

	"github.com/tornadio/tornadio/sio/internal/packet"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Parser is the form of Socket.IO's packets on the wire: Config.Parser. A server
// speaks one, and its clients must be given the same one, as with the reference.
// Clients of 0.7 to 0.9 have a form of their own, whatever this is.
type Parser uint8

const (
	// ParserDefault is the parser that clients have built in: JSON, with binary
	// data in messages of its own behind it.
	ParserDefault Parser = iota
	// ParserMsgpack is the npm package socket.io-msgpack-parser: every packet is
	// one binary message of msgpack, binary data included, of which it may have
	// any number.
	//
	// Handlers see no difference: their arguments are decoded from the JSON that
	// the data corresponds to. In it undefined is null, or left out of an
	// object; a Date is its text, as a time.Time wants it; NaN and infinities
	// are null. Event.Raw is that JSON too, and Event.Attachments the binary
	// values in their order.
	ParserMsgpack
)

// String is the name of the parser's npm package.
func (p Parser) String() string {
	if p == ParserMsgpack {
		return "socket.io-msgpack-parser"
	}
	return "socket.io-parser"
}

// packed marks a revision whose packets are msgpack, where forms of packets are
// told apart.
const packed session.Rev = 0x80

// form tells how packets for the client are encoded.
func (c *client) form() session.Rev { return c.sh.srv.form(c.sess.Rev()) }

func (s *Server) form(rev session.Rev) session.Rev {
	if s.cfg.Parser == ParserMsgpack && rev != session.Rev1 {
		rev |= packed
	}
	return rev
}

var errNotMsgpack = errors.New("text where msgpack is spoken (Config.Parser)")

func (c *client) takeMsgpack(data []byte, binary bool) {
	var p packet.Packet
	var attachments [][]byte
	var err error
	switch rev3 := c.sess.Rev() == session.Rev3; {
	case binary && rev3:
		p, attachments, err = packet.ParseMsgpackRev4(data)
	case binary:
		p, attachments, err = packet.ParseMsgpack(data)
	case rev3: // the parser of 2.x writes some packets as text
		p, err = packet.ParseMsgpackText(data)
	default:
		err = errNotMsgpack
	}
	switch {
	case err != nil:
		c.violated(err)
	case p.Type == packet.Connect:
		c.takeConnect(&p)
	case c.find(p.Namespace) == nil:
		c.notJoined(&p)
	default:
		c.takePacket(&p, attachments)
	}
}

func (o *outgoing) encodeMsgpack(rev session.Rev, ns string) session.Message {
	p := packet.Packet{Type: rev5Type[o.kind], Namespace: []byte(ns), HasID: o.hasID, ID: o.id}
	p.Data = o.appendData(nil)
	return message(func(dst []byte) []byte {
		if rev == session.Rev3 {
			dst = append(dst, payloadMessage)
		}
		return packet.AppendMsgpack(dst, &p, o.attachments)
	}, true)
}
