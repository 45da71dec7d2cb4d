package httpparse

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func startChunked(t *testing.T, lim *Limits) (b Body) {
	t.Helper()
	var r Request
	if _, err := r.Parse([]byte("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), lim); err != nil {
		t.Fatal(err)
	}
	if err := b.Start(&r, lim); err != nil {
		t.Fatal(err)
	}
	return b
}

// readAll decodes all of data; what is left over is an error.
func readAll(b *Body, data []byte) (out []byte, err error) {
	for len(data) > 0 && !b.Done() {
		chunk, n, err := b.Next(data)
		out = append(out, chunk...)
		if err != nil {
			return out, err
		}
		data = data[n:]
	}
	if len(data) > 0 {
		return out, io.ErrShortWrite
	}
	return out, nil
}

// TestChunkOverhead: honest bodies in tiny chunks pass, long extensions around
// tiny chunks are cut off, whatever the limits say.
func TestChunkOverhead(t *testing.T) {
	t.Parallel()
	b := startChunked(t, nil)
	tiny := strings.Repeat("1\r\nx\r\n", 100000) + "0\r\n\r\n"
	if out, err := readAll(&b, []byte(tiny)); err != nil || len(out) != 100000 || !b.Done() {
		t.Errorf("tiny chunks: %d, %v", len(out), err)
	}
	line := "1;" + strings.Repeat("a", 200) + "\r\nx\r\n" // 206 bytes of overhead, 18 of them granted
	granted := maxExcess / (206 - 18)
	b = startChunked(t, nil)
	if _, err := readAll(&b, []byte(strings.Repeat(line, granted))); err != nil {
		t.Errorf("%d extensions: %v", granted, err)
	}
	var e *Error
	if _, err := readAll(&b, []byte(line)); !errors.As(err, &e) || e.Status != 400 {
		t.Errorf("one more extension: %v", err)
	}
}

func TestBodyErrorStays(t *testing.T) {
	t.Parallel()
	b := startChunked(t, nil)
	_, _, first := b.Next([]byte("x"))
	for _, data := range []string{"", "5\r\n"} {
		if _, n, err := b.Next([]byte(data)); err != first || n != 0 || first == nil {
			t.Errorf("after an error: %d, %v, want %v", n, err, first)
		}
	}
	if b.Done() || b.End() != first {
		t.Errorf("Done %v, End %v", b.Done(), b.End())
	}
}

func TestBodyDoneTakesNothing(t *testing.T) {
	t.Parallel()
	var b Body
	if chunk, n, err := b.Next([]byte("GET /")); chunk != nil || n != 0 || err != nil || !b.Done() {
		t.Errorf("%q, %d, %v", chunk, n, err)
	}
	b = startChunked(t, nil)
	if _, n, err := b.Next([]byte("0\r\n\r\nGET /")); n != 5 || err != nil || !b.Done() {
		t.Errorf("%d, %v", n, err)
	}
}

func TestBodyEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want error
	}{
		{"HTTP/1.1 200 OK\r\n\r\nabc", nil},
		{"HTTP/1.1 204 No\r\n\r\n", nil},
		{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", nil},
		{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", ErrTruncated},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", ErrTruncated},
	} {
		var r Response
		var b Body
		n, err := r.Parse([]byte(c.text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.StartResponse(&r, false, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := readAll(&b, []byte(c.text[n:])); err != nil {
			t.Fatal(err)
		}
		if err := b.End(); err != c.want || b.Done() != (c.want == nil) {
			t.Errorf("%q: %v, done %v", c.text, err, b.Done())
		}
	}
}
