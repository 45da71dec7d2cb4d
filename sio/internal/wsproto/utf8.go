package wsproto

import "unicode/utf8"

// validPrefix checks text which may end inside a character. It returns how
// many bytes are whole valid characters; the rest, at most 3 bytes, is the
// beginning of one. ok is false as soon as no continuation can make p valid,
// so a text is refused at the byte which breaks it.
func validPrefix(p []byte) (n int, ok bool) {
	n = len(p)
	for i := 1; i < utf8.UTFMax && i <= len(p); i++ {
		if tail := p[len(p)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				n = len(p) - i
			}
			break
		}
	}
	return n, utf8.Valid(p[:n])
}
