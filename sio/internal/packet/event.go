package packet

import "bytes"

const (
	reasonNotObject = "event data is not an object"
	reasonNotEvent  = "event data is not an array"
	reasonName      = "event name is neither string nor number"
	reasonNoName    = "event without a name"
)

// SplitEvent splits the data of a protocol 5 event, `["name",1,2]`, which
// ParseRev5 has checked. The name may be a number (numeric); it is then the
// text of that number. The name is a slice of data unless it contains an
// escape.
func SplitEvent(data []byte) (name []byte, numeric bool, args Args, err error) {
	raw, numeric, end, reason := eventName(data)
	if reason != "" {
		return nil, false, nil, fail(end, reason)
	}
	if name = raw; !numeric {
		name = unquote(raw)
	}
	rest := trimSpace(data[end:])
	if len(rest) == 0 || rest[len(rest)-1] != ']' {
		return nil, false, nil, fail(len(data), reasonEnd)
	}
	if rest[0] == ',' {
		args = Args(trimSpace(rest[1 : len(rest)-1]))
	}
	return name, numeric, args, nil
}

// eventName finds the first element of an event's array: the text of a number,
// or what stands between a string's quotes, with its escapes; and the offset
// after it.
func eventName(data []byte) (raw []byte, numeric bool, end int, reason string) {
	if len(data) == 0 || data[0] != '[' {
		return nil, false, 0, reasonNotEvent
	}
	start := skipSpace(data, 1)
	if start >= len(data) || data[start] == ']' {
		return nil, false, start, reasonNoName
	}
	end = skipValue(data, start)
	switch c := data[start]; {
	case c == '"' && end-start >= 2:
		return data[start+1 : end-1 : end-1], false, end, ""
	case c == '-' || c-'0' <= 9:
		return data[start:end:end], true, end, ""
	}
	return nil, false, start, reasonName
}

// SplitAck gives the arguments of an acknowledgement from the data of a parsed
// Ack or BinaryAck of either generation. No data, which revision 1 sends for an
// empty answer, means no arguments. A value that is not an array (revision 1
// only, and no client sends it) is one argument.
func SplitAck(data []byte) (Args, error) {
	data = trimSpace(data)
	if len(data) == 0 || data[0] != '[' {
		return Args(data), nil
	}
	if len(data) < 2 || data[len(data)-1] != ']' {
		return nil, fail(len(data), reasonEnd)
	}
	return Args(trimSpace(data[1 : len(data)-1])), nil
}

// SplitRev1Event checks and splits the data of a revision 1 event,
// `{"name":"x","args":[1,2]}`. Keys come in any order, unknown ones are
// ignored, and of two equal ones the last counts, as in JSON.parse. Args that
// are not an array are one argument; missing or null, they are none. A name
// that is a number is taken as its text, which is what a JavaScript emitter
// makes of it.
func SplitRev1Event(data []byte) (name []byte, args Args, err error) {
	var e rev1Event
	if end, reason := e.scan(data); reason != "" {
		return nil, nil, fail(end, reason)
	}
	if e.name == nil {
		return nil, nil, fail(0, reasonNoName)
	}
	if name = e.name; name[0] == '"' {
		name = unquote(name[1 : len(name)-1 : len(name)-1])
	} else if name[0] != '-' && name[0]-'0' > 9 {
		return nil, nil, fail(0, reasonName)
	}
	switch {
	case len(e.args) == 0, e.args[0] == 'n':
	case e.args[0] == '[':
		args = Args(trimSpace(e.args[1 : len(e.args)-1]))
	default:
		args = Args(e.args)
	}
	return name, args, nil
}

// rev1Event collects the two members of a revision 1 event, as JSON text.
type rev1Event struct{ name, args []byte }

// scan checks the whole text while it looks for the members, so that it is read
// only once.
func (e *rev1Event) scan(b []byte) (int, string) {
	i := skipSpace(b, 0)
	if i >= len(b) || b[i] != '{' {
		return i, reasonNotObject
	}
	if i = skipSpace(b, i+1); i < len(b) && b[i] == '}' {
		return checkEnd(b, i+1)
	}
	for {
		var reason string
		if i, reason = e.member(b, i); reason != "" {
			return i, reason
		}
		if i = skipSpace(b, i); i >= len(b) {
			return i, reasonEnd
		}
		switch b[i] {
		case '}':
			return checkEnd(b, i+1)
		case ',':
			i = skipSpace(b, i+1)
		default:
			return i, reasonSyntax
		}
	}
}

// member consumes one key and its value.
func (e *rev1Event) member(b []byte, i int) (int, string) {
	key := i
	i, reason := checkKey(b, i)
	if reason != "" {
		return i, reason
	}
	end := skipString(b, key)
	start := skipSpace(b, i)
	if i, reason = checkValue(b, start, MaxDepth-1); reason != "" {
		return i, reason
	}
	switch value := b[start:i:i]; {
	case keyIs(b[key+1:end-1], "name"):
		e.name = value
	case keyIs(b[key+1:end-1], "args"):
		e.args = value
	}
	return i, ""
}

// keyIs compares the raw text of a key, escapes and all, with a name. Every
// character of a name takes at most six bytes as an escape.
func keyIs(raw []byte, name string) bool {
	if string(raw) == name {
		return true
	}
	if len(raw) > 6*len(name) || bytes.IndexByte(raw, '\\') < 0 {
		return false
	}
	var buf [96]byte
	return string(appendUnescaped(buf[:0], raw)) == name
}

// AppendEventRev5 appends the data of a protocol 5 event, `["name",args]`.
func AppendEventRev5(dst []byte, name string, args Args) []byte {
	dst = append(dst, '[')
	dst = AppendJSONString(dst, name)
	if len(args) > 0 {
		dst = append(dst, ',')
		dst = append(dst, args...)
	}
	return append(dst, ']')
}

// AppendEventRev1 appends the data of a revision 1 event,
// `{"name":"x","args":[args]}`, without the args when there are none, as the
// clients' own encoders do.
func AppendEventRev1(dst []byte, name string, args Args) []byte {
	dst = append(dst, `{"name":`...)
	dst = AppendJSONString(dst, name)
	if len(args) > 0 {
		dst = append(dst, `,"args":[`...)
		dst = EscapeLineSeparators(dst, args)
		dst = append(dst, ']')
	}
	return append(dst, '}')
}
