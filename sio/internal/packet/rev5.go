package packet

import (
	"bytes"
	"math"
	"strconv"
)

// Protocol 5 (clients 3.x and 4.x):
//
//	<type>[<attachments>-][<namespace>,][<ack id>][JSON]
//
// The reference is socket.io-parser 4.2.6. What it refuses is refused here;
// some of what it only takes because of JavaScript's number conversion is
// refused too: an empty packet (a CONNECT to it), white space or nothing for a
// number, hexadecimal or fractional numbers of attachments, ids that do not
// fit, events without data, and nesting beyond MaxDepth.

const (
	reasonType    = "unknown packet type"
	reasonPayload = "invalid payload"
)

// ParseRev5 splits a protocol 5 packet and checks all of its JSON, so that
// Data, when not empty, is valid and of the shape that the type demands: an
// object for Connect, an object or a string for ConnectError, nothing for
// Disconnect, an array for the others, beginning with a string or number that
// is not Reserved for events. The data of an event is never empty; that of an
// acknowledgement may be. Whether the type makes sense from that side is not
// judged.
func ParseRev5(b []byte) (Packet, error) { return parse(b, false) }

// parse is ParseRev5, or the part of ParseRev4 that it has in common with it.
func parse(b []byte, rev4 bool) (Packet, error) {
	p := Packet{Namespace: root}
	if len(b) == 0 || b[0] < '0' || b[0] > '6' {
		return Packet{}, fail(0, reasonType)
	}
	p.Type = Type(b[0] - '0')
	i := 1
	if p.Type == BinaryEvent || p.Type == BinaryAck {
		n, end, ok := digits(b, i)
		if !ok || end == i || end == len(b) || b[end] != '-' || n > math.MaxInt32 {
			return Packet{}, fail(i, reasonAttachments)
		}
		p.Attachments, i = int(n), end+1
	}
	if i < len(b) && b[i] == '/' {
		end := len(b)
		if n := bytes.IndexByte(b[i:], ','); n >= 0 {
			end = i + n
		}
		p.Namespace = b[i:end:end]
		i = min(end+1, len(b))
	}
	id, end, ok := digits(b, i)
	if !ok {
		return Packet{}, fail(i, "ack id out of range")
	}
	p.ID, p.HasID, i = id, end > i, end
	if offset, reason := p.takeRev5Data(b[i:], rev4); reason != "" {
		return Packet{}, fail(i+offset, reason)
	}
	return p, nil
}

// takeRev5Data checks the JSON at the end of a packet.
func (p *Packet) takeRev5Data(data []byte, rev4 bool) (int, string) {
	if len(data) == 0 {
		if p.Type == Event || p.Type == BinaryEvent {
			return 0, reasonPayload
		}
		return 0, ""
	}
	switch c := data[0]; p.Type {
	case Connect:
		if c != '{' {
			return 0, reasonPayload
		}
	case ConnectError:
		if c != '{' && c != '"' && !(rev4 && c == '[') {
			return 0, reasonPayload
		}
	case Disconnect:
		return 0, reasonPayload
	default:
		if c != '[' {
			return 0, reasonPayload
		}
	}
	i, reason := checkValue(data, 0, MaxDepth)
	if reason != "" {
		return i, reason
	}
	p.Data = data[:i:i]
	if i, reason = checkEnd(data, i); reason != "" {
		return i, reason
	}
	if p.Type == Event || p.Type == BinaryEvent {
		return checkName(p.Data)
	}
	return 0, ""
}

// maxReserved is the longest name of reservedEvents, written in escapes.
const maxReserved = 6 * len("removeListener")

// checkName judges the name of an event.
func checkName(data []byte) (int, string) {
	raw, numeric, end, reason := eventName(data)
	if reason != "" {
		return end, reason
	}
	if numeric || len(raw) > maxReserved {
		return 0, ""
	}
	if bytes.IndexByte(raw, '\\') >= 0 {
		var buf [maxReserved]byte
		raw = appendUnescaped(buf[:0], raw)
	}
	if Reserved(raw) {
		return 0, "reserved event name"
	}
	return 0, ""
}

// AppendRev5 appends a protocol 5 packet. Query, Plus, Reason and Advice have
// no place in it. Type must be one of those of protocol 5.
func AppendRev5(dst []byte, p *Packet) []byte {
	dst = append(dst, '0'+byte(p.Type))
	if p.Type == BinaryEvent || p.Type == BinaryAck {
		dst = strconv.AppendInt(dst, int64(p.Attachments), 10)
		dst = append(dst, '-')
	}
	if !isRoot(p.Namespace) {
		dst = append(dst, p.Namespace...)
		dst = append(dst, ',')
	}
	if p.HasID {
		dst = strconv.AppendUint(dst, p.ID, 10)
	}
	return append(dst, p.Data...)
}
