package packet

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAppendJSONString(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                           `""`,
		"hello":                      `"hello"`,
		"<&>'/\u007f\u00e9😀":         "\"<&>'/\u007f\u00e9😀\"",
		"\"\\\b\f\n\r\t":             `"\"\\\b\f\n\r\t"`,
		"\x00\x01\x1f":               `"\u0000\u0001\u001f"`,
		"a\u2028b\u2029":             `"a\u2028b\u2029"`,
		"\u2027\u202a\ufffd":         "\"\u2027\u202a\ufffd\"",
		"a\xffb\xed\xa0\x80\xe2\x82": "\"a\ufffdb\ufffd\ufffd\ufffd\ufffd\ufffd\"",
	} {
		if got := string(AppendJSONString([]byte("x"), in)); got != "x"+want {
			t.Errorf("%q: got %s, want x%s", in, got, want)
		}
	}
}

func TestEscapeLineSeparators(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                              "",
		`["a"]`:                         `["a"]`,
		"[\"\u2028\"]":                  `["\u2028"]`,
		"\u2029\u2028\u2028x":           `\u2029\u2028\u2028x`,
		"…\u2028€\u2027\u202a":          "…\\u2028€\u2027\u202a",
		"\xe2":                          "\xe2",
		"\xe2\x80":                      "\xe2\x80",
		"\xe2\xe2\x80\xa8\xe2\x80":      "\xe2\\u2028\xe2\x80",
		strings.Repeat("é\u2028", 1000): strings.Repeat(`é\u2028`, 1000),
	} {
		if got := string(EscapeLineSeparators([]byte("x"), []byte(in))); got != "x"+want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestUnquote(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`plain é`:                  "plain é",
		`\"\\\/\b\f\n\r\t`:         "\"\\/\b\f\n\r\t",
		`\u00e9\u00E9\u2028`:       "éé\u2028",
		`\ud83d\ude00\uD83D\uDE00`: "😀😀",
		`\ud83d`:                   "\ufffd",
		`\ud83dx\ude00`:            "\ufffdx\ufffd",
		`\ud83d\ud83d\ude00`:       "\ufffd😀",
		`\ud83d\n`:                 "\ufffd\n",
	} {
		if got := string(unquote([]byte(in))); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func FuzzJSONString(f *testing.F) {
	for _, s := range []string{"a", "\u2028\xff\"", "\\ud83d", "é😀\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		quoted := AppendJSONString(nil, s)
		if err := Valid(quoted, 0); err != nil || !utf8.Valid(quoted) {
			t.Fatalf("%q: %q, %v", s, quoted, err)
		}
		if !bytes.Equal(quoted, EscapeLineSeparators(nil, quoted)) {
			t.Fatalf("%q: line separator left", quoted)
		}
		var want string
		if err := json.Unmarshal(quoted, &want); err != nil || want != strings.ToValidUTF8(want, "") {
			t.Fatal(err)
		}
		if got := string(unquote(quoted[1 : len(quoted)-1])); got != want || utf8.ValidString(s) && got != s {
			t.Fatalf("%q: got %q, want %q", s, got, want)
		}
	})
}

// FuzzUnquote compares the texts of all JSON strings with encoding/json.
func FuzzUnquote(f *testing.F) {
	for _, s := range []string{`"\ud83d\ude00"`, `"\ud83dx"`, `"\u00e9\n"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
			return
		}
		got := unquote(b[1 : len(b)-1]) // must not panic, whatever it is
		var want string
		if utf8.Valid(b) && json.Unmarshal(b, &want) == nil && string(got) != want {
			t.Fatalf("%s: got %q, want %q", b, got, want)
		}
	})
}

func FuzzEscapeLineSeparators(f *testing.F) {
	f.Add([]byte("a\u2028b\xe2\x80"))
	f.Fuzz(func(t *testing.T, b []byte) {
		want := strings.NewReplacer("\u2028", `\u2028`, "\u2029", `\u2029`).Replace(string(b))
		if got := EscapeLineSeparators(nil, b); string(got) != want {
			t.Fatalf("%q: got %q, want %q", b, got, want)
		}
	})
}
