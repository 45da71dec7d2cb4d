package siotest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/packet"
)

// encodeArgs makes what stands between the brackets of an event, and its
// attachments: []byte and sio.Binary, as arguments or within map[string]any
// and []any, travel as binary data.
func encodeArgs(args []any) (packet.Args, [][]byte, error) {
	var out []byte
	var attachments [][]byte
	for i, a := range args {
		if i > 0 {
			out = append(out, ',')
		}
		text, err := json.Marshal(takeBinary(a, &attachments))
		if err != nil {
			return nil, nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		out = append(out, text...)
	}
	return out, attachments, nil
}

// takeBinary puts placeholders where binary values are.
func takeBinary(a any, attachments *[][]byte) any {
	switch v := a.(type) {
	case sio.Binary:
		return takeBinary([]byte(v), attachments)
	case []byte:
		p := json.RawMessage(packet.AppendPlaceholder(nil, len(*attachments)))
		*attachments = append(*attachments, bytes.Clone(v))
		return p
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, k := range sortedKeys(v) {
			out[k] = takeBinary(v[k], attachments)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = takeBinary(x, attachments)
		}
		return out
	}
	return a
}

// received are arguments that came from the server.
type received struct {
	args        packet.Args
	attachments [][]byte
}

// Raw is the JSON of the arguments as it came, with commas between them.
func (r *received) Raw() string { return string(r.args) }

// Len is the count of arguments.
func (r *received) Len() int { return r.args.Len() }

// Attachments are the binary values that the placeholders in Raw name.
func (r *received) Attachments() [][]byte { return r.attachments }

// decode decodes arguments in order into what ptrs point to. Fewer arguments
// than pointers are an error: a server's test wants to know.
func (r *received) decode(ptrs []any) error {
	rest := r.args
	for i, p := range ptrs {
		elem, next, ok := rest.Next()
		if !ok {
			return fmt.Errorf("argument %d of %d is missing", i+1, len(ptrs))
		}
		if err := r.decodeElem(elem, p); err != nil {
			return fmt.Errorf("argument %d: %w", i+1, err)
		}
		rest = next
	}
	return nil
}

func (r *received) decodeElem(elem []byte, p any) error {
	if v, ok := p.(*any); ok && len(r.attachments) > 0 {
		if err := json.Unmarshal(elem, v); err != nil {
			return err
		}
		*v = r.fill(*v)
		return nil
	}
	text, err := packet.ReplacePlaceholders(nil, elem, func(dst []byte, num int) []byte {
		dst = append(dst, '"')
		if num < len(r.attachments) {
			dst = base64.StdEncoding.AppendEncode(dst, r.attachments[num])
		}
		return append(dst, '"')
	})
	if err != nil {
		return err
	}
	return json.Unmarshal(text, p)
}

// fill puts attachments into generic values.
func (r *received) fill(a any) any {
	switch v := a.(type) {
	case map[string]any:
		if num, ok := v["num"].(float64); ok && v["_placeholder"] == true && int(num) < len(r.attachments) {
			return r.attachments[int(num)]
		}
		for k, x := range v {
			v[k] = r.fill(x)
		}
	case []any:
		for i, x := range v {
			v[i] = r.fill(x)
		}
	}
	return a
}
