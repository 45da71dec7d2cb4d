package packet

import (
	"encoding/binary"
	"math/bits"
)

// The JSON syntax check (RFC 8259) is one loop over the text and a stack of one
// bit a level, so that nesting costs neither recursion nor memory. Its parts
// take the text and an offset and answer the offset after what they consumed,
// and a reason that is empty when all went well; else the offset is where the
// fault lies.

// MaxDepth is how deep the arrays and objects of one packet may be nested.
const MaxDepth = 512

// depthLimit bounds the depth that Valid can be asked to allow.
const depthLimit = 1024

const (
	reasonEnd     = "unexpected end of JSON"
	reasonSyntax  = "invalid JSON"
	reasonDepth   = "JSON nested too deep"
	reasonEscape  = "invalid escape in JSON string"
	reasonControl = "control character in JSON string"
	reasonNumber  = "invalid JSON number"
)

// Valid checks that b is one JSON value, with white space around it or none,
// and that its arrays and objects are nested at most maxDepth deep (0 allows
// plain values only; more than 1024 means 1024). It does not check UTF-8.
func Valid(b []byte, maxDepth int) error {
	if i, reason := check(b, maxDepth); reason != "" {
		return fail(i, reason)
	}
	return nil
}

// check is Valid without an allocation for the error.
func check(b []byte, maxDepth int) (int, string) {
	i, reason := checkValue(b, 0, maxDepth)
	if reason != "" {
		return i, reason
	}
	return checkEnd(b, i)
}

// checkEnd checks that nothing but white space follows.
func checkEnd(b []byte, i int) (int, string) {
	if i = skipSpace(b, i); i < len(b) {
		return i, reasonSyntax
	}
	return i, ""
}

// nest is the stack of open arrays and objects.
type nest struct {
	bits       [depthLimit / 64]uint64 // 1: object
	depth, max int
}

func (n *nest) push(object uint64) bool {
	if n.depth >= n.max {
		return false
	}
	word, bit := n.depth>>6, uint(n.depth)&63
	n.bits[word] = n.bits[word]&^(1<<bit) | object<<bit
	n.depth++
	return true
}

func (n *nest) inObject() bool {
	top := n.depth - 1
	return n.bits[top>>6]>>(uint(top)&63)&1 == 1
}

// checkValue checks the value at b[i:], white space before it allowed.
func checkValue(b []byte, i, maxDepth int) (int, string) {
	n := nest{max: min(maxDepth, depthLimit)}
	for {
		var opened bool
		var reason string
		i, opened, reason = n.begin(b, skipSpace(b, i))
		if reason != "" {
			return i, reason
		}
		if opened {
			continue
		}
		var more bool
		if i, more, reason = n.after(b, i); reason != "" || !more {
			return i, reason
		}
	}
}

// begin consumes a plain value or an empty array or object, or else the opening
// of one up to where its first value is due (opened).
func (n *nest) begin(b []byte, i int) (end int, opened bool, reason string) {
	if i >= len(b) {
		return i, false, reasonEnd
	}
	switch b[i] {
	case '"':
		end, reason = checkString(b, i)
	case '{':
		return n.open(b, i, 1, '}')
	case '[':
		return n.open(b, i, 0, ']')
	case 't':
		end, reason = checkWord(b, i, "true")
	case 'f':
		end, reason = checkWord(b, i, "false")
	case 'n':
		end, reason = checkWord(b, i, "null")
	default:
		end, reason = checkNumber(b, i)
	}
	return end, false, reason
}

func (n *nest) open(b []byte, i int, object uint64, closing byte) (end int, opened bool, reason string) {
	if !n.push(object) {
		return i, false, reasonDepth
	}
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == closing {
		n.depth--
		return i + 1, false, ""
	}
	if object == 1 {
		i, reason = checkKey(b, i)
	}
	return i, true, reason
}

// after consumes what may follow a value: closings, and a comma up to where the
// next value is due (more). Without more, the outermost value has ended.
func (n *nest) after(b []byte, i int) (end int, more bool, reason string) {
	for n.depth > 0 {
		if i = skipSpace(b, i); i >= len(b) {
			return i, false, reasonEnd
		}
		c, object := b[i], n.inObject()
		switch {
		case c == ',' && object:
			i, reason = checkKey(b, skipSpace(b, i+1))
			return i, true, reason
		case c == ',':
			return i + 1, true, ""
		case c == '}' && object, c == ']' && !object:
			n.depth--
			i++
		default:
			return i, false, reasonSyntax
		}
	}
	return i, false, ""
}

// checkKey consumes a key and its colon.
func checkKey(b []byte, i int) (int, string) {
	if i >= len(b) {
		return i, reasonEnd
	}
	if b[i] != '"' {
		return i, reasonSyntax
	}
	i, reason := checkString(b, i)
	if reason != "" {
		return i, reason
	}
	if i = skipSpace(b, i); i >= len(b) {
		return i, reasonEnd
	}
	if b[i] != ':' {
		return i, reasonSyntax
	}
	return i + 1, ""
}

// checkString consumes the string whose opening quote is b[i].
func checkString(b []byte, i int) (int, string) {
	for i++; ; {
		if i = skipPlain(b, i); i >= len(b) {
			return i, reasonEnd
		}
		switch b[i] {
		case '"':
			return i + 1, ""
		case '\\':
			n := escapeLen(b[i:])
			if n == 0 {
				return i, reasonEscape
			}
			i += n
		default:
			return i, reasonControl
		}
	}
}

// escapeLen gives the length of the escape that b begins with, 0 for none.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(b); ok {
			return 6
		}
	}
	return 0
}

func checkWord(b []byte, i int, word string) (int, string) {
	if len(b)-i < len(word) || string(b[i:i+len(word)]) != word {
		return i, reasonSyntax
	}
	return i + len(word), ""
}

func checkNumber(b []byte, i int) (int, string) {
	start := i
	if i < len(b) && b[i] == '-' {
		i++
	}
	end := skipDigits(b, i)
	switch {
	case end == i && i == start:
		return start, reasonSyntax
	case end == i, b[i] == '0' && end > i+1:
		return start, reasonNumber
	}
	i = end
	if i < len(b) && b[i] == '.' {
		if end = skipDigits(b, i+1); end == i+1 {
			return start, reasonNumber
		}
		i = end
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if end = skipDigits(b, i); end == i {
			return start, reasonNumber
		}
		i = end
	}
	return i, ""
}

func skipDigits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

func trimSpace(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// skipPlain gives the offset of the first byte from i on that cannot stand as
// it is in a JSON string: quote, backslash, control character. Eight bytes at a
// time: in each mask the lowest set bit belongs to the first such byte, because
// a borrow disturbs only the bytes above.
func skipPlain(b []byte, i int) int {
	for len(b)-i >= 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		q, s := x^('"'*ones), x^('\\'*ones)
		m := ((x-' '*ones)&^x | (q-ones)&^q | (s-ones)&^s) & highs
		if m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		i += 8
	}
	for i < len(b) && b[i] >= ' ' && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}
