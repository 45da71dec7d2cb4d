package packet

import (
	"encoding/json"
	"strings"
	"testing"
)

func nested(depth int, open, inner, close string) []byte {
	return []byte(strings.Repeat(open, depth) + inner + strings.Repeat(close, depth))
}

func TestValidDepth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		json  []byte
		max   int
		valid bool
	}{
		{[]byte("1"), 0, true},
		{[]byte("[]"), 0, false},
		{[]byte("[]"), -1, false},
		{[]byte("[]"), 1, true},
		{[]byte("[{}]"), 1, false},
		{nested(64, "[", "", "]"), 64, true},
		{nested(65, "[", "", "]"), 64, false},
		{nested(65, "[", "", "]"), 65, true},
		{nested(MaxDepth, `{"a":`, "1", "}"), MaxDepth, true},
		{nested(MaxDepth+1, `{"a":`, "1", "}"), MaxDepth, false},
		{nested(depthLimit, "[", "[]", "]"), 1 << 20, false},
		{nested(depthLimit, "[", "1", "]"), 1 << 20, true},
		{nested(100, `[{"a":`, "1", "}]"), 200, true},
		{nested(100, `[{"a":`, "1", "]}"), 200, false},
		{nested(100_000, "[", "", "]"), MaxDepth, false},
	} {
		if err := Valid(c.json, c.max); (err == nil) != c.valid {
			t.Errorf("%.40s (%d bytes), depth %d: %v", c.json, len(c.json), c.max, err)
		}
	}
}

// Each text is judged at every length, so that every way to be cut off is seen.
func TestValidAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		`{"name":"x","args":[1,-0,0.5,1e9,1E+2,-1.25e-3,true,false,null,"a\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00"]}`,
		" \t\r\n[ { } , [ ] , { \"a\" : { \"b\" : [ ] } , \"\" : \"\" } ] \n",
		`"a string of more than eight bytes, and é😀 in it"`, "12345678901234567890", "1e400", "-", "0123", "1.e1", "1e", "+1", ".5", "0x1",
		`[1,]`, `{,}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{1:2}`, `[1 2]`, `{"a" "b"}`, `[}`, `{]`, `"\x"`, `"\u12G4"`, `"\u12`, "\"a\tb\"", "\"12345678\x1f\"",
		"nul", "True", "[true,falsey]", "nulls", "1 2", "[]]", "\xff", "\"\xff\"", "\ufeff1", "//", "'a'",
	} {
		for n := 0; n <= len(s); n++ {
			b := []byte(s[:n])
			if err := Valid(b, MaxDepth); (err == nil) != json.Valid(b) {
				t.Errorf("%q: %v, encoding/json: %v", b, err, json.Valid(b))
			}
		}
	}
}

// Every byte at every place of a word, where the check goes by eight bytes.
func TestSkipPlain(t *testing.T) {
	t.Parallel()
	for at := range 20 {
		for c := range 256 {
			b := []byte("aaaaaaaa\x80\xc3\xa9~!#[]^_aaaa")
			b[at] = byte(c)
			want := len(b)
			if c < ' ' || c == '"' || c == '\\' {
				want = at
			}
			if got := skipPlain(b, 0); got != want {
				t.Fatalf("%q: got %d, want %d", b, got, want)
			}
		}
	}
}

func FuzzValid(f *testing.F) {
	for _, s := range []string{`{"a":[1,"\u00e9",null]}`, `[[[]]]`, `-0.5e+7`, `"`, `{"a":1,"a":2} `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		err := Valid(b, MaxDepth)
		if err != nil && err.(*Error).Offset > len(b) {
			t.Fatalf("offset %d of %d", err.(*Error).Offset, len(b))
		}
		if tooDeep(b, MaxDepth) {
			if err == nil {
				t.Fatal("too deep and valid")
			}
			return
		}
		if (err == nil) != json.Valid(b) {
			t.Fatalf("%q: %v, encoding/json: %v", b, err, json.Valid(b))
		}
	})
}

// tooDeep says whether text of matched brackets outside strings ever nests
// deeper than max; the fuzz target only needs it not to miss any.
func tooDeep(b []byte, max int) bool {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[', c == '{':
			if depth++; depth > max {
				return json.Valid(b)
			}
		case c == ']', c == '}':
			depth--
		}
	}
	return false
}
