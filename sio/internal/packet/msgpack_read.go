package packet

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tinylib/msgp/msgp"
)

// The msgpack parser (socket.io-msgpack-parser 3.0, on notepack.io): each
// packet is one binary message, a map
//
//	{"type": 0..4, "nsp": "/", "data": ..., "id": 1}
//
// without attachments: binary values stand where they belong. Reading makes of
// the data what a packet of the default parser would have, JSON text with
// placeholders and attachments beside it, so that all that follows is the same
// for both. What has no JSON form becomes what JSON.stringify makes of it:
// undefined is null, or left out of an object; a Date is its text; NaN and
// infinities are null.
//
// Stricter than the reference: names of events are checked as ParseRev5 does,
// and lengths that exceed the message, invalid UTF-8 in a key excepted, are
// errors where a JavaScript decoder may invent bytes.

const (
	reasonMsgpack      = "invalid msgpack"
	reasonMsgpackEnd   = "unexpected end of msgpack"
	reasonMsgpackDepth = "msgpack nested too deep"
	reasonMsgpackKey   = "key is neither string nor number"
	reasonNamespace    = "invalid namespace"
	reasonID           = "invalid packet id"
)

// ParseMsgpack reads a packet and checks it as ParseRev5 does. Data is JSON
// text of its own; the attachments that its placeholders name are slices of b.
// In an object that only looks like a placeholder the key is written with an
// escape, so that it is none.
func ParseMsgpack(b []byte) (Packet, [][]byte, error) {
	r := msgpackReader{total: len(b), in: b}
	p, reason := r.packet()
	if reason != "" {
		return Packet{}, nil, fail(r.total-len(r.in), reason)
	}
	return p, r.attachments, nil
}

// ParseMsgpackRev4 is ParseMsgpack for protocol 4: the query is split off the
// namespace, and the types of binary packets are there, which clients 2.x use
// with this parser too. They come out as Event and Ack.
func ParseMsgpackRev4(b []byte) (Packet, [][]byte, error) {
	r := msgpackReader{total: len(b), in: b, rev4: true}
	p, reason := r.packet()
	if reason != "" {
		return Packet{}, nil, fail(r.total-len(r.in), reason)
	}
	p.SplitQuery()
	return p, r.attachments, nil
}

// msgpackReader turns msgpack into JSON. Its methods consume from in and append
// to out, and give a reason when they fail.
type msgpackReader struct {
	total       int
	rev4        bool
	in, out     []byte
	attachments [][]byte
}

func (r *msgpackReader) packet() (p Packet, reason string) {
	n, reason := r.header(msgp.MapType)
	if reason != "" {
		return p, reason
	}
	var data []byte
	typ := -1
	for range n {
		key, rest, err := msgp.ReadStringZC(r.in)
		if err != nil {
			return p, reasonMsgpackKey
		}
		r.in = rest
		switch string(key) {
		case "type":
			typ, reason = r.packetType()
		case "nsp":
			p.Namespace, reason = r.namespace()
		case "id":
			p.ID, p.HasID, reason = r.id()
		case "data":
			data, reason = r.data()
		default: // the clients send their options
			_, reason = r.skipped()
		}
		if reason != "" {
			return p, reason
		}
	}
	switch {
	case len(r.in) > 0:
		return p, reasonMsgpack
	case typ < 0:
		return p, reasonType
	case p.Namespace == nil:
		return p, reasonNamespace
	}
	p.Type = Type(typ)
	return p, p.takeMsgpackData(data)
}

// binaryAlone begins the text of a binary value that is the whole data. An
// object of the peer's never has this key without an escape.
var binaryAlone = []byte(`{"_placeholder"`)

// takeMsgpackData judges the shape of the data, as the reference's isDataValid
// and, for events, ParseRev5 do.
func (p *Packet) takeMsgpackData(data []byte) (reason string) {
	first := byte(0)
	if len(data) > 0 {
		first = data[0]
	}
	if bytes.HasPrefix(data, binaryAlone) {
		return reasonPayload
	}
	ok := false
	switch p.Type {
	case Connect:
		ok = first == 0 || first == '{'
	case Disconnect:
		ok = first == 0
	case ConnectError:
		ok = first == '"' || first == '{'
	default:
		ok = first == '['
	}
	if !ok {
		return reasonPayload
	}
	if p.Data = data; p.Type == Event {
		_, reason = checkName(data)
	}
	return reason
}

func (r *msgpackReader) packetType() (int, string) {
	i, rest, err := msgp.ReadInt64Bytes(r.in)
	switch t := Type(i); {
	case err != nil, i < 0, i > int64(BinaryAck), i > int64(ConnectError) && !r.rev4:
		return -1, reasonType
	case t == BinaryEvent:
		i = int64(Event)
	case t == BinaryAck:
		i = int64(Ack)
	}
	r.in = rest
	return int(i), ""
}

