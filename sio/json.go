package sio

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/tornadio/tornadio/sio/internal/packet"
)

// JSONCodec turns arguments into JSON and back: Config.JSON. Both methods are
// called on all loops at once, and from the goroutines that emit.
//
// Packages that mean to be like encoding/json fit with a few lines. What they
// must honour is json.Marshaler and json.Unmarshaler, by which [Binary] works,
// and not add white space. Marshal's result is checked before it is sent.
//
// A codec never sees text that is not valid JSON, in UTF-8, nested at most 512
// deep: packets are judged before, by the same rules whatever the codec. Texts,
// integers, booleans, binary data and json.RawMessage that are arguments by
// themselves take a shorter way and don't reach it.
type JSONCodec interface {
	Marshal(v any) ([]byte, error)
	Unmarshal(data []byte, v any) error
}

// stdJSON is encoding/json, but for "<", ">" and "&", which are left as they
// are. It was chosen by measurement: see the package json in bench.
type stdJSON struct{}

// Marshal implements JSONCodec.
func (stdJSON) Marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// Unmarshal implements JSONCodec.
func (stdJSON) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }

// defaultJSON is Config.JSON when that is nil.
var defaultJSON JSONCodec = stdJSON{}

var errBadCodec = errors.New("the codec of Config.JSON made text that is not valid JSON")

// marshalBy encodes with a codec, nil for the default, and checks what a user's
// codec makes.
func marshalBy(codec JSONCodec, v any) ([]byte, error) {
	if codec == nil || codec == defaultJSON {
		return defaultJSON.Marshal(v)
	}
	text, err := codec.Marshal(v)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimSpace(text)
	if packet.Valid(text, packet.MaxDepth) != nil || !utf8.Valid(text) ||
		bytes.Count(text, binaryKey) != bytes.Count(text, binaryMark) {
		return nil, errBadCodec
	}
	return text, nil
}

func unmarshalBy(codec JSONCodec, data []byte, v any) error {
	if codec == nil {
		codec = defaultJSON
	}
	return codec.Unmarshal(data, v)
}

// json is the server's codec.
func (ns *namespace) json() JSONCodec {
	if ns == nil {
		return nil
	}
	return ns.srv.cfg.JSON
}

// Encode is [Encode] with the server's codec, Config.JSON.
func (s *Server) Encode(event string, args ...any) (*Packet, error) {
	o, err := newEvent(s.cfg.JSON, event, args)
	if err != nil {
		return nil, err
	}
	return &Packet{out: o}, nil
}
