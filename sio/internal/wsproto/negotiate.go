package wsproto

import "bytes"

// The negotiation of permessage-deflate (RFC 7692, section 7.1): pure, from the
// value of Sec-WebSocket-Extensions to the line of the answer.

// Deflate is what was agreed on, for one connection.
type Deflate struct {
	On bool
	// ServerTakeover: what we compress may refer to what we sent before.
	ServerTakeover bool
	// ClientTakeover: what the client compresses may refer to what it sent
	// before.
	ClientTakeover bool
}

const deflateName = "permessage-deflate"

// NegotiateDeflate picks the first offer that can be met. takeover is whether
// we are ready to keep contexts; each side's is kept only if the client does not
// ask otherwise. An offer that limits our window is declined: our compressor
// has only one. Without an offer that can be met the connection goes on
// uncompressed (section 5.1).
func NegotiateDeflate(offers []byte, takeover bool) Deflate {
	for more := true; more; {
		var offer []byte
		offer, offers, more = cutOutside(offers, ',')
		if d, ok := parseOffer(offer, takeover); ok {
			return d
		}
	}
	return Deflate{}
}

// parseOffer reads one offer; ok says that it can be met.
func parseOffer(offer []byte, takeover bool) (d Deflate, ok bool) {
	name, rest, more := cutOutside(offer, ';')
	if !equalFold(bytes.Trim(name, " \t"), deflateName) {
		return d, false
	}
	d = Deflate{On: true, ServerTakeover: takeover, ClientTakeover: takeover}
	var seen [4]bool
	for more {
		var item []byte
		item, rest, more = cutOutside(rest, ';')
		if !d.param(item, &seen) {
			return Deflate{}, false
		}
	}
	return d, true
}

// param takes one parameter of an offer. An unknown one, one that comes twice
// and one with a bad value decline the offer (section 7.1).
func (d *Deflate) param(item []byte, seen *[4]bool) bool {
	key, value, hasValue := bytes.Cut(item, []byte{'='})
	key, value = bytes.Trim(key, " \t"), unquote(bytes.Trim(value, " \t"))
	which := 0
	switch string(key) {
	case "server_no_context_takeover":
		if hasValue {
			return false
		}
		d.ServerTakeover = false
	case "client_no_context_takeover":
		which = 1
		if hasValue {
			return false
		}
		d.ClientTakeover = false
	case "server_max_window_bits":
		which = 2
		if string(value) != "15" {
			return false
		}
	case "client_max_window_bits":
		which = 3
		if hasValue && !windowBits(value) {
			return false
		}
	default:
		return false
	}
	again := seen[which]
	seen[which] = true
	return !again
}

// windowBits reports whether v is a number from 8 to 15.
func windowBits(v []byte) bool {
	switch len(v) {
	case 1:
		return v[0] == '8' || v[0] == '9'
	case 2:
		return v[0] == '1' && '0' <= v[1] && v[1] <= '5'
	}
	return false
}

func unquote(v []byte) []byte {
	if n := len(v); n >= 2 && v[0] == '"' && v[n-1] == '"' {
		return v[1 : n-1]
	}
	return v
}

// cutOutside cuts at the first sep that stands in no quoted string.
func cutOutside(b []byte, sep byte) (before, after []byte, found bool) {
	quoted := false
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '"':
			quoted = !quoted
		case quoted && b[i] == '\\':
			i++
		case !quoted && b[i] == sep:
			return b[:i], b[i+1:], true
		}
	}
	return b, nil, false
}

// AppendDeflate appends the header line of the answer that accepts d, with its
// CRLF; nothing if d is off.
func AppendDeflate(dst []byte, d Deflate) []byte {
	if !d.On {
		return dst
	}
	dst = append(dst, "Sec-WebSocket-Extensions: "+deflateName...)
	if !d.ServerTakeover {
		dst = append(dst, "; server_no_context_takeover"...)
	}
	if !d.ClientTakeover {
		dst = append(dst, "; client_no_context_takeover"...)
	}
	return append(dst, "\r\n"...)
}
