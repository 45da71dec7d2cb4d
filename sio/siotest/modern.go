package siotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/packet"
)

// Packets of Socket.IO 3.x and 4.x (protocol 5); what 1.x and 2.x do
// differently is in classic.go.

// idLen is the length of the ids that servers make.
const idLen = 20

// modern is what a connection of 4.x knows of packets. Engine carries them.
type modern struct {
	c   *Conn
	bin *packet.Packet // whose attachments are on their way
	got [][]byte
}

func (m *modern) join(s *Socket) {
	if m.c.classic() {
		m.joinClassic(s)
		return
	}
	p := packet.Packet{Type: packet.Connect, Namespace: []byte(s.ns)}
	if s.auth != nil {
		data, err := json.Marshal(s.auth)
		if err != nil {
			m.c.w.errorf("Auth: %v", err)
			return
		}
		p.Data = data
	}
	m.write(&p, nil)
}

func (m *modern) event(s *Socket, name string, args packet.Args, attachments [][]byte, id int64) {
	p := packet.Packet{Type: packet.Event, Namespace: []byte(s.ns), Data: packet.AppendEventRev5(nil, name, args)}
	if id != noAck {
		p.HasID, p.ID = true, uint64(id)
	}
	m.packet(&p, attachments)
}

func (m *modern) message(s *Socket, v any) { s.emit("message", []any{v}, nil) }

func (m *modern) reply(s *Socket, e *Event, args packet.Args, attachments [][]byte) {
	p := packet.Packet{Type: packet.Ack, Namespace: []byte(s.ns), HasID: true, ID: e.id}
	p.Data = slices.Concat([]byte{'['}, args, []byte{']'})
	m.packet(&p, attachments)
}

func (m *modern) packet(p *packet.Packet, attachments [][]byte) {
	if p.Attachments = len(attachments); p.Attachments > 0 {
		p.Type += packet.BinaryEvent - packet.Event
	}
	m.write(p, attachments)
}

func (m *modern) leave(s *Socket) {
	p := packet.Packet{Type: packet.Disconnect, Namespace: []byte(s.ns)}
	m.write(&p, nil)
}

// write sends a packet in the form of the client's parser.
func (m *modern) write(p *packet.Packet, attachments [][]byte) {
	switch {
	case m.c.opt.Parser != sio.ParserMsgpack:
		m.c.line.send(packet.AppendRev4(nil, p), attachments)
	case m.c.classic() && (p.Type == packet.Connect || p.Type == packet.Disconnect):
		m.c.line.send(msgpackText(p), nil)
	case m.c.classic():
		m.c.line.send(nil, [][]byte{msgpackClassic(p, attachments)})
	default:
		m.c.line.send(nil, [][]byte{packet.AppendMsgpack(nil, p, attachments)})
	}
}

// text takes the text of a packet. It is copied where it is kept.
func (m *modern) text(data []byte) {
	if m.c.opt.Parser == sio.ParserMsgpack {
		m.c.violated("text %q where msgpack is spoken", data)
		return
	}
	if m.bin != nil {
		m.c.violated("text %q while %d attachments are due", data, m.bin.Attachments-len(m.got))
		return
	}
	parse := packet.ParseRev5
	if m.c.classic() {
		parse = packet.ParseRev4
	}
	p, err := parse(bytes.Clone(data))
	switch {
	case err != nil:
		m.c.violated("packet %q: %v", data, err)
	case p.Attachments > packet.DefaultMaxAttachments:
		m.c.violated("packet %q: more attachments than clients take", data)
	case p.Attachments > 0:
		m.bin, m.got = &p, nil
	case p.Type == packet.BinaryEvent || p.Type == packet.BinaryAck:
		m.c.violated("packet %q: binary without attachments", data)
	default:
		m.take(&p, nil)
	}
}

// binary takes an attachment, or a packet of msgpack.
func (m *modern) binary(data []byte) {
	if m.c.opt.Parser == sio.ParserMsgpack {
		p, attachments, err := packet.ParseMsgpack(bytes.Clone(data))
		if err != nil {
			m.c.violated("packet %x: %v", data, err)
			return
		}
		if m.c.classic() && p.Type == packet.ConnectError && p.Data[0] != '"' {
			m.c.violated("the data of an error is %s: socket.io-msgpack-parser 2 throws over all but a string", p.Data)
			return
		}
		m.take(&p, attachments)
		return
	}
	if m.bin == nil {
		m.c.violated("binary data without a packet in front")
		return
	}
	m.got = append(m.got, bytes.Clone(data))
	if p := m.bin; len(m.got) == p.Attachments {
		m.bin = nil
		if err := packet.FindPlaceholders(p.Data, len(m.got)); err != nil {
			m.c.violated("packet with the data %q: %v", p.Data, err)
			return
		}
		m.take(p, m.got)
	}
}

// take takes a whole packet.
func (m *modern) take(p *packet.Packet, attachments [][]byte) {
	s := m.c.sockets[string(p.Namespace)]
	if s == nil && m.c.classic() && string(p.Namespace) == "/" {
		return // in which these clients are, unasked
	}
	if s == nil {
		m.c.violated("%v packet for namespace %q, which was not asked for", p.Type, p.Namespace)
		return
	}
	var wrong string
	switch {
	case !s.live(): // it crossed with our goodbye
	case s.state == joining:
		wrong = m.takeJoining(s, p)
	default:
		wrong = m.takeJoined(s, p, attachments)
	}
	if wrong != "" {
		m.c.violated("%v packet for namespace %q: %s", p.Type, p.Namespace, wrong)
	}
}

func (m *modern) takeJoining(s *Socket, p *packet.Packet) (wrong string) {
	if m.c.classic() {
		return m.takeJoiningClassic(s, p)
	}
	switch p.Type {
	case packet.Connect:
		var data struct{ SID, PID string }
		if err := json.Unmarshal(p.Data, &data); err != nil || len(data.SID) != idLen {
			return fmt.Sprintf("its data is %q", p.Data)
		}
		if e, ok := m.c.line.(*engine); ok && e.sid == data.SID {
			return "it gives the session's id away"
		}
		s.pid = data.PID
		if auth, _ := s.auth.(map[string]any); auth != nil && s.pid != "" {
			s.offset, _ = auth["offset"].(string) // real clients keep it
		}
		s.opened(data.SID)
	case packet.ConnectError:
		var data struct {
			Message *string
			Data    json.RawMessage
		}
		if err := json.Unmarshal(p.Data, &data); err != nil || data.Message == nil {
			return fmt.Sprintf("its data is %q", p.Data)
		}
		s.refusedWith(*data.Message, data.Data)
	default:
		return "it came before the namespace was joined"
	}
	return ""
}

func (m *modern) takeJoined(s *Socket, p *packet.Packet, attachments [][]byte) (wrong string) {
	switch p.Type {
	case packet.Event, packet.BinaryEvent:
		name, _, args, err := packet.SplitEvent(p.Data)
		if err != nil {
			return err.Error()
		}
		s.got(&Event{Name: string(name), received: received{args, attachments}, id: p.ID, wants: p.HasID})
	case packet.Ack, packet.BinaryAck:
		args, err := packet.SplitAck(p.Data)
		if err != nil || !p.HasID || p.Data == nil {
			return fmt.Sprintf("its data is %q", p.Data)
		}
		s.answered(p.ID, received{args, attachments})
	case packet.Disconnect:
		s.shut(gone, "io server disconnect")
		m.c.closeIfEmpty()
	default:
		return "the namespace is joined already"
	}
	return ""
}