func (r *msgpackReader) namespace() ([]byte, string) {
	name, rest, err := msgp.ReadStringZC(r.in)
	if err != nil {
		return nil, reasonNamespace
	}
	r.in = rest
	if len(name) == 0 || name[0] != '/' {
		name = append([]byte("/"), name...)
	}
	if !utf8.Valid(name) {
		name = bytes.ToValidUTF8(name, []byte("\ufffd"))
	}
	return name[:len(name):len(name)], ""
}

func (r *msgpackReader) id() (id uint64, has bool, reason string) {
	if r.undefined() {
		return 0, false, ""
	}
	id, rest, err := msgp.ReadUint64Bytes(r.in)
	if err != nil {
		return 0, false, reasonID
	}
	r.in = rest
	return id, true, ""
}

// data converts the packet's data. A second one counts alone.
func (r *msgpackReader) data() ([]byte, string) {
	r.attachments = nil
	if r.undefined() {
		return nil, ""
	}
	r.out = make([]byte, 0, len(r.in)+len(r.in)/4+16)
	reason := r.value(MaxDepth)
	return r.out, reason
}

// skipped consumes a value that does not count.
func (r *msgpackReader) skipped() ([]byte, string) {
	s := msgpackReader{in: r.in}
	reason := s.value(MaxDepth)
	r.in = s.in
	return s.out, reason
}

// undefined consumes what notepack.io writes for it: fixext 1 of type 0.
func (r *msgpackReader) undefined() bool {
	if len(r.in) < 3 || r.in[0] != 0xd4 || r.in[1] != 0 {
		return false
	}
	r.in = r.in[3:]
	return true
}

// header reads the size of a map or array. Every element takes a byte at least,
// so that a size beyond the message costs nothing.
func (r *msgpackReader) header(t msgp.Type) (n int, reason string) {
	var size uint32
	var rest []byte
	var err error
	least := 1
	if t == msgp.MapType {
		size, rest, err = msgp.ReadMapHeaderBytes(r.in)
		least = 2
	} else {
		size, rest, err = msgp.ReadArrayHeaderBytes(r.in)
	}
	if err != nil {
		return 0, reasonMsgpack
	}
	if uint64(size)*uint64(least) > uint64(len(rest)) {
		return 0, reasonMsgpackEnd
	}
	r.in = rest
	return int(size), ""
}

// value converts the next value, whose arrays and maps are nested at most depth
// deep.
func (r *msgpackReader) value(depth int) (reason string) {
	if len(r.in) == 0 {
		return reasonMsgpackEnd
	}
	if isExtension(r.in[0]) {
		return r.extension(depth)
	}
	var err error
	switch msgp.NextType(r.in) {
	case msgp.MapType:
		return r.object(depth)
	case msgp.ArrayType:
		return r.array(depth)
	case msgp.StrType:
		var s []byte
		if s, r.in, err = msgp.ReadStringZC(r.in); err == nil {
			r.out = AppendJSONString(r.out, msgp.UnsafeString(s))
		}
	case msgp.BinType:
		var b []byte
		if b, r.in, err = msgp.ReadBytesZC(r.in); err == nil {
			r.attach(b)
		}
	case msgp.IntType, msgp.UintType:
		err = r.integer()
	case msgp.Float64Type:
		var f float64
		f, r.in, err = msgp.ReadFloat64Bytes(r.in)
		r.float(f)
	case msgp.Float32Type:
		var f float32
		f, r.in, err = msgp.ReadFloat32Bytes(r.in)
		r.float(float64(f))
	case msgp.BoolType:
		var b bool
		b, r.in, err = msgp.ReadBoolBytes(r.in)
		r.out = strconv.AppendBool(r.out, b)
	case msgp.NilType:
		r.in = r.in[1:]
		r.out = append(r.out, "null"...)
	default:
		return reasonMsgpack
	}
	if err != nil {
		return reasonMsgpackEnd
	}
	return ""
}

func (r *msgpackReader) attach(b []byte) {
	r.out = AppendPlaceholder(r.out, len(r.attachments))
	r.attachments = append(r.attachments, b[:len(b):len(b)])
}

func (r *msgpackReader) integer() error {
	if i, rest, err := msgp.ReadInt64Bytes(r.in); err == nil {
		r.in, r.out = rest, strconv.AppendInt(r.out, i, 10)
		return nil
	}
	u, rest, err := msgp.ReadUint64Bytes(r.in)
	if err == nil {
		r.in, r.out = rest, strconv.AppendUint(r.out, u, 10)
	}
	return err
}

// float writes a number as JSON.stringify does, but for the exponent's sign.
func (r *msgpackReader) float(f float64) {
	abs := math.Abs(f)
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		r.out = append(r.out, "null"...)
	case abs != 0 && (abs < 1e-6 || abs >= 1e21):
		r.out = strconv.AppendFloat(r.out, f, 'e', -1, 64)
	default:
		r.out = strconv.AppendFloat(r.out, f, 'f', -1, 64)
	}
}

