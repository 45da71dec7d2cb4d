package httpparse

import (
	"testing"
	"time"
)

func TestWriting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, got, want string
	}{
		{"status", string(AppendStatusLine(nil, 404)), "HTTP/1.1 404 Not Found\r\n"},
		{"status without text", string(AppendStatusLine(nil, 299)), "HTTP/1.1 299 \r\n"},
		{"status out of range", string(AppendStatusLine(nil, 1000)), "HTTP/1.1 500 Internal Server Error\r\n"},
		{"status below range", string(AppendStatusLine(nil, -1)), "HTTP/1.1 500 Internal Server Error\r\n"},
		{"field", string(AppendField([]byte("x"), "A", "b")), "xA: b\r\n"},
		{"field of bytes", string(AppendField(nil, "A", []byte("b\tc"))), "A: b\tc\r\n"},
		{"field that would split", string(AppendField(nil, "A", "b\r\nC: d\x00\x7f")), "A: b  C: d  \r\n"},
		{"bytes before a field stay", string(AppendField([]byte("\r\n"), "A", "\r")), "\r\nA:  \r\n"},
		{"bad name", string(AppendField([]byte("x"), "A\r\nB", "c")), "x"},
		{"empty name", string(AppendField([]byte("x"), "", "c")), "x"},
		{"length", string(AppendContentLength(nil, 1<<40)), "Content-Length: 1099511627776\r\n"},
		{"no length", string(AppendContentLength(nil, -1)), ""},
		{"date", string(AppendDate(nil, time.Unix(784111777, 0))), "Sun, 06 Nov 1994 08:49:37 GMT"},
		{"chunk", string(AppendChunk(nil, make([]byte, 17))), "11\r\n" + string(make([]byte, 17)) + "\r\n"},
		{"empty chunk", string(AppendChunk(nil, nil)), ""},
		{"last chunk", string(AppendLastChunk(nil)), "0\r\n\r\n"},
		{
			"request", string(AppendRequest(nil, "GET", "/a b#\u00e4\r\n?c", "h", "A", "b", "C", "d\r\nE: f")),
			"GET /a%20b%23%C3%A4%0D%0A?c HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d  E: f\r\n\r\n",
		},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestAppendRequestPanics(t *testing.T) {
	t.Parallel()
	odd := []string{"A"}
	for name, f := range map[string]func(){
		"method": func() { AppendRequest(nil, "G T", "/", "h") },
		"odd":    func() { AppendRequest(nil, "GET", "/", "h", odd...) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

func TestStatusText(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{-1: "", 0: "", 99: "", 200: "OK", 599: "", 999: "", 1 << 30: ""} {
		if got := StatusText(status); got != want {
			t.Errorf("%d: %q", status, got)
		}
	}
}
