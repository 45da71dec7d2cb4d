package packet

// Args is the JSON text of an event's or acknowledgement's arguments: what
// stands between the brackets, without the name, trimmed, nothing decoded, as
// in `"a",{"b":1}`. Empty means no arguments. The text is taken to have been
// checked (see the package documentation).
type Args []byte

// Next splits off the first argument. It gives that argument's JSON text,
// trimmed, and the arguments after it; ok is false when there is none. Taking
// all arguments one by one costs one pass over the text and no memory.
func (a Args) Next() (elem []byte, rest Args, ok bool) {
	i := skipSpace(a, 0)
	if i >= len(a) {
		return nil, nil, false
	}
	end := skipValue(a, i)
	elem = a[i:end:end]
	if end = skipSpace(a, end); end < len(a) {
		rest = a[end+1:] // the comma
	}
	return elem, rest, len(elem) > 0
}

// Len counts the arguments, in one pass over the text.
func (a Args) Len() int {
	n := 0
	for {
		_, rest, ok := a.Next()
		if !ok {
			return n
		}
		n++
		a = rest
	}
}

// skipValue gives the offset after the checked value that starts at b[i].
func skipValue(b []byte, i int) int {
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		return skipNested(b, i)
	}
	for i < len(b) && b[i] != ',' && b[i] != ']' && b[i] != '}' && b[i] != ':' && !isSpace(b[i]) {
		i++
	}
	return i
}

// skipString gives the offset after the string whose opening quote is b[i].
func skipString(b []byte, i int) int {
	for i++; i < len(b); {
		if i = skipPlain(b, i); i >= len(b) {
			break
		}
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i += 2
		default:
			i++
		}
	}
	return len(b)
}

// skipNested gives the offset after the array or object that opens at b[i]. In
// checked text the brackets match, so counting them is enough.
func skipNested(b []byte, i int) int {
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			i = skipString(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(b)
}
