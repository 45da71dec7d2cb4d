package packet

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// AppendJSONString appends s as a JSON string. Control characters, quote and
// backslash are escaped as JSON.stringify does; U+2028 and U+2029 are escaped
// too, which 0.7 clients need and the others take; each byte that is not UTF-8
// becomes U+FFFD.
func AppendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		r, size := rune(c), 1
		if c >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
			if !(r == utf8.RuneError && size == 1) && r != '\u2028' && r != '\u2029' {
				i += size
				continue
			}
		}
		dst = append(dst, s[start:i]...)
		dst = appendEscape(dst, r)
		i += size
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// appendEscape appends one character that AppendJSONString does not copy.
func appendEscape(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case utf8.RuneError:
		return utf8.AppendRune(dst, r)
	}
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// EscapeLineSeparators appends the JSON text json with each raw U+2028 and
// U+2029 (which can only stand inside strings) written as an escape. The
// revision 1 parsers of the clients use regular expressions whose dot does not
// match them: 0.7 drops the packet, and all versions lose the data of an ack.
func EscapeLineSeparators(dst, json []byte) []byte {
	for {
		i := bytes.IndexByte(json, 0xE2)
		if i < 0 {
			return append(dst, json...)
		}
		if n := len(json) - i; n >= 3 && json[i+1] == 0x80 && json[i+2]|1 == 0xA9 {
			dst = append(dst, json[:i]...)
			dst = append(dst, '\\', 'u', '2', '0', '2', '0'+json[i+2]&15)
			json = json[i+3:]
			continue
		}
		dst = append(dst, json[:i+1]...)
		json = json[i+1:]
	}
}

// hex4 reads the code unit of the escape "\uXXXX" that b begins with.
func hex4(b []byte) (unit rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, c := range b[2:6] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = (c | 0x20) - 'a' + 10
		default:
			return 0, false
		}
		unit = unit<<4 | rune(c)
	}
	return unit, true
}

// unquote gives the text of a JSON string without its quotes. It allocates only
// when there is an escape in it.
func unquote(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return appendUnescaped(make([]byte, 0, len(raw)), raw)
}

// appendUnescaped appends the text of a checked JSON string. A surrogate
// without its other half becomes U+FFFD.
func appendUnescaped(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 || i+1 >= len(raw) {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		raw = raw[i:]
		n := 2
		if raw[1] == 'u' {
			dst, n = appendUnit(dst, raw)
		} else {
			dst = append(dst, unescape[raw[1]])
		}
		raw = raw[n:]
	}
}

var unescape = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// appendUnit appends the character of the \u escape, or of the surrogate pair,
// that raw begins with, and gives its length in raw.
func appendUnit(dst, raw []byte) ([]byte, int) {
	r, ok := hex4(raw)
	if !ok {
		return utf8.AppendRune(dst, utf8.RuneError), 2
	}
	if utf16.IsSurrogate(r) {
		if low, ok := hex4(raw[6:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return utf8.AppendRune(dst, pair), 12
			}
		}
	}
	return utf8.AppendRune(dst, r), 6 // AppendRune turns a lone surrogate into U+FFFD
}