func (r *msgpackReader) array(depth int) (reason string) {
	if depth == 0 {
		return reasonMsgpackDepth
	}
	n, reason := r.header(msgp.ArrayType)
	if reason != "" {
		return reason
	}
	r.out = append(r.out, '[')
	for i := range n {
		if i > 0 {
			r.out = append(r.out, ',')
		}
		if reason = r.value(depth - 1); reason != "" {
			return reason
		}
	}
	r.out = append(r.out, ']')
	return ""
}

func (r *msgpackReader) object(depth int) (reason string) {
	if depth == 0 {
		return reasonMsgpackDepth
	}
	n, reason := r.header(msgp.MapType)
	if reason != "" {
		return reason
	}
	r.out = append(r.out, '{')
	empty := len(r.out)
	for range n {
		before := len(r.out)
		if before > empty {
			r.out = append(r.out, ',')
		}
		if reason = r.key(); reason != "" {
			return reason
		}
		if r.undefined() {
			r.out = r.out[:before]
			continue
		}
		r.out = append(r.out, ':')
		if reason = r.value(depth - 1); reason != "" {
			return reason
		}
	}
	r.out = append(r.out, '}')
	return ""
}

var plainPlaceholderKey = []byte("_placeholder")

// key writes a key. Numbers are keys of their text, as in JavaScript.
func (r *msgpackReader) key() (reason string) {
	if len(r.in) == 0 {
		return reasonMsgpackEnd
	}
	switch msgp.NextType(r.in) {
	case msgp.StrType:
		s, rest, err := msgp.ReadStringZC(r.in)
		if err != nil {
			return reasonMsgpackEnd
		}
		r.in = rest
		if bytes.Equal(s, plainPlaceholderKey) {
			r.out = append(r.out, `"\u005fplaceholder"`...)
		} else {
			r.out = AppendJSONString(r.out, msgp.UnsafeString(s))
		}
		return ""
	case msgp.IntType, msgp.UintType:
		r.out = append(r.out, '"')
		if r.integer() != nil {
			return reasonMsgpackEnd
		}
		r.out = append(r.out, '"')
		return ""
	}
	return reasonMsgpackKey
}

func isExtension(lead byte) bool { return lead >= 0xc7 && lead <= 0xc9 || lead >= 0xd4 && lead <= 0xd8 }

// extension converts what notepack.io knows: undefined, Date, ArrayBuffer. Of
// others it makes an array of type and bytes, and so does this.
func (r *msgpackReader) extension(depth int) (reason string) {
	if r.undefined() {
		r.out = append(r.out, "null"...)
		return ""
	}
	lead := r.in[0]
	kind, body, size := r.extensionParts()
	if size < 0 {
		return reasonMsgpackEnd
	}
	r.in = r.in[size:]
	switch {
	case kind == 0 && lead == 0xd7:
		r.date(int64(binary.BigEndian.Uint64(body)))
	case kind == 0 && lead <= 0xc9:
		r.attach(body)
	case depth == 0:
		return reasonMsgpackDepth
	default:
		r.out = append(r.out, '[')
		r.out = strconv.AppendInt(r.out, int64(kind), 10)
		r.out = append(r.out, ',')
		r.attach(body)
		r.out = append(r.out, ']')
	}
	return ""
}

// extensionParts splits the extension that in begins with; size is -1 when it
// is not all there.
func (r *msgpackReader) extensionParts() (kind int8, body []byte, size int) {
	b := r.in
	head, n := 2, 0
	switch lead := b[0]; {
	case lead >= 0xd4:
		n = 1 << (lead - 0xd4)
	case len(b) < 5: // too short for any other: 3 bytes of header, or more
		if head = 3; lead != 0xc7 || len(b) < head {
			return 0, nil, -1
		}
		n = int(b[1])
	case lead == 0xc7:
		head, n = 3, int(b[1])
	case lead == 0xc8:
		head, n = 4, int(binary.BigEndian.Uint16(b[1:]))
	default:
		head, n = 6, int(binary.BigEndian.Uint32(b[1:]))
	}
	if len(b) < head || n > len(b)-head {
		return 0, nil, -1
	}
	return int8(b[head-1]), b[head : head+n], head + n
}

// maxDate is the range of JavaScript's Date, in milliseconds around 1970.
const maxDate = 8_640_000_000_000_000

// date writes what Date's toJSON gives.
func (r *msgpackReader) date(ms int64) {
	if ms < -maxDate || ms > maxDate {
		r.out = append(r.out, "null"...)
		return
	}
	t := time.UnixMilli(ms).UTC()
	r.out = append(r.out, '"')
	if y := t.Year(); y < 0 || y > 9999 {
		sign := byte('+')
		if y < 0 {
			sign, y = '-', -y
		}
		r.out = append(r.out, sign, byte('0'+y/100000), byte('0'+y/10000%10), byte('0'+y/1000%10),
			byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10))
		r.out = t.AppendFormat(r.out, "-01-02T15:04:05.000Z")
	} else {
		r.out = t.AppendFormat(r.out, "2006-01-02T15:04:05.000Z")
	}
	r.out = append(r.out, '"')
}
