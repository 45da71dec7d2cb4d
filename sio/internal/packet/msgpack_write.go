package packet

import (
	"slices"
	"strconv"

	"github.com/tinylib/msgp/msgp"
)

// AppendMsgpack appends a packet in the form of the msgpack parser. Data is
// checked JSON text as for AppendRev5, in which placeholders stand for the
// attachments; there may be any number of them. Types with attachments become
// those without.
func AppendMsgpack(dst []byte, p *Packet, attachments [][]byte) []byte {
	t := p.Type
	if t == BinaryEvent || t == BinaryAck {
		t -= BinaryEvent - Event
	}
	n := uint32(2)
	if len(p.Data) > 0 {
		n++
	}
	if p.HasID {
		n++
	}
	dst = msgp.AppendMapHeader(dst, n)
	dst = msgp.AppendUint8(msgp.AppendString(dst, "type"), byte(t))
	dst = msgp.AppendString(dst, "nsp")
	switch {
	case len(p.Query) > 0: // protocol 4
		dst = msgp.AppendStringFromBytes(dst, slices.Concat(p.Namespace, []byte{'?'}, p.Query))
	case isRoot(p.Namespace):
		dst = msgp.AppendString(dst, "/")
	default:
		dst = msgp.AppendStringFromBytes(dst, p.Namespace)
	}
	if p.HasID {
		dst = msgp.AppendUint64(msgp.AppendString(dst, "id"), p.ID)
	}
	if len(p.Data) > 0 {
		w := msgpackWriter{in: p.Data, out: msgp.AppendString(dst, "data"), attachments: attachments}
		w.count()
		dst = w.all()
	}
	return dst
}

// msgpackWriter turns checked JSON into msgpack. An array or map is written
// behind its size, so that the elements are counted first, of all at once.
type msgpackWriter struct {
	in, out     []byte
	attachments [][]byte
	few         [16]uint32
	counts      []uint32 // elements of arrays and maps, in the order of their openings
	scratch     []byte
}

// count fills in counts, in one pass.
func (w *msgpackWriter) count() {
	w.counts = w.few[:0]
	var few [32]int
	open := few[:0] // which of counts the open arrays and maps are
	for i := 0; i < len(w.in); {
		switch w.in[i] {
		case '"':
			i = skipString(w.in, i)
			continue
		case '[', '{':
			open = append(open, len(w.counts))
			n := uint32(1)
			if j := skipSpace(w.in, i+1); j < len(w.in) && (w.in[j] == ']' || w.in[j] == '}') {
				n = 0
			}
			w.counts = append(w.counts, n)
		case ',':
			if len(open) > 0 {
				w.counts[open[len(open)-1]]++
			}
		case ']', '}':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
		i++
	}
}

// all writes the text from left to right: structure needs no stack, since sizes
// come first and nothing closes.
func (w *msgpackWriter) all() []byte {
	b := w.in
	for i := 0; i < len(b); {
		switch c := b[i]; c {
		case ' ', '\t', '\r', '\n', ',', ':', ']', '}':
			i++
		case '"':
			end := skipString(b, i)
			w.text(b[i+1 : max(end-1, i+1)])
			i = end
		case '[':
			w.out = msgp.AppendArrayHeader(w.out, w.next())
			i++
		case '{':
			i = w.object(i)
		default:
			end := skipValue(b, i)
			w.word(b[i:end])
			i = max(end, i+1)
		}
	}
	return w.out
}

func (w *msgpackWriter) next() uint32 {
	if len(w.counts) == 0 {
		return 0 // unchecked text
	}
	n := w.counts[0]
	w.counts = w.counts[1:]
	return n
}

// object writes the size of a map, or the attachment that it stands for.
func (w *msgpackWriter) object(i int) (end int) {
	n := w.next()
	if n >= 2 && len(w.attachments) > 0 {
		if end, num := w.placeholder(i); end > 0 {
			w.out = msgp.AppendBytes(w.out, w.attachments[num])
			return end
		}
	}
	w.out = msgp.AppendMapHeader(w.out, n)
	return i + 1
}

// placeholder reads the flat object at i, if it is one.
func (w *msgpackWriter) placeholder(i int) (end, num int) {
	for end = i + 1; end < len(w.in); {
		switch w.in[end] {
		case '"':
			end = skipString(w.in, end)
			continue
		case '{', '[':
			return 0, 0
		case '}':
			if num, ok := flatPlaceholder(w.in[i+1 : end]); ok && num >= 0 && num < len(w.attachments) {
				return end + 1, num
			}
			return 0, 0
		}
		end++
	}
	return 0, 0
}

func (w *msgpackWriter) text(raw []byte) {
	w.scratch = appendUnescaped(w.scratch[:0], raw)
	w.out = msgp.AppendStringFromBytes(w.out, w.scratch)
}

// word writes null, a boolean or a number.
func (w *msgpackWriter) word(b []byte) {
	switch b[0] {
	case 'n':
		w.out = msgp.AppendNil(w.out)
		return
	case 't', 'f':
		w.out = msgp.AppendBool(w.out, b[0] == 't')
		return
	}
	if i, err := strconv.ParseInt(msgp.UnsafeString(b), 10, 64); err == nil && (i != 0 || b[0] == '0') {
		if i >= 0 {
			w.out = msgp.AppendUint64(w.out, uint64(i))
		} else {
			w.out = msgp.AppendInt64(w.out, i)
		}
		return
	}
	if u, err := strconv.ParseUint(msgp.UnsafeString(b), 10, 64); err == nil && b[0] != '-' {
		w.out = msgp.AppendUint64(w.out, u)
		return
	}
	f, _ := strconv.ParseFloat(msgp.UnsafeString(b), 64) // out of range: infinite, as in JSON.parse
	w.out = msgp.AppendFloat64(w.out, f)
}
