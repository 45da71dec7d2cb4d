package packet

import (
	"bytes"
	"strconv"
)

// Binary values of protocol 5 travel as messages of their own behind the
// packet; in its JSON each is represented by a placeholder,
// {"_placeholder":true,"num":0}, the number being the index of the attachment.
//
// A placeholder here is an object with "_placeholder":true that holds no array
// and no object, its keys in any order and written without escapes. Objects
// without inner ones are found in one pass without a stack, so nesting costs
// nothing. Two things differ from the reference on purpose. It would replace an
// object with inner ones too; no client makes such. And it takes a number that
// occurs twice, because in JavaScript both places share one buffer; where the
// bytes are copied, as ReplacePlaceholders does, this would let a peer multiply
// its attachments at will. No encoder ever writes a number twice.

const reasonAttachments = "illegal attachments"

var placeholderKey = []byte(`"_placeholder"`)

// FindPlaceholders checks every placeholder in args: its number must be there,
// below attachments, and not have occurred before. An attachment that no
// placeholder names is allowed, as in the reference.
func FindPlaceholders(args Args, attachments int) error {
	var few [4]uint64
	seen := few[:]
	if attachments > 64*len(few) {
		seen = make([]uint64, (attachments+63)/64)
	}
	for i := 0; ; {
		start, end, num := nextPlaceholder(args, i)
		if end < 0 {
			return nil
		}
		if num < 0 || num >= attachments || seen[num>>6]>>(num&63)&1 == 1 {
			return fail(start, reasonAttachments)
		}
		seen[num>>6] |= 1 << (num & 63)
		i = end
	}
}

// ReplacePlaceholders appends args with each placeholder replaced by what f
// appends for its number, for example the attachment as a base64 string. It
// fails on a placeholder without a proper number. It does not bound the
// numbers: call FindPlaceholders first, once all attachments are there.
func ReplacePlaceholders(dst []byte, args Args, f func(dst []byte, num int) []byte) ([]byte, error) {
	for i := 0; ; {
		start, end, num := nextPlaceholder(args, i)
		if end < 0 {
			return append(dst, args[i:]...), nil
		}
		if num < 0 {
			return dst, fail(start, reasonAttachments)
		}
		dst = f(append(dst, args[i:start]...), num)
		i = end
	}
}

// IsPlaceholder reports whether elem, the text of one JSON value, is a
// placeholder, and of which attachment.
func IsPlaceholder(elem []byte) (num int, ok bool) {
	elem = trimSpace(elem)
	if len(elem) == 0 || elem[0] != '{' {
		return 0, false
	}
	start, end, num := nextPlaceholder(elem, 0)
	if start != 0 || end != len(elem) || num < 0 {
		return 0, false
	}
	return num, true
}

// AppendPlaceholder appends the placeholder of attachment num, as the reference
// writes it.
func AppendPlaceholder(dst []byte, num int) []byte {
	dst = append(dst, `{"_placeholder":true,"num":`...)
	dst = strconv.AppendInt(dst, int64(num), 10)
	return append(dst, '}')
}

// nextPlaceholder finds the first placeholder at or after b[i:], which must not
// lie inside a string. It gives its borders and its number, -1 for a number
// that is missing or not a whole one; end is -1 when there is no placeholder.
func nextPlaceholder(b []byte, i int) (start, end, num int) {
	if !bytes.Contains(b[i:], placeholderKey) {
		return 0, -1, 0
	}
	open := -1 // where the innermost object opens, while it has no inner ones
	for i < len(b) {
		switch b[i] {
		case '"':
			i = skipString(b, i)
			continue
		case '{':
			open = i
		case '[', ']':
			open = -1
		case '}':
			if open >= 0 {
				if num, ok := flatPlaceholder(b[open+1 : i]); ok {
					return open, i + 1, num
				}
			}
			open = -1
		}
		i++
	}
	return 0, -1, 0
}

// flatPlaceholder reads the members of an object without inner ones.
func flatPlaceholder(members []byte) (num int, ok bool) {
	num = -1
	for i := skipSpace(members, 0); i < len(members); i = skipSpace(members, i) {
		keyEnd := skipValue(members, i)
		key := members[i:keyEnd]
		i = skipSpace(members, keyEnd)
		if i >= len(members) || members[i] != ':' {
			return 0, false
		}
		i = skipSpace(members, i+1)
		if i >= len(members) {
			return 0, false
		}
		valueEnd := skipValue(members, i)
		value := members[i:valueEnd]
		switch string(key) {
		case `"_placeholder"`:
			ok = string(value) == "true"
		case `"num"`:
			num = wholeNumber(value)
		}
		if i = skipSpace(members, valueEnd); i < len(members) {
			i++ // the comma
		}
	}
	return num, ok
}

// wholeNumber reads a small decimal number, -1 when b is anything else.
func wholeNumber(b []byte) int {
	v, end, ok := digits(b, 0)
	if !ok || end == 0 || end < len(b) || v > 1<<30 {
		return -1
	}
	return int(v)
}
