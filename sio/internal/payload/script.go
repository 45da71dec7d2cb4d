package payload

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// AppendScriptString appends text as a string literal of JavaScript, which is
// JSON too, for a <script> or a script file. Beside what JSON asks for it
// escapes
//
//   - U+2028 and U+2029, which end a line of a script before ES2019
//   - "<", so that no "</script>" or "<!--" in a message ends the element. (An
//     escaped "/" would do for the first of them, but clients from 0.9.15 undo
//     that once more than JavaScript does.)
//
// What is not UTF-8 passes as it is: the client's decoder makes U+FFFD of it,
// as [UTF16Len] has counted it.
func AppendScriptString(dst, text []byte, escapeTag bool) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(text); {
		c, size := text[i], 1
		switch {
		case c == '"' || c == '\\' || c < ' ' || c == '<' && escapeTag:
		case isLineSeparator(text[i:]):
			size = 3
		default:
			i++
			continue
		}
		dst = append(dst, text[start:i]...)
		dst = appendScriptEscape(dst, text[i:i+size])
		i += size
		start = i
	}
	dst = append(dst, text[start:]...)
	return append(dst, '"')
}

// isLineSeparator reports whether b begins with U+2028 or U+2029.
func isLineSeparator(b []byte) bool {
	return b[0] == 0xE2 && len(b) >= 3 && b[1] == 0x80 && b[2]|1 == 0xA9
}

func appendScriptEscape(dst, char []byte) []byte {
	r, _ := utf8.DecodeRune(char)
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return appendUnit(dst, r)
}

// appendUnit appends the escape of one UTF-16 code unit.
func appendUnit(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
