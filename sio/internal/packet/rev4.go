package packet

import "bytes"

// Protocol 4 (clients 1.x and 2.x) has the packets of protocol 5, with three
// differences: a client is in "/" without asking; a request for a namespace has
// a query instead of data, "0/chat?a=b,"; and the data of a ConnectError is a
// string, or whatever the application made of it.

// ParseRev4 is ParseRev5 for protocol 4: the query is split off the namespace,
// and the data of a ConnectError may be an array too.
func ParseRev4(b []byte) (Packet, error) {
	p, err := parse(b, true)
	if err != nil {
		return p, err
	}
	p.SplitQuery()
	return p, nil
}

// SplitQuery splits the query off the namespace.
func (p *Packet) SplitQuery() {
	if i := bytes.IndexByte(p.Namespace, '?'); i >= 0 {
		p.Namespace, p.Query = p.Namespace[:i:i], p.Namespace[i+1:]
	}
}

// AppendRev4 is AppendRev5 for protocol 4: the query goes behind the namespace.
func AppendRev4(dst []byte, p *Packet) []byte {
	if len(p.Query) == 0 {
		return AppendRev5(dst, p)
	}
	q := *p
	q.Namespace = append(append(bytes.Clone(p.Namespace), '?'), p.Query...)
	return AppendRev5(dst, &q)
}
