package json

import (
	"encoding/json"

	"github.com/bytedance/sonic"
	v2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	v1 "github.com/go-json-experiment/json/v1"
	goccy "github.com/goccy/go-json"
	jsoniter "github.com/json-iterator/go"
	segmentio "github.com/segmentio/encoding/json"
)

// codec is a candidate.
type codec struct {
	name      string
	marshal   func(any) ([]byte, error)
	unmarshal func([]byte, any) error
}

// lenient makes version 2 take what version 1 takes.
var lenient = v2.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), v2.MatchCaseInsensitiveNames(true))

var codecs = []codec{
	{"std", json.Marshal, json.Unmarshal},
	{"v2", func(v any) ([]byte, error) { return v2.Marshal(v, lenient) },
		func(b []byte, v any) error { return v2.Unmarshal(b, v, lenient) }},
	// Version 2's engine with version 1's meaning.
	{"v1on2", v1.Marshal, v1.Unmarshal},
	{"segmentio", segmentio.Marshal, segmentio.Unmarshal},
	{"goccy", goccy.Marshal, goccy.Unmarshal},
	{"sonic", sonic.ConfigStd.Marshal, sonic.ConfigStd.Unmarshal},
	{"jsoniter", jsoniter.ConfigCompatibleWithStandardLibrary.Marshal, jsoniter.ConfigCompatibleWithStandardLibrary.Unmarshal},
}
