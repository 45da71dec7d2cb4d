package payload

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"
)

func TestAppendScriptString(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text, want string
		tag        bool
	}{
		{"", `""`, true},
		{"1::", `"1::"`, true},
		{"a\"b\\c\n</script>", `"a\"b\\c\n</script>"`, false},
		{"a\"b\\c\n</script><!--", `"a\"b\\c\n\u003c/script>\u003c!--"`, true},
		{"\b\f\r\t\x00\x1f\x7f", `"\b\f\r\t\u0000\u001f` + "\x7f\"", false},
		{"a\u2027\u2028b\u2029\u202ac", "\"a\u2027\\u2028b\\u2029\u202ac\"", false},
		{"\u00e9\u65e5\U0001F600\uFFFD", "\"\u00e9\u65e5\U0001F600\uFFFD\"", false},
		{"\xe2\x80", "\"\xe2\x80\"", false},
		{"\xff<", "\"\xff\\u003c\"", true},
		{`\/`, `"\\/"`, true},
	} {
		if got := string(AppendScriptString([]byte("x"), []byte(tt.text), tt.tag)); got != "x"+tt.want {
			t.Errorf("%q: got %s, want %s", tt.text, got[1:], tt.want)
		}
	}
}

func TestAppendScriptStringAllocates(t *testing.T) {
	text := bytes.Repeat([]byte("some text \u65e5 <b>\n"), 40)
	dst := make([]byte, 0, 4*len(text))
	if n := testing.AllocsPerRun(100, func() { dst = AppendScriptString(dst[:0], text, true) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzScriptString: the literal reads as the text, in JSON and so in
// JavaScript, and holds nothing that ends a script.
func FuzzScriptString(f *testing.F) {
	for _, s := range []string{"", "3:::a\u2028</script>", "\xe2\x80", "\"\\\n<!--\x00\u2029"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		lit := AppendScriptString(nil, text, true)
		if bytes.ContainsAny(lit, "<\n\r\u2028\u2029") && utf8.Valid(text) {
			t.Errorf("%q holds what ends a script", lit)
		}
		var back string
		if err := json.Unmarshal(lit, &back); err != nil {
			t.Fatalf("%q: %v", lit, err)
		}
		if utf8.Valid(text) && back != string(text) {
			t.Errorf("%q came back as %q", text, back)
		}
	})
}

func BenchmarkAppendScriptString(b *testing.B) {
	text := bytes.Repeat([]byte("some text, mostly plain <b>\n"), 40)
	var dst []byte
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendScriptString(dst[:0], text, true)
	}
}
