package httpparse

import (
	"encoding/binary"
	"math/bits"
)

// The classes of bytes, one table of flags, and scans that take eight bytes a
// step where a run is long (targets and field values).

const (
	isToken uint8 = 1 << iota // tchar, RFC 9110 section 5.6.2
	isHost                    // may stand in a Host value, RFC 3986 section 3.2
	isDigit                   // 0-9
	isHex                     // 0-9 a-f A-F
)

var class = func() (t [256]uint8) {
	for c := '0'; c <= '9'; c++ {
		t[c] |= isToken | isHost | isDigit | isHex
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c] |= isToken | isHost
		t[c-'a'+'A'] |= isToken | isHost
	}
	for _, c := range "abcdefABCDEF" {
		t[c] |= isHex
	}
	for _, c := range "!#$%&'*+-.^_`|~" {
		t[c] |= isToken
	}
	for _, c := range "-._~!$&'()*+,;=%:[]" {
		t[c] |= isHost
	}
	return t
}()

// lower folds ASCII letters only: a field name or token is never compared by
// the rules of a language.
var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// below marks, by their high bits, the bytes of x that are less than n (at
// most 128) or equal to DEL. Bytes from 128 are never marked. A borrow can mark
// a byte wrongly only above one marked rightly, so the lowest mark is exact.
func below(x, n uint64) uint64 {
	del := x ^ 0x7f*ones
	return ((x-n*ones)&^x | (del-ones)&^del) & highs
}

// endOfValue gives the first index from i that cannot stand in a field value:
// a control byte other than HTAB, or DEL (RFC 9110 section 5.5); len(b) if
// there is none.
func endOfValue(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		m := below(binary.LittleEndian.Uint64(b[i:]), 0x20)
		if m == 0 {
			continue
		}
		at := i + bits.TrailingZeros64(m)>>3
		if b[at] != '\t' {
			return at
		}
		i = at + 1 - 8 // go on behind the tab
	}
	for ; i < len(b); i++ {
		if c := b[i]; c < 0x20 && c != '\t' || c == 0x7f {
			return i
		}
	}
	return i
}

// endOfTarget gives the first index from i that cannot stand in a request
// target: a control byte, space or DEL; len(b) if there is none. Bytes from
// 128 pass: Internet Explorer puts raw text into query strings.
func endOfTarget(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		if m := below(binary.LittleEndian.Uint64(b[i:]), 0x21); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c < 0x21 || c == 0x7f {
			return i
		}
	}
	return i
}

// endOfToken gives the first index from i that is not a tchar, or len(b).
func endOfToken(b []byte, i int) int {
	for i < len(b) && class[b[i]]&isToken != 0 {
		i++
	}
	return i
}

// EqualFold reports whether b and s are equal but for the case of ASCII
// letters.
func EqualFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if lower[c] != lower[s[i]] {
			return false
		}
	}
	return true
}

// trim removes optional white space (RFC 9110 section 5.6.3) from both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}
