package wire

import (
	"bytes"
	"strconv"
)

// Packets of Engine.IO 3 and 4 with Socket.IO 4 and 5 within, which read the
// same.

func parseEngine(b []byte) Packet {
	if len(b) == 0 {
		return Packet{ID: -1}
	}
	if b[0] == '4' {
		return parseSocketIO(b[1:])
	}
	if i := int(b[0]) - '0'; 0 <= i && i < len(engineKinds) {
		return Packet{Kind: engineKinds[i], ID: -1, Args: b[1:]}
	}
	return Packet{ID: -1}
}

var engineKinds = [...]Kind{Open, Close, Ping, Pong, Bad, Bad, Noop}

// parseSocketIO reads a packet as socket.io-protocol 5 writes it:
// type, attachments, namespace, id, data.
func parseSocketIO(b []byte) Packet {
	p := Packet{ID: -1}
	if len(b) == 0 {
		return p
	}
	kind := b[0]
	b = b[1:]
	if kind == '5' || kind == '6' {
		n, rest, ok := digits(b)
		if !ok || len(rest) == 0 || rest[0] != '-' {
			return p
		}
		p.Bin, b = n, rest[1:]
	}
	if len(b) > 0 && b[0] == '/' {
		_, b, _ = bytes.Cut(b, []byte(","))
	}
	if id, rest, ok := digits(b); ok {
		p.ID, b = id, rest
	}
	switch kind {
	case '0':
		p.Kind, p.Args = Connect, b
	case '1':
		p.Kind = Disconnect
	case '2', '5':
		p.Kind = Event
		splitArgs(&p, b, true)
	case '3', '6':
		p.Kind = Ack
		splitArgs(&p, b, false)
	case '4':
		p.Kind, p.Args = Refused, b
	}
	return p
}

func digits(b []byte) (n int, rest []byte, ok bool) {
	i := 0
	for i < len(b) && i < 18 && '0' <= b[i] && b[i] <= '9' {
		n = n*10 + int(b[i]-'0')
		i++
	}
	return n, b[i:], i > 0
}

// splitArgs takes the array apart: the event's name, and the rest.
func splitArgs(p *Packet, b []byte, named bool) {
	b = bytes.TrimRight(b, " \t\r\n") // which JSON may end with, and googollee's does
	if len(b) < 2 || b[0] != '[' || b[len(b)-1] != ']' {
		p.Kind = Bad
		return
	}
	b = b[1 : len(b)-1]
	if !named {
		p.Args = b
		return
	}
	if len(b) < 2 || b[0] != '"' {
		p.Kind = Bad
		return
	}
	end := 1
	for end < len(b) && b[end] != '"' {
		if b[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(b) {
		p.Kind = Bad
		return
	}
	p.Name, b = b[1:end], b[end+1:]
	if len(b) > 0 && b[0] == ',' {
		p.Args = b[1:]
	}
}

// AppendEvent appends an event, with an id (not negative) if it asks for an
// acknowledgement. args are JSON with commas between. bin is the count of
// attachments; revision 1 knows none.
func (p Proto) AppendEvent(dst []byte, id int, name string, args []byte, bin int) []byte {
	if p == Rev1 {
		return appendEventRev1(dst, id, name, args)
	}
	if bin > 0 {
		dst = append(strconv.AppendInt(append(dst, "45"...), int64(bin), 10), '-')
	} else {
		dst = append(dst, "42"...)
	}
	if id >= 0 {
		dst = strconv.AppendInt(dst, int64(id), 10)
	}
	dst = append(append(append(dst, `["`...), name...), '"')
	if len(args) > 0 {
		dst = append(append(dst, ','), args...)
	}
	return append(dst, ']')
}

// Control packets as each generation writes them.

// ConnectPacket joins "/"; in engine 3 and revision 1 the server does that
// unasked, and it is "".
func (p Proto) ConnectPacket() string {
	if p == EIO4 {
		return "40"
	}
	return ""
}

// DisconnectPacket leaves.
func (p Proto) DisconnectPacket() string {
	if p == Rev1 {
		return "0::"
	}
	return "41"
}

// PingPacket is the client's own heartbeat, which engine 3 has.
func (p Proto) PingPacket() string { return "2" }

// PongPacket answers the server's heartbeat.
func (p Proto) PongPacket() string {
	if p == Rev1 {
		return "2::"
	}
	return "3"
}
