package sio

import (
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/packet"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// What goes out, in the words of each generation: Go's side is the same for
// all, the bytes differ.

// outKind is what an outgoing packet means.
type outKind uint8

const (
	outEvent   outKind = iota
	outText            // send of a text: revision 1 has a packet of its own
	outJSON            // send of a JSON value: the same
	outAck             // answers an event
	outMsgAck          // answers a message of revision 1
	outConnect         // a namespace is joined
	outRefuse          // a namespace is not joined
	outLeave           // a namespace is left
)

// outgoing is a packet before its encoding.
type outgoing struct {
	kind  outKind
	event string
	encoded
	hasID bool
	id    uint64
	// offset, if set, is one more argument of an event for clients of 4.x: see
	// recovery.go.
	offset string
}

// rev5Args are the arguments with the offset.
func (o *outgoing) rev5Args() packet.Args {
	if o.offset == "" {
		return o.args
	}
	b := make([]byte, 0, len(o.args)+len(o.offset)+3)
	if b = append(b, o.args...); len(b) > 0 {
		b = append(b, ',')
	}
	return packet.AppendJSONString(b, o.offset)
}

// encode makes the messages of the packet for one form (see client.form) and
// namespace: one, and one for each attachment.
func (o *outgoing) encode(rev session.Rev, ns string) ([]session.Message, error) {
	if rev == session.Rev1 && len(o.attachments) > 0 {
		return nil, ErrBinary
	}
	ms := make([]session.Message, 0, 1+len(o.attachments))
	ms = append(ms, o.encodeOne(rev, ns))
	if rev&packed != 0 { // the attachments are in it
		return ms, nil
	}
	for _, b := range o.attachments {
		ms = append(ms, message(func(dst []byte) []byte {
			if rev == session.Rev3 {
				dst = append(dst, byte(payloadMessage))
			}
			return append(dst, b...)
		}, true))
	}
	return ms, nil
}

// encodeOne makes the packet itself. The offset is for clients of 4.x.
func (o *outgoing) encodeOne(rev session.Rev, ns string) session.Message {
	if rev&^packed == session.Rev3 && o.offset != "" {
		plain := *o
		plain.offset = ""
		return plain.encodeFor(rev, ns)
	}
	return o.encodeFor(rev, ns)
}

// payloadMessage is the type that a binary message of revision 3 begins with.
const payloadMessage = 4

// message makes a message of what f appends.
func message(f func(dst []byte) []byte, binary bool) session.Message {
	buf := ioloop.NewBuf()
	var room [session.Headroom]byte
	buf.SetBytes(f(append(buf.Bytes(), room[:]...)))
	return session.Seal(buf, binary)
}

var rev5Type = [...]packet.Type{
	outEvent: packet.Event, outText: packet.Event, outJSON: packet.Event,
	outAck: packet.Ack, outMsgAck: packet.Ack,
	outConnect: packet.Connect, outRefuse: packet.ConnectError, outLeave: packet.Disconnect,
}

func (o *outgoing) encodeRev5(ns string) session.Message {
	p := packet.Packet{Type: rev5Type[o.kind], Namespace: []byte(ns), HasID: o.hasID, ID: o.id}
	if p.Attachments = len(o.attachments); p.Attachments > 0 {
		p.Type += packet.BinaryEvent - packet.Event
	}
	buf := ioloop.NewBuf()
	var room [session.Headroom]byte
	b := append(buf.Bytes(), room[:]...)
	b = append(b, '4') // Engine.IO: message
	b = packet.AppendRev5(b, &p)
	buf.SetBytes(o.appendData(b))
	return session.Seal(buf, false)
}

// appendData appends the data of a packet of protocol 5.
func (o *outgoing) appendData(b []byte) []byte {
	switch o.kind {
	case outEvent:
		return packet.AppendEventRev5(b, o.event, o.rev5Args())
	case outText, outJSON:
		return packet.AppendEventRev5(b, "message", o.rev5Args())
	case outAck, outMsgAck:
		b = append(b, '[')
		b = append(b, o.args...)
		return append(b, ']')
	}
	return append(b, o.args...)
}

var rev1Type = [...]packet.Type{
	outEvent: packet.Event, outText: packet.Message, outJSON: packet.JSON,
	outAck: packet.Ack, outMsgAck: packet.Ack,
	outConnect: packet.Connect, outRefuse: packet.ErrorPacket, outLeave: packet.Disconnect,
}

func (o *outgoing) encodeRev1(ns string) session.Message {
	p := packet.Packet{Type: rev1Type[o.kind], Namespace: []byte(ns), HasID: o.hasID, ID: o.id, Plus: o.hasID}
	if o.kind == outText || o.kind == outJSON {
		p.Plus = false // the client acknowledges by itself (revision 1, 3.1)
	}
	switch o.kind {
	case outEvent:
		p.Data = packet.AppendEventRev1(nil, o.event, o.args)
	case outText:
		p.Data = o.text()
	case outJSON:
		p.Data = o.args
	case outAck, outMsgAck:
		if len(o.args) > 0 {
			p.Data = append(append([]byte{'['}, o.args...), ']')
		}
	case outRefuse:
		p.Reason = packet.ReasonUnauthorized
	}
	return message(func(dst []byte) []byte { return packet.AppendRev1(dst, &p) }, false)
}

// text is the plain text of an outText, whose args are one JSON string.
func (o *outgoing) text() []byte {
	var s string
	r := received{args: o.args}
	_ = r.decode("", &s)
	return []byte(s)
}
