package sio

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/tornadio/tornadio/sio/internal/packet"
)

// Arguments on their way out: Go values become JSON text, with placeholders
// for binary values, which travel beside it.

// Binary is a value that is sent as binary data wherever it stands: in a
// struct, a slice, a map. A []byte that is an argument by itself, or stands in
// a map[string]any or []any, needs no Binary. A []byte field of a struct
// without it is sent as encoding/json does, as a base64 string.
//
// On the way in, binary data is decoded into []byte and Binary alike.
type Binary []byte

// binaryMark frames a Binary inside JSON text until the placeholder takes its
// place. The random part keeps raw JSON of a peer from being taken for it.
var binaryMark = func() []byte {
	return []byte(`{"_binary` + rand.Text() + `":"`)
}()

const binaryMarkEnd = `"}`

var binaryKey = binaryMark[1 : len(binaryMark)-2]

// MarshalJSON implements json.Marshaler, for sending.
func (b Binary) MarshalJSON() ([]byte, error) {
	out := append([]byte(nil), binaryMark...)
	out = base64.StdEncoding.AppendEncode(out, b)
	return append(out, binaryMarkEnd...), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *Binary) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, (*[]byte)(b)) }

// encoded are arguments in the form that all generations share: the JSON texts
// with commas between them, and the attachments that their placeholders name.
type encoded struct {
	args        []byte
	attachments [][]byte
}

func encodeArgs(dst []byte, codec JSONCodec, args []any) (encoded, error) {
	e := encoded{args: dst}
	for i, a := range args {
		if i > 0 {
			e.args = append(e.args, ',')
		}
		if err := e.add(codec, a); err != nil {
			return encoded{}, fmt.Errorf("sio: argument %d: %w", i+1, err)
		}
	}
	return e, nil
}

// add appends one argument.
func (e *encoded) add(codec JSONCodec, a any) error {
	switch v := a.(type) {
	case nil:
		e.args = append(e.args, "null"...)
	case string:
		e.args = packet.AppendJSONString(e.args, v)
	case bool:
		e.args = strconv.AppendBool(e.args, v)
	case int:
		e.args = strconv.AppendInt(e.args, int64(v), 10)
	case int64:
		e.args = strconv.AppendInt(e.args, v, 10)
	case []byte:
		e.attach(v)
	case Binary:
		e.attach(v)
	case json.RawMessage:
		return e.addRaw(v)
	default:
		return e.marshal(codec, a)
	}
	return nil
}

var errBadRaw = errors.New("json.RawMessage is not valid JSON")

func (e *encoded) addRaw(v json.RawMessage) error {
	if len(v) == 0 {
		v = json.RawMessage("null")
	}
	if packet.Valid(v, packet.MaxDepth) != nil || !utf8.Valid(v) {
		return errBadRaw
	}
	e.args = append(e.args, v...)
	return nil
}

// attach adds binary data. It is copied: the caller may go on with its bytes.
func (e *encoded) attach(b []byte) {
	e.args = packet.AppendPlaceholder(e.args, len(e.attachments))
	e.attachments = append(e.attachments, bytes.Clone(b))
}

func (e *encoded) marshal(codec JSONCodec, a any) error {
	text, err := marshalBy(codec, markBinary(a))
	if err != nil {
		return err
	}
	return e.takeMarked(text)
}

// takeMarked appends JSON text, with a placeholder for each marked binary.
func (e *encoded) takeMarked(text []byte) error {
	for {
		i := bytes.Index(text, binaryMark)
		if i < 0 {
			e.args = append(e.args, text...)
			return nil
		}
		e.args = append(e.args, text[:i]...)
		text = text[i+len(binaryMark):]
		end := bytes.IndexByte(text, '"')
		b, err := base64.StdEncoding.AppendDecode(nil, text[:end])
		if err != nil {
			return err
		}
		e.args = packet.AppendPlaceholder(e.args, len(e.attachments))
		e.attachments = append(e.attachments, b)
		text = text[end+len(binaryMarkEnd):]
	}
}

// markBinary makes a Binary of every []byte inside generic containers, where
// JavaScript's users expect binary data. It copies what it changes.
func markBinary(a any) any {
	switch v := a.(type) {
	case []byte:
		return Binary(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = markBinary(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = markBinary(x)
		}
		return out
	}
	return a
}
