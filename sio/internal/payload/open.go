package payload

import "strconv"

// OpenInfo is the data of the packet that begins a session of Engine.IO 3 or 4.
type OpenInfo struct {
	SID          string   // [A-Za-z0-9_-]
	Upgrades     []string // transports that the client may change to
	PingInterval int      // milliseconds
	PingTimeout  int      // milliseconds
	MaxPayload   int      // bytes of one POST body or websocket message
}

// AppendOpen appends the open packet, type digit included, its keys in the
// order of the reference. The texts are written as they are: they must not need
// JSON escapes.
func AppendOpen(dst []byte, o OpenInfo) []byte {
	dst = append(dst, `0{"sid":"`...)
	dst = append(dst, o.SID...)
	dst = append(dst, `","upgrades":[`...)
	for i, u := range o.Upgrades {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, u...)
		dst = append(dst, '"')
	}
	dst = append(dst, `],"pingInterval":`...)
	dst = strconv.AppendInt(dst, int64(o.PingInterval), 10)
	dst = append(dst, `,"pingTimeout":`...)
	dst = strconv.AppendInt(dst, int64(o.PingTimeout), 10)
	dst = append(dst, `,"maxPayload":`...)
	dst = strconv.AppendInt(dst, int64(o.MaxPayload), 10)
	return append(dst, '}')
}

// AppendHandshake appends the body that answers a revision 1 handshake,
// sid:60:60:websocket,xhr-polling. The times are seconds; clients need both to
// be positive. The sid must contain neither ":" nor "/".
func AppendHandshake(dst []byte, sid string, heartbeat, closeTimeout int, transports []string) []byte {
	dst = append(dst, sid...)
	dst = append(dst, ':')
	dst = strconv.AppendInt(dst, int64(heartbeat), 10)
	dst = append(dst, ':')
	dst = strconv.AppendInt(dst, int64(closeTimeout), 10)
	sep := byte(':')
	for _, t := range transports {
		dst = append(dst, sep)
		dst = append(dst, t...)
		sep = ','
	}
	if len(transports) == 0 {
		dst = append(dst, sep)
	}
	return dst
}
