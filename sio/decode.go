package sio

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tornadio/tornadio/sio/internal/packet"
)

// Arguments on their way in: raw JSON text stays raw until a handler asks for
// a Go value.

// received are the arguments of an event or acknowledgement. They are lent by
// the transport's buffer.
type received struct {
	args        packet.Args
	attachments [][]byte
	codec       JSONCodec // nil: the default
}

// DecodeError says that an argument does not fit the Go value that the handler
// asked for. It goes to OnError.
type DecodeError struct {
	Event string // "" for an acknowledgement
	Arg   int    // from 1
	Err   error
}

// Error implements error.
func (e *DecodeError) Error() string {
	return fmt.Sprintf("sio: event %q, argument %d: %v", e.Event, e.Arg, e.Err)
}

// Unwrap gives the cause.
func (e *DecodeError) Unwrap() error { return e.Err }

// decode decodes the arguments into the pointers in order. Missing arguments
// leave their values alone; surplus ones are ignored: both as in JavaScript.
func (r *received) decode(event string, ptrs ...any) error {
	rest := r.args
	for i, p := range ptrs {
		elem, next, ok := rest.Next()
		if !ok {
			return nil
		}
		if err := r.decodeElem(elem, p); err != nil {
			return &DecodeError{Event: event, Arg: i + 1, Err: err}
		}
		rest = next
	}
	return nil
}

// decodeElem decodes one argument; what it makes is the caller's own.
func (r *received) decodeElem(elem []byte, p any) error {
	switch v := p.(type) {
	case *string:
		if s, ok := plainString(elem); ok {
			*v = s
			return nil
		}
	case *int:
		if n, ok := plainInt(elem); ok && int64(int(n)) == n {
			*v = int(n)
			return nil
		}
	case *int64:
		if n, ok := plainInt(elem); ok {
			*v = n
			return nil
		}
	case *bool:
		if string(elem) == "true" || string(elem) == "false" {
			*v = elem[0] == 't'
			return nil
		}
	case *json.RawMessage:
		*v = bytes.Clone(elem)
		return nil
	case *[]byte:
		if b, ok := r.attachment(elem); ok {
			*v = bytes.Clone(b)
			return nil
		}
	case *Binary:
		if b, ok := r.attachment(elem); ok {
			*v = bytes.Clone(b)
			return nil
		}
	case *any:
		return r.decodeAny(elem, v)
	}
	if len(r.attachments) == 0 {
		return unmarshalBy(r.codec, elem, p)
	}
	text, err := packet.ReplacePlaceholders(nil, packet.Args(elem), r.appendBase64)
	if err != nil {
		return err
	}
	return unmarshalBy(r.codec, text, p)
}

// plainString takes the short way for the most frequent kind of argument.
func plainString(elem []byte) (string, bool) {
	if len(elem) < 2 || elem[0] != '"' || bytes.IndexByte(elem, '\\') >= 0 || !utf8.Valid(elem) {
		return "", false
	}
	return string(elem[1 : len(elem)-1]), true
}

// plainInt does so for integers that surely fit.
func plainInt(elem []byte) (n int64, ok bool) {
	digits, _ := bytes.CutPrefix(elem, []byte{'-'})
	if len(digits) == 0 || len(digits) > 18 || digits[0] == '0' && len(digits) > 1 {
		return 0, false
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int64(d-'0')
	}
	if len(digits) < len(elem) {
		n = -n
	}
	return n, true
}

func (r *received) attachment(elem []byte) ([]byte, bool) {
	num, ok := packet.IsPlaceholder(elem)
	if !ok || num >= len(r.attachments) {
		return nil, false
	}
	return r.attachments[num], true
}

// appendBase64 puts an attachment where encoding/json expects a []byte.
func (r *received) appendBase64(dst []byte, num int) []byte {
	dst = append(dst, '"')
	if num < len(r.attachments) {
		dst = base64.StdEncoding.AppendEncode(dst, r.attachments[num])
	}
	return append(dst, '"')
}

// attachmentMark begins the text that stands for an attachment while generic
// values are decoded. Its random part keeps a peer's text from being taken for
// it.
var attachmentMark = rand.Text() + ":"

// decodeAny decodes into generic Go values, with []byte for binary data.
func (r *received) decodeAny(elem []byte, p *any) error {
	if len(r.attachments) == 0 {
		return unmarshalBy(r.codec, elem, p)
	}
	text, err := packet.ReplacePlaceholders(nil, packet.Args(elem), func(dst []byte, num int) []byte {
		dst = append(append(dst, '"'), attachmentMark...)
		return append(strconv.AppendInt(dst, int64(num), 10), '"')
	})
	if err != nil {
		return err
	}
	if err := unmarshalBy(r.codec, text, p); err != nil {
		return err
	}
	*p = r.fillBinary(*p)
	return nil
}

// fillBinary puts copies of the attachments into their places.
func (r *received) fillBinary(a any) any {
	switch v := a.(type) {
	case string:
		if num, ok := strings.CutPrefix(v, attachmentMark); ok {
			if i, err := strconv.Atoi(num); err == nil && i < len(r.attachments) {
				return bytes.Clone(r.attachments[i])
			}
		}
	case map[string]any:
		for k, x := range v {
			v[k] = r.fillBinary(x)
		}
	case []any:
		for i, x := range v {
			v[i] = r.fillBinary(x)
		}
	}
	return a
}

// keep copies what was lent.
func (r *received) keep() received {
	k := received{args: bytes.Clone(r.args), codec: r.codec}
	for _, b := range r.attachments {
		k.attachments = append(k.attachments, bytes.Clone(b))
	}
	return k
}
