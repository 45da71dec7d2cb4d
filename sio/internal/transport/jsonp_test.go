package transport

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// The vectors were run as scripts, and decoded as the released servers do.
func TestJSONPVectors(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/vectors-jsonp.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		JSONP []struct {
			Kind, Payload, Body string
			I                   int64
		}
	}
	if err := json.Unmarshal(b, &v); err != nil || len(v.JSONP) != 9 {
		t.Fatalf("%d vectors, %v", len(v.JSONP), err)
	}
	for _, c := range v.JSONP {
		if c.Kind == "response" {
			if got := string(AppendScript(nil, c.I, []byte(c.Payload))); got != c.Body {
				t.Errorf("script is %s, want %s", got, c.Body)
			}
			continue
		}
		if got, ok := readForm(nil, []byte(c.Body)); !ok || string(got) != c.Payload {
			t.Errorf("%s %s: got %q, %v", c.Kind, c.Body, got, ok)
		}
	}
}

func TestReadForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		form, want string
		ok         bool
	}{
		{"d=3%3A%3A%3Aa%0D%0Ab", "3:::a\nb", true}, // a browser made CRLF of a LF
		{"d=%223%3A%3A%3Aa%5Cr%5Cnb%22", "3:::a\r\nb", true},
		{"x=1&d=2%3A%3A", "2::", true},
		{"%64=2::", "2::", true},
		{"d=", "", true},
		{"d", "", true},
		{"", "", false},
		{"2::", "", false},
		{"D=2::", "", false},
		{"d=%2", "", false},
		{"d=%22unfinished", "", false},
		{"d=%22a%22b", "", false},
	} {
		got, ok := readForm(nil, []byte(c.form))
		if string(got) != c.want || ok != c.ok {
			t.Errorf("%q: got %q, %v; want %q, %v", c.form, got, ok, c.want, c.ok)
		}
	}
}

func TestScriptIndex(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]int64{
		"0": 0, "7": 7, "0012": 12, "999999999999999": 999999999999999,
		"": -1, "-1": -1, "+1": -1, "1.5": -1, "0x1": -1, "1];alert(1)//": -1, "1 ": -1, "%31": -1, "٣": -1,
		"1000000000000000": -1,
	} {
		index, ok := ScriptIndex([]byte(raw))
		if ok != (want >= 0) || ok && index != want {
			t.Errorf("%q: got %d, %v", raw, index, ok)
		}
	}
}

func TestAppendScriptError(t *testing.T) {
	t.Parallel()
	got := string(AppendScriptError(nil, 3, "no \"entry\"\u2028"))
	if want := `io.j[3](new Error("no \"entry\"\u2028"));`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// FuzzForm: whatever a form holds is read without a crash, what is read was in
// it, and what a client writes comes back.
func FuzzForm(f *testing.F) {
	for _, s := range []string{"d=2::", "d=%222%3A%3A%22", "d=%22%5Cud83d%22", "a=b&d=+%2B", "d=%zz", "\uFFFD"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, form []byte) {
		before := bytes.Clone(form)
		body, ok := readForm(nil, form)
		if !bytes.Equal(before, form) {
			t.Error("the form was changed")
		}
		if ok && len(body) > 3*len(form)+8 {
			t.Errorf("%d bytes out of a form of %d", len(body), len(form))
		}
		text := strings.ToValidUTF8(string(form), "\uFFFD")
		lit, _ := json.Marshal(text)
		quoted := append([]byte("d="), escapeForm(string(lit))...)
		if got, ok := readForm(nil, quoted); !ok || string(got) != text {
			t.Errorf("%q came back as %q, %v", text, got, ok)
		}
	})
}

func escapeForm(s string) (out []byte) {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		out = append(out, '%', hex[s[i]>>4], hex[s[i]&15])
	}
	return out
}

// FuzzScript: an answer is one call with one string, whatever the text.
func FuzzScript(f *testing.F) {
	f.Add(int64(0), []byte("3:::a\u2028\");alert(1)//"))
	f.Fuzz(func(t *testing.T, index int64, text []byte) {
		if index < 0 {
			return
		}
		script := AppendScript(nil, index, text)
		open := bytes.IndexByte(script, '(')
		if !bytes.HasSuffix(script, []byte(");")) || !json.Valid(script[open+1:len(script)-2]) {
			t.Errorf("%q is not one call", script)
		}
		if _, ok := ScriptIndex(script[len("io.j["):bytes.IndexByte(script, ']')]); !ok && index < 1e15 {
			t.Errorf("%q: not an index", script)
		}
	})
}

func BenchmarkReadForm(b *testing.B) {
	lit, _ := json.Marshal(strings.Repeat(`5:::{"name":"echo","args":["some text"]}`, 10))
	form := append([]byte("d="), escapeForm(string(lit))...)
	dst := make([]byte, 0, 4096)
	b.SetBytes(int64(len(form)))
	b.ReportAllocs()
	for b.Loop() {
		readForm(dst, form)
	}
}
