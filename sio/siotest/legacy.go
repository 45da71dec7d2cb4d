package siotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tornadio/tornadio/sio/internal/packet"
)

// Packets of Socket.IO 0.7 to 0.9 (revision 1).

// old is what a connection of 0.x knows of packets. rev1 carries them.
type old struct{ c *Conn }

func (o old) packet(p *packet.Packet) { o.c.line.send(packet.AppendRev1(nil, p), nil) }

func (o old) join(s *Socket) {
	if s.ns != "/" { // which a client is in from the start
		o.packet(&packet.Packet{Type: packet.Connect, Namespace: []byte(s.ns)})
	}
}

func (o old) event(s *Socket, name string, args packet.Args, _ [][]byte, id int64) {
	p := packet.Packet{Type: packet.Event, Namespace: []byte(s.ns), Data: packet.AppendEventRev1(nil, name, args)}
	if id != noAck {
		p.HasID, p.ID, p.Plus = true, uint64(id), true
	}
	o.packet(&p)
}

func (o old) message(s *Socket, v any) {
	p := packet.Packet{Type: packet.Message, Namespace: []byte(s.ns)}
	if text, ok := v.(string); ok {
		p.Data = []byte(text)
	} else {
		data, err := json.Marshal(v)
		if err != nil {
			o.c.w.errorf("Send: %v", err)
			return
		}
		p.Type, p.Data = packet.JSON, data
	}
	o.packet(&p)
}

func (o old) reply(s *Socket, e *Event, args packet.Args, _ [][]byte) {
	p := packet.Packet{Type: packet.Ack, Namespace: []byte(s.ns), ID: e.id}
	if len(args) > 0 {
		p.Data = slices.Concat([]byte{'['}, args, []byte{']'})
	}
	o.packet(&p)
}

func (o old) leave(s *Socket) {
	if s.ns == "/" {
		return // that ends the session: see close
	}
	o.packet(&packet.Packet{Type: packet.Disconnect, Namespace: []byte(s.ns)})
}

// take takes a packet that is for a namespace. wrong says what is wrong.
func (o old) take(data []byte) (wrong string) {
	p, err := packet.ParseRev1(bytes.Clone(data))
	if err != nil {
		return err.Error()
	}
	s := o.c.sockets[string(p.Namespace)]
	switch {
	case s == nil:
		return "its namespace was not asked for"
	case !s.live():
		return "" // it crossed with our goodbye
	case s.state == joining:
		return o.takeJoining(s, &p)
	}
	return o.takeJoined(s, &p)
}

func (o old) takeJoining(s *Socket, p *packet.Packet) (wrong string) {
	switch {
	case p.Type == packet.Connect:
		s.opened("")
	case p.Type == packet.ErrorPacket && p.Reason == packet.ReasonUnauthorized:
		s.refusedWith(p.Reason.String(), nil)
	default:
		return "it came before the namespace was joined"
	}
	return ""
}

func (o old) takeJoined(s *Socket, p *packet.Packet) (wrong string) {
	switch p.Type {
	case packet.Event:
		name, args, err := packet.SplitRev1Event(p.Data)
		if err != nil {
			return err.Error()
		}
		if p.HasID && !p.Plus {
			return "no client acknowledges an event whose id has no plus"
		}
		s.got(&Event{Name: string(name), received: received{args: args}, id: p.ID, wants: p.HasID})
	case packet.Message, packet.JSON:
		args := packet.Args(p.Data)
		if p.Type == packet.Message {
			args = packet.AppendJSONString(nil, string(p.Data))
		}
		e := &Event{Name: "message", received: received{args: args}, id: p.ID, wants: p.Plus, message: true}
		if p.HasID && !p.Plus { // acknowledged by the client itself
			o.reply(s, e, nil, nil)
		}
		s.got(e)
	case packet.Ack:
		args, err := packet.SplitAck(p.Data)
		if err != nil || !p.HasID {
			return fmt.Sprintf("its data is %q", p.Data)
		}
		s.answered(p.ID, received{args: args})
	case packet.Disconnect:
		s.shut(gone, "io server disconnect")
		o.c.closeIfEmpty()
	default:
		return "it has no place here"
	}
	return ""
}
