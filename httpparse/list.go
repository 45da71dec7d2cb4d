package httpparse

import "bytes"

// NextToken splits the first element, without the white space around it, off
// a comma-separated list (RFC 9110 section 5.6.1). Elements may be empty; the
// list is done when rest is empty.
func NextToken(list []byte) (token, rest []byte) {
	if i := bytes.IndexByte(list, ','); i >= 0 {
		return trim(list[:i]), list[i+1:]
	}
	return trim(list), nil
}

// HasToken reports whether the comma-separated list contains the token, in any
// case of its letters. The empty token is in no list.
func HasToken(list []byte, token string) bool {
	for token != "" && len(list) > 0 {
		var t []byte
		if t, list = NextToken(list); EqualFold(t, token) {
			return true
		}
	}
	return false
}
