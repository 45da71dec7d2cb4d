package wire

import (
	"bytes"
	"strconv"
)

// Packets of revision 1: type ":" [id ["+"]] ":" [endpoint] [":" data].

func parseRev1(b []byte) Packet {
	p := Packet{ID: -1}
	if len(b) < 3 || b[1] != ':' {
		return p
	}
	kind, rest := b[0], b[2:]
	id, rest, ok := bytes.Cut(rest, []byte(":"))
	if !ok {
		return p
	}
	if n, plus, ok := digits(id); ok && len(plus) <= 1 {
		p.ID = n
	}
	_, data, _ := bytes.Cut(rest, []byte(":"))
	switch kind {
	case '0':
		p.Kind = Close
	case '1':
		p.Kind = Connect
	case '2':
		p.Kind = Ping
	case '5':
		p.Kind = Event
		splitEventRev1(&p, data)
	case '6':
		p.Kind = Ack
		n, args, ok := digits(data)
		if !ok {
			p.Kind = Bad
			return p
		}
		p.ID = n
		if len(args) > 0 && args[0] == '+' {
			splitArgs(&p, args[1:], false)
		}
	case '7':
		p.Kind, p.Args = Refused, data
	case '8':
		p.Kind = Noop
	}
	return p
}

// splitEventRev1 reads {"name":N,"args":[...]} in the two orders in which
// servers write it.
func splitEventRev1(p *Packet, b []byte) {
	const name, args = `"name":"`, `"args":[`
	i, j := bytes.Index(b, []byte(name)), bytes.Index(b, []byte(args))
	if len(b) < 2 || b[len(b)-1] != '}' || i < 0 {
		p.Kind = Bad
		return
	}
	p.Name, _, _ = bytes.Cut(b[i+len(name):], []byte(`"`))
	switch {
	case j < 0:
	case j > i:
		p.Args = bytes.TrimSuffix(b[j+len(args):], []byte("]}"))
	default:
		p.Args = bytes.TrimSuffix(b[j+len(args):i], []byte("],"))
	}
}

func appendEventRev1(dst []byte, id int, name string, args []byte) []byte {
	dst = append(dst, "5:"...)
	if id >= 0 {
		dst = append(strconv.AppendInt(dst, int64(id), 10), '+')
	}
	dst = append(append(append(dst, `::{"name":"`...), name...), '"')
	if len(args) > 0 {
		dst = append(append(append(dst, `,"args":[`...), args...), ']')
	}
	return append(dst, '}')
}
