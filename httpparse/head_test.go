package httpparse

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestHeadLookups(t *testing.T) {
	t.Parallel()
	var r Request
	text := "GET / HTTP/1.1\r\nHost: a\r\nAccept: x,\tY ,\r\nEmpty:\r\nACCEPT: z\r\n\r\n"
	if _, err := r.Parse([]byte(text), nil); err != nil {
		t.Fatal(err)
	}
	if got := r.Get("accept"); string(got) != "x,\tY ," {
		t.Errorf("Get: %q", got)
	}
	if r.Get("Empty") == nil || len(r.Get("Empty")) != 0 || r.Get("None") != nil {
		t.Error("Get: an empty value and none must differ")
	}
	if a, n := r.Count("aCCept"), r.Count("none"); a != 2 || n != 0 {
		t.Errorf("Count: %d, %d", a, n)
	}
	for token, want := range map[string]bool{"x": true, "y": true, "Z": true, "xy": false, "xx": false, "": false} {
		if r.HasToken("Accept", token) != want {
			t.Errorf("HasToken %q is not %v", token, want)
		}
	}
	if r.HasToken("Host", "x") || r.HasToken("None", "") {
		t.Error("HasToken looks at other fields")
	}
}

// TestReuse finds nothing of the head before in a request used again.
func TestReuse(t *testing.T) {
	t.Parallel()
	var r Request
	long := "POST http://b/c?d HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n" +
		"Connection: upgrade, close\r\nUpgrade: x\r\n\r\n"
	if _, err := r.Parse([]byte(long), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Parse([]byte(strings.Replace(minimal, "1.1", "1.0", 1)), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Parse([]byte(minimal), nil); err != nil {
		t.Fatal(err)
	}
	if r.ContentLength != -1 || r.RawQuery != nil || r.Close || r.Upgrade || r.Expect100 || len(r.Fields) != 1 ||
		string(r.Host) != "a" || string(r.Path) != "/" {
		t.Errorf("%+v", r)
	}
}

func TestHeadEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want int
	}{
		{"", -1}, {"\r\n", -1}, {"\n", -1}, {minimal, len(minimal)}, {minimal + "\r\n\r\n", len(minimal)},
		{"\r\n" + minimal, len(minimal) + 2}, {"\r\n\r\n", 4}, {"a\n\nb", 3}, {"a\n\r\nb", 4},
		{"a\r\n\rb\r\n", -1}, {"a\r\nb\r\nc\r\n\r", -1},
	} {
		if got := HeadEnd([]byte(c.text), 0); got != c.want {
			t.Errorf("%q: %d, want %d", c.text, got, c.want)
		}
		for from := range len(c.text) { // whatever was seen before without finding it
			if HeadEnd([]byte(c.text[:from]), 0) >= 0 {
				break
			}
			if got := HeadEnd([]byte(c.text), from); got != c.want {
				t.Errorf("%q from %d: %d, want %d", c.text, from, got, c.want)
			}
		}
	}
}

func TestCheckStart(t *testing.T) {
	t.Parallel()
	for text, status := range map[string]int{
		"": 0, "G": 0, "GET ": 0, "GET /\x00": 0, "\r": 0, "\r\n": 0, "\r\nGET": 0, "weird!": 0,
		"\x16\x03\x01": 400, "<policy": 400, "\x00": 400, "\r\n\r": 400, "\rG": 400, " ": 400, "\x81\x85": 400,
		"GET\t": 400, "{": 400, strings.Repeat("A", maxMethod): 0, strings.Repeat("A", maxMethod+1): 501,
	} {
		got := 0
		var e *Error
		if err := CheckStart([]byte(text)); errors.As(err, &e) {
			got = e.Status
		} else if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if got != status {
			t.Errorf("%q: %d, want %d", text, got, status)
		}
	}
}

// TestScans compares the scans of eight bytes a step with the rule, for every
// byte at every place.
func TestScans(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		value := c >= 0x20 && c != 0x7f || c == '\t'
		target := c > 0x20 && c != 0x7f
		for at := range 20 {
			b := []byte(strings.Repeat("\xffa", 10))
			b[at] = byte(c)
			for from := range at + 1 {
				if got := endOfValue(b, from); (got == len(b)) != value || !value && got != at {
					t.Fatalf("endOfValue: byte %#x at %d from %d: %d", c, at, from, got)
				}
				if got := endOfTarget(b, from); (got == len(b)) != target || !target && got != at {
					t.Fatalf("endOfTarget: byte %#x at %d from %d: %d", c, at, from, got)
				}
			}
		}
	}
	if b := []byte("\t\t\t\t\t\t\t\ta\t\ta\ta\t\r\x00"); endOfValue(b, 0) != len(b)-2 {
		t.Error("endOfValue: tabs")
	}
}

func TestDefaultLimits(t *testing.T) {
	t.Parallel()
	target := func(n int) string { return "GET /" + strings.Repeat("a", n-1) + " HTTP/1.1\r\nHost: a\r\n\r\n" }
	fields := func(n int) string {
		return "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("A: b\r\n", n-1) + "\r\n"
	}
	head := func(n int) string {
		const rest = "GET / HTTP/1.1\r\nHost: a\r\nA: \r\n\r\n"
		return strings.Replace(rest, "A: ", "A: "+strings.Repeat("a", n-len(rest)), 1)
	}
	for _, c := range []struct {
		text   string
		status int
	}{
		{target(DefaultMaxTarget - 1), 0}, {target(DefaultMaxTarget), 0}, {target(DefaultMaxTarget + 1), 414},
		{fields(DefaultMaxFields - 1), 0}, {fields(DefaultMaxFields), 0}, {fields(DefaultMaxFields + 1), 431},
		{head(DefaultMaxHead - 1), 0}, {head(DefaultMaxHead), 0}, {head(DefaultMaxHead + 1), 431},
	} {
		for _, lim := range []*Limits{nil, {}, {MaxHead: -1, MaxTarget: -1, MaxFields: -1}} {
			var r Request
			n, err := r.Parse([]byte(c.text), lim)
			var e *Error
			if errors.As(err, &e) != (c.status > 0) || c.status > 0 && e.Status != c.status || err == nil && n != len(c.text) {
				t.Errorf("%d bytes, want %d: %d, %v", len(c.text), c.status, n, err)
			}
		}
	}
}

// TestLargestBody allows every length there is.
func TestLargestBody(t *testing.T) {
	t.Parallel()
	lim := Limits{MaxBody: math.MaxInt64}
	var r Request
	var b Body
	if _, err := r.Parse([]byte("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), &lim); err != nil {
		t.Fatal(err)
	}
	for text, bad := range map[string]bool{
		"7fffffffffffffff\r\nab": false, "8000000000000000": true, "1\r\na\r\n7fffffffffffffff": true,
	} {
		if err := b.Start(&r, &lim); err != nil {
			t.Fatal(err)
		}
		var err error
		for rest, n := []byte(text), 0; len(rest) > 0 && err == nil; rest = rest[n:] {
			_, n, err = b.Next(rest)
		}
		if (err != nil) != bad {
			t.Errorf("%q: %v", text, err)
		}
	}
}
