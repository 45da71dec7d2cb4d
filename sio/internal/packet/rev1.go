package packet

import (
	"bytes"
	"strconv"
)

// Revision 1 (clients 0.7 to 0.9):
//
//	<type>:[<id>[+]]:[<endpoint>[?<query>]][:<data>]
//
// with the data everything after the third colon. The parsers of the released
// clients and servers are one regular expression, which finds something in
// almost any text and answers a packet without type for it. Such text is an
// error here; the tests list every other difference.
//
// Three oddities of the wire: the third colon is there exactly when there is
// data ("3:5:" is what encoders make of an id and an empty text); an acknowledgement carries the id that it answers in its
// data, with a "+" before the arguments; a query comes behind the endpoint
// (/chat?x=1) or as the data of a connect (/chat:?x=1).

var rev1Types = [...]Type{
	Disconnect, Connect, Heartbeat, Message, JSON, Event, Ack, ErrorPacket, Noop,
}

// rev1Digit is the inverse of rev1Types; 0 for types that revision 1 lacks.
var rev1Digit = [...]byte{
	Disconnect: '0', Connect: '1', Heartbeat: '2', Message: '3', JSON: '4',
	Event: '5', Ack: '6', ErrorPacket: '7', Noop: '8',
}

// ParseRev1 splits a revision 1 packet. The data of a JSON packet is checked
// here, that of an event in SplitRev1Event. The data of an acknowledgement is
// checked too and is empty when it is malformed, as in every released parser;
// an acknowledgement that names no id has HasID false. Ids of types that do not
// use them, and data of types that have none, are dropped.
func ParseRev1(b []byte) (Packet, error) {
	if len(b) < 2 || b[0] < '0' || b[0] > '8' || b[1] != ':' {
		return Packet{}, fail(0, reasonType)
	}
	p := Packet{Type: rev1Types[b[0]-'0']}
	id, i, ok := digits(b, 2)
	if !ok {
		return Packet{}, fail(2, "message id out of range")
	}
	hasID, plus := i > 2, false
	if i < len(b) && b[i] == '+' {
		i, plus = i+1, hasID
	}
	if i >= len(b) || b[i] != ':' {
		return Packet{}, fail(i, "malformed message id")
	}
	if p.Type == Message || p.Type == JSON || p.Type == Event {
		p.HasID, p.ID, p.Plus = hasID, id, plus
	}
	i++
	end, data := len(b), b[len(b):]
	if n := bytes.IndexByte(b[i:], ':'); n >= 0 {
		end, data = i+n, b[i+n+1:]
	}
	p.takeEndpoint(b[i:end:end])
	if at, reason := p.takeRev1Data(data); reason != "" {
		return Packet{}, fail(len(b)-len(data)+at, reason)
	}
	return p, nil
}

// takeEndpoint separates an endpoint from its query.
func (p *Packet) takeEndpoint(b []byte) {
	if i := bytes.IndexByte(b, '?'); i >= 0 {
		if p.Type == Connect {
			p.Query = b[i+1:]
		}
		b = b[:i:i]
	}
	if p.Namespace = b; len(b) == 0 {
		p.Namespace = root
	}
}

// takeRev1Data reads what stands after the third colon, by type.
func (p *Packet) takeRev1Data(data []byte) (int, string) {
	switch p.Type {
	case Message, Event:
		p.Data = data
	case JSON:
		p.Data = data
		return check(data, MaxDepth)
	case Connect:
		if len(data) > 0 {
			p.Query = bytes.TrimPrefix(data, []byte("?"))
		}
	case Ack:
		p.takeRev1Ack(data)
	case ErrorPacket:
		reason, advice, _ := bytes.Cut(data, []byte("+"))
		if len(reason) == 1 && reason[0]-'0' <= 2 {
			p.Reason = Reason(reason[0]-'0') + ReasonTransportNotSupported
		}
		if len(advice) == 1 && advice[0] == '0' {
			p.Advice = AdviceReconnect
		}
	}
	return 0, ""
}

// takeRev1Ack reads `<id>[+]<JSON>`. Only the first "+" divides: the JSON may
// contain others.
func (p *Packet) takeRev1Ack(data []byte) {
	id, i, ok := digits(data, 0)
	if i == 0 || !ok {
		return
	}
	p.ID, p.HasID = id, true
	if i < len(data) && data[i] == '+' {
		i++
	}
	if _, reason := check(data[i:], MaxDepth); reason == "" {
		p.Data = data[i:]
	}
}

// AppendRev1 appends a revision 1 packet. Line separators in the data of JSON,
// Event and Ack packets are escaped (see EscapeLineSeparators). An event with
// an id is always written with "+": without it no client calls back. Type must
// be one of those of revision 1.
func AppendRev1(dst []byte, p *Packet) []byte {
	dst = append(dst, rev1Digit[p.Type], ':')
	switch p.Type {
	case Message, JSON, Event:
		if p.HasID {
			dst = strconv.AppendUint(dst, p.ID, 10)
			if p.Plus || p.Type == Event {
				dst = append(dst, '+')
			}
		}
	}
	dst = append(dst, ':')
	if !isRoot(p.Namespace) {
		dst = append(dst, p.Namespace...)
	}
	switch p.Type {
	case Message:
		if len(p.Data) > 0 {
			dst = append(dst, ':')
			dst = append(dst, p.Data...)
		}
	case JSON, Event:
		dst = append(dst, ':')
		dst = EscapeLineSeparators(dst, p.Data)
	case Connect:
		if len(p.Query) > 0 {
			dst = append(dst, ":?"...)
			dst = append(dst, p.Query...)
		}
	case Ack:
		dst = appendRev1Ack(dst, p)
	case ErrorPacket:
		dst = appendRev1Error(dst, p)
	}
	return dst
}

func appendRev1Ack(dst []byte, p *Packet) []byte {
	dst = append(dst, ':')
	dst = strconv.AppendUint(dst, p.ID, 10)
	if len(p.Data) == 0 || string(p.Data) == "[]" {
		return dst
	}
	dst = append(dst, '+')
	return EscapeLineSeparators(dst, p.Data)
}

func appendRev1Error(dst []byte, p *Packet) []byte {
	if p.Reason == ReasonNone && p.Advice == AdviceNone {
		return dst
	}
	dst = append(dst, ':')
	if p.Reason != ReasonNone {
		dst = append(dst, '0'+byte(p.Reason-ReasonTransportNotSupported))
	}
	if p.Advice != AdviceNone {
		dst = append(dst, '+', '0'+byte(p.Advice-AdviceReconnect))
	}
	return dst
}
