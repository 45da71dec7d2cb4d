package httpparse

import "bytes"

// QueryGet gives the value, still encoded, of the first pair in a query whose
// key, decoded, is key. A pair without '=' has an empty value, which is not
// nil.
func QueryGet(rawQuery []byte, key string) (raw []byte, ok bool) {
	for len(rawQuery) > 0 {
		var k, v []byte
		if k, v, rawQuery = NextPair(rawQuery); equalEncoded(k, key) {
			return v, true
		}
	}
	return nil, false
}

// NextPair splits the first pair off a query, both halves still encoded. The
// query is done when rest is empty. Only '&' separates.
func NextPair(rawQuery []byte) (key, value, rest []byte) {
	pair, rest, _ := bytes.Cut(rawQuery, []byte{'&'})
	key, value, ok := bytes.Cut(pair, []byte{'='})
	if !ok {
		value = pair[len(pair):]
	}
	return key, value, rest
}

// equalEncoded reports whether raw, decoded as a part of a query, is s.
func equalEncoded(raw []byte, s string) bool {
	for i := range len(s) {
		if len(raw) == 0 {
			return false
		}
		c, n := raw[0], 1
		switch c {
		case '+':
			c = ' '
		case '%':
			if c, n = unhex(raw); n == 0 {
				return false
			}
		}
		if c != s[i] {
			return false
		}
		raw = raw[n:]
	}
	return len(raw) == 0
}

// Unescape appends s to dst with its percent escapes decoded, and each '+' as
// a space if plusIsSpace (true for queries and forms, false for paths). A
// broken escape is an [*Error] with status 400; dst is then returned as it
// came. dst may be s[:0] to decode in place.
func Unescape(dst, s []byte, plusIsSpace bool) ([]byte, error) {
	out := dst
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '+' && plusIsSpace:
			c = ' '
		case c == '%':
			d, n := unhex(s[i:])
			if n == 0 {
				return dst, fail(400, i, "bad percent escape")
			}
			c, i = d, i+n-1
		}
		out = append(out, c)
	}
	return out, nil
}

// unhex decodes "%41" at the start of b; n is 3, or 0 if it is broken.
func unhex(b []byte) (c byte, n int) {
	if len(b) < 3 || class[b[1]]&isHex == 0 || class[b[2]]&isHex == 0 {
		return 0, 0
	}
	return nibble(b[1])<<4 | nibble(b[2]), 3
}

// nibble is the worth of a hexadecimal digit.
func nibble(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return lower[c] - 'a' + 10
}
