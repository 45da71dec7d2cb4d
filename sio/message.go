package sio

import "bytes"

// Message is what a client gave to send(). It is lent: valid until OnMessage
// returns, but for Reply.
type Message struct {
	e    *Event
	text []byte // revision 1's plain text; nil for JSON
}

// IsText reports whether the message is a text.
func (m Message) IsText() bool {
	return m.text != nil || len(m.e.args) > 0 && m.e.args[0] == '"'
}

// Text is the message if it is a text, else its JSON.
func (m Message) Text() string {
	if m.text != nil {
		return string(m.text)
	}
	var s string
	if m.IsText() && m.e.decode("message", &s) == nil {
		return s
	}
	return string(m.Raw())
}

// Raw is the message as it came: JSON, or for a text of revision 1 the text.
func (m Message) Raw() []byte {
	if m.text != nil {
		return m.text
	}
	elem, _, _ := m.e.args.Next()
	return elem
}

// Bytes is the message if it is binary data, else nil. It is a copy.
func (m Message) Bytes() []byte {
	elem, _, _ := m.e.args.Next()
	b, _ := m.e.attachment(elem)
	return bytes.Clone(b)
}

// Decode decodes the message into what v points to. A text decodes into a
// string.
func (m Message) Decode(v any) error {
	if m.text != nil {
		if s, ok := v.(*string); ok {
			*s = string(m.text)
			return nil
		}
		r := received{args: m.text, codec: m.e.codec}
		return r.decodeElem(m.text, v)
	}
	return m.e.decode("message", v)
}

// Reply acknowledges the message, if its sender asked for that. It may be
// called later, and from any goroutine.
func (m Message) Reply(args ...any) error { return m.e.Reply(args...) }
