package httpparse

import (
	"errors"
	"testing"
)

func TestQueryGet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query, key, want string
		ok               bool
	}{
		{"EIO=4&transport=polling", "EIO", "4", true},
		{"EIO=4&transport=polling", "transport", "polling", true},
		{"EIO=4", "eio", "", false},
		{"", "a", "", false},
		{"", "", "", false},
		{"=x", "", "x", true},
		{"a", "a", "", true},
		{"a&a=1", "a", "", true},
		{"a=1&a=2", "a", "1", true},
		{"&&a=1&", "a", "1", true},
		{"a=b=c", "a", "b=c", true},
		{"a=%41+b", "a", "%41+b", true},
		{"%61+b%2B=1", "a b+", "1", true},
		{"%6=1&%=2&%zz=3", "%6", "", false},
		{"ab=1", "a", "", false},
		{"a=1", "ab", "", false},
		{"a;b=1", "b", "", false},
	} {
		got, ok := QueryGet([]byte(c.query), c.key)
		if string(got) != c.want || ok != c.ok || ok && got == nil {
			t.Errorf("%q, %q: got %q, %v", c.query, c.key, got, ok)
		}
	}
}

func TestUnescape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, query, path string
		offset          int // of the error, -1 for none
	}{
		{"", "", "", -1},
		{"a+b%20c%2bd", "a b c+d", "a+b c+d", -1},
		{"%C3%a4%00", "ä\x00", "ä\x00", -1},
		{"ab%", "", "", 2},
		{"ab%4", "", "", 2},
		{"%41%4g", "", "", 3},
		{"%g4", "", "", 0},
		{"%%41", "", "", 0},
	} {
		for _, plus := range []bool{true, false} {
			want := c.path
			if plus {
				want = c.query
			}
			got, err := Unescape([]byte("x"), []byte(c.in), plus)
			var e *Error
			if bad := errors.As(err, &e); bad != (c.offset >= 0) || bad && (e.Offset != c.offset || e.Status != 400) {
				t.Errorf("%q: %v", c.in, err)
			}
			if string(got) != "x"+want {
				t.Errorf("%q, %v: got %q", c.in, plus, got)
			}
		}
	}
}

func TestUnescapeInPlace(t *testing.T) {
	t.Parallel()
	b := []byte("a%20b%41c")
	if got, err := Unescape(b[:0], b, false); string(got) != "a bAc" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestCutPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, prefix, rest string
		ok                 bool
	}{
		{"/socket.io", "/socket.io", "", true},
		{"/socket.io/", "/socket.io", "/", true},
		{"/socket.io/1/websocket/x", "/socket.io", "/1/websocket/x", true},
		{"/socket.iox", "/socket.io", "", false},
		{"/socket", "/socket.io", "", false},
		{"/a", "", "/a", true},
	} {
		if rest, ok := CutPath([]byte(c.path), c.prefix); string(rest) != c.rest || ok != c.ok {
			t.Errorf("%q, %q: %q, %v", c.path, c.prefix, rest, ok)
		}
	}
}

func TestNextSegment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, segment, rest string }{
		{"/1/websocket/x", "1", "/websocket/x"},
		{"/x", "x", ""},
		{"/", "", ""},
		{"//x", "", "/x"},
		{"", "", ""},
		{"x/y", "", ""},
	} {
		if segment, rest := NextSegment([]byte(c.path)); string(segment) != c.segment || string(rest) != c.rest {
			t.Errorf("%q: %q, %q", c.path, segment, rest)
		}
	}
}
