package payload

import (
	"encoding/binary"
	"unicode/utf8"
)

// Lengths in UTF-16 code units: one for a character of the basic plane, two for
// one beyond it. What is not UTF-8 counts as browsers read it: each maximal
// subpart of an ill-formed sequence becomes one U+FFFD (WHATWG Encoding,
// section 8.1.1; Unicode 16, table 3-8). Go's decoder takes such bytes one by
// one instead, hence illFormed.

// UTF16Len counts the UTF-16 code units of b as a browser decodes it.
func UTF16Len(b []byte) int {
	units := 0
	for i := 0; i < len(b); {
		if n := asciiRun(b[i:]); n > 0 {
			i, units = i+n, units+n
			continue
		}
		size, n := sequence(b[i:])
		i, units = i+size, units+n
	}
	return units
}

// utf16Prefix gives how many bytes of b make n code units. It fails when b has
// fewer, or when n cuts a character in two.
func utf16Prefix(b []byte, n int) (end int, ok bool) {
	for n > 0 && end < len(b) {
		limit := min(n, len(b)-end)
		if run := asciiRun(b[end : end+limit]); run > 0 {
			end, n = end+run, n-run
			continue
		}
		size, units := sequence(b[end:])
		end, n = end+size, n-units
	}
	return end, n == 0
}

// asciiRun gives the length of the ASCII text that b begins with.
func asciiRun(b []byte) int {
	const highs = 0x8080808080808080
	i := 0
	for len(b)-i >= 8 && binary.LittleEndian.Uint64(b[i:])&highs == 0 {
		i += 8
	}
	for i < len(b) && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// sequence measures the character, or the ill-formed sequence, that b begins
// with.
func sequence(b []byte) (size, units int) {
	r, size := utf8.DecodeRune(b)
	switch {
	case r == utf8.RuneError && size <= 1:
		return illFormed(b), 1
	case r > 0xFFFF:
		return size, 2
	}
	return size, 1
}

// illFormed gives the length of the maximal subpart of an ill-formed sequence:
// the lead byte and the continuation bytes that could have followed it, at least
// one byte.
func illFormed(b []byte) int {
	lo, hi, need := byte(0x80), byte(0xBF), 0
	switch c := b[0]; {
	case c >= 0xC2 && c <= 0xDF:
		need = 1
	case c >= 0xE0 && c <= 0xEF:
		need = 2
		if c == 0xE0 {
			lo = 0xA0
		} else if c == 0xED {
			hi = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		need = 3
		if c == 0xF0 {
			lo = 0x90
		} else if c == 0xF4 {
			hi = 0x8F
		}
	}
	n := 1
	for n <= need && n < len(b) && b[n] >= lo && b[n] <= hi {
		lo, hi = 0x80, 0xBF
		n++
	}
	return n
}
