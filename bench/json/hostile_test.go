package json

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// hostile are texts, all of them valid JSON, on which codecs differ.
var hostile = []struct {
	name, text string
	into       func() any
}{
	{"depth 512", strings.Repeat("[", 512) + strings.Repeat("]", 512), anything},
	{"number of 400 digits", strings.Repeat("9", 400), anything},
	{"number of 400 digits into float64", strings.Repeat("9", 400), into[float64]},
	{"1e999", "1e999", anything},
	{"int64 above", "9223372036854775808", into[int64]},
	{"int8 above", "128", into[int8]},
	{"1.0 into int", "1.0", into[int]},
	{"-0", "-0", anything},
	{"duplicate keys", `{"a":1,"a":2}`, anything},
	{"duplicate keys into struct", `{"A":1,"A":2}`, into[struct{ A int }]},
	{"key in other case", `{"aBC":1}`, into[struct{ Abc int }]},
	{"invalid UTF-8", "\"a\xff\"", anything},
	{"invalid UTF-8 in a key", "{\"a\xff\":1}", anything},
	{"lone surrogate", `"\ud800"`, anything},
	{"lone surrogate into string", `"\ud800x"`, into[string]},
	{"reversed surrogates", `"\udc00\ud800"`, anything},
	{"NUL", `"\u0000"`, anything},
	{"null into int", "null", into[int]},
	{"base64 with bad padding", `"YQ"`, into[[]byte]},
	{"raw", `{ "b" : 1.50, "a":1e2 }`, into[json.RawMessage]},
	{"number as it is", "1.50", into[json.Number]},
	{"too short array", "[1]", into[[2]int]},
	{"too long array", "[1,2,3]", into[[2]int]},
	{"unknown fields", `{"x":{"y":[1,2,{"z":"}"}]},"A":1}`, into[struct{ A int }]},
}

func anything() any    { return new(any) }
func into[T any]() any { return new(T) }

// outcome is what a codec makes of a text.
func outcome(c codec, text string, into func() any) (result string) {
	defer func() {
		if v := recover(); v != nil {
			result = fmt.Sprint("PANIC ", v)
		}
	}()
	p := into()
	if err := c.unmarshal([]byte(text), p); err != nil {
		return "refused"
	}
	s := fmt.Sprintf("%#v", reflect.ValueOf(p).Elem().Interface())
	if len(s) > 60 {
		s = s[:60]
	}
	return s
}

// TestHostile lists where the candidates differ from encoding/json.
func TestHostile(t *testing.T) {
	for _, h := range hostile {
		want := outcome(codecs[0], h.text, h.into)
		for _, c := range codecs[1:] {
			if got := outcome(c, h.text, h.into); got != want {
				t.Logf("%s: %s gives %s; encoding/json %s", h.name, c.name, got, want)
			}
		}
	}
}
