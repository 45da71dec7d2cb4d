package sio

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/sio/internal/packet"
)

func TestEncodeArgs(t *testing.T) {
	type point struct {
		X int    `json:"x"`
		P []byte `json:"p,omitempty"`
		B Binary `json:"b,omitempty"`
	}
	tests := []struct {
		name string
		args []any
		want string
		bins []string
	}{
		{"none", nil, ``, nil},
		{"scalars", []any{nil, true, 7, int64(-8), 1.5, "é\"\u2028"}, `null,true,7,-8,1.5,"é\"\u2028"`, nil},
		{"html stays", []any{map[string]string{"a": "<&>"}}, `{"a":"<&>"}`, nil},
		{"raw", []any{json.RawMessage(`{"b":1,"a":2.50}`)}, `{"b":1,"a":2.50}`, nil},
		{"empty raw", []any{json.RawMessage(nil)}, `null`, nil},
		{"binary argument", []any{"x", []byte("ab")}, `"x",{"_placeholder":true,"num":0}`, []string{"ab"}},
		{"binary in a struct", []any{point{X: 1, B: Binary("q")}}, `{"x":1,"b":{"_placeholder":true,"num":0}}`, []string{"q"}},
		{"bytes in a struct", []any{point{P: []byte("ab")}}, `{"x":0,"p":"YWI="}`, nil},
		{"binary in containers", []any{map[string]any{"a": []any{[]byte("1"), Binary("2")}}, []byte("3")},
			`{"a":[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]},{"_placeholder":true,"num":2}`, []string{"1", "2", "3"}},
		{"pointer", []any{&point{X: 3}}, `{"x":3}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := encodeArgs(nil, nil, tt.args)
			if err != nil {
				t.Fatal(err)
			}
			if string(e.args) != tt.want {
				t.Errorf("args\n got %s\nwant %s", e.args, tt.want)
			}
			var bins []string
			for _, b := range e.attachments {
				bins = append(bins, string(b))
			}
			if !reflect.DeepEqual(bins, tt.bins) {
				t.Errorf("attachments %q, want %q", bins, tt.bins)
			}
		})
	}
}

func TestEncodeArgsRefuses(t *testing.T) {
	for name, a := range map[string]any{
		"channel": make(chan int), "NaN": math.NaN(), "bad raw": json.RawMessage(`{"a":`),
		"deep raw": json.RawMessage(strings.Repeat("[", 600) + strings.Repeat("]", 600)),
	} {
		if _, err := encodeArgs(nil, nil, []any{1, a}); err == nil || !strings.Contains(err.Error(), "argument 2") {
			t.Errorf("%s: error %v, want one that names argument 2", name, err)
		}
	}
}

func TestBytesAreCopied(t *testing.T) {
	b := []byte("abc")
	e, err := encodeArgs(nil, nil, []any{b})
	if err != nil {
		t.Fatal(err)
	}
	b[0] = 'X'
	if string(e.attachments[0]) != "abc" {
		t.Error("the attachment is the caller's slice: changing it later changes what is sent")
	}
}

func TestDecode(t *testing.T) {
	type upload struct {
		Title string
		Data  []byte
		More  Binary
	}
	r := received{
		args:        packet.Args(`"a\n",7,{"title":"t","data":{"_placeholder":true,"num":1},"more":{"num":0,"_placeholder":true}},{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}]`),
		attachments: [][]byte{[]byte("zero"), []byte("one")},
	}
	var s string
	var n int
	var u upload
	var b []byte
	var a any
	if err := r.decode("e", &s, &n, &u, &b, &a); err != nil {
		t.Fatal(err)
	}
	if s != "a\n" || n != 7 || u.Title != "t" || string(u.Data) != "one" || string(u.More) != "zero" || string(b) != "zero" {
		t.Errorf("decoded %q %d %+v %q", s, n, u, b)
	}
	if !reflect.DeepEqual(a, []any{[]byte("one")}) {
		t.Errorf("decoded %#v", a)
	}
	b[0] = 'X'
	if string(r.attachments[0]) != "zero" {
		t.Error("a decoded []byte is the transport's own")
	}
}

func TestDecodeLenience(t *testing.T) {
	r := received{args: packet.Args(`1`)}
	x, y := 0, 5
	if err := r.decode("e", &x, &y); err != nil || x != 1 || y != 5 {
		t.Errorf("missing argument: %d %d %v; want 1 5 nil", x, y, err)
	}
	var s string
	err := r.decode("e", &s)
	var de *DecodeError
	if !errors.As(err, &de) || de.Arg != 1 || de.Event != "e" {
		t.Errorf("a number into a string: %v, want a DecodeError of argument 1", err)
	}
	bad := received{args: packet.Args("\"\xff\"")}
	if err := bad.decode("e", &s); err != nil || s != "\ufffd" {
		t.Errorf("invalid UTF-8: %q %v, want U+FFFD", s, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"a":{"_placeholder":true,"num":0}}`), []byte("x"))
	f.Add([]byte(`"text"`), []byte(nil))
	f.Fuzz(func(t *testing.T, text, bin []byte) {
		if packet.Valid(text, packet.MaxDepth) != nil {
			return
		}
		r := received{args: text, attachments: [][]byte{bin}}
		if packet.FindPlaceholders(r.args, 1) != nil {
			return
		}
		var a any
		var s string
		var b []byte
		var raw json.RawMessage
		_ = r.decode("e", &s)
		_ = r.decode("e", &b)
		if err := r.decode("e", &raw); err != nil {
			t.Errorf("raw: %v", err)
		}
		// Two things that the syntax allows and encoding/json's any does not:
		// numbers beyond float64.
		_ = r.decode("e", &a)
	})
}

func BenchmarkEncodeArgs(b *testing.B) {
	args := []any{map[string]any{"from": 7, "text": "the quick brown fox"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := encodeArgs(nil, nil, args); err != nil {
			b.Fatal(err)
		}
	}
}
