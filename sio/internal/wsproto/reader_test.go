package wsproto

import (
	"fmt"
	"slices"
	"testing"
)

// record is a sink that writes down what it gets, one line an event.
type record struct {
	events []string
	stop   func() bool // returns true to stop after this event; nil never does
}

func (s *record) add(kind string, p []byte) bool {
	s.events = append(s.events, event(kind, p))
	return s.stop == nil || !s.stop()
}

// event is the line for what a sink got.
func event[P []byte | string](kind string, p P) string {
	return fmt.Sprintf("%s %d %.20q %x", kind, len(p), p, digest([]byte(p)))
}

// digest tells long payloads apart in an event.
func digest(p []byte) (sum uint32) {
	for _, c := range p {
		sum = sum*16777619 ^ uint32(c)
	}
	return sum
}

func (s *record) OnText(p []byte) bool   { return s.add("text", p) }
func (s *record) OnBinary(p []byte) bool { return s.add("binary", p) }
func (s *record) OnPing(p []byte) bool   { return s.add("ping", p) }
func (s *record) OnPong(p []byte) bool   { return s.add("pong", p) }
func (s *record) OnCloseFrame(code uint16, reason []byte) bool {
	return s.add(fmt.Sprint("close ", code), reason)
}

// feed reads input as a transport does, in pieces: cut returns the size of the
// next piece, given how many bytes are left. What Read leaves is presented
// again. The events end with the error, if there is one.
func feed(t testing.TB, r Reader, max int, input []byte, cut func(left int) int) []string {
	t.Helper()
	var s record
	var pending []byte
	for len(input) > 0 {
		n := cut(len(input))
		pending = append(pending, input[:n]...)
		input = input[n:]
		used, err := r.Read(pending, max, &s)
		if err != nil {
			return append(s.events, "error "+err.Error())
		}
		pending = pending[used:]
		if len(pending) > 13 {
			t.Fatalf("%d bytes not used: more than part of a header", len(pending))
		}
	}
	return s.events
}

func all(left int) int { return left }
func bytewise(int) int { return 1 }
func by(n int) func(int) int {
	return func(left int) int { return min(n, left) }
}

// readAll reads input whole, and checks that other splits give the same.
func readAll(t testing.TB, r Reader, max int, input []byte) []string {
	t.Helper()
	want := feed(t, r, max, input, all)
	for i, cut := range []func(int) int{bytewise, by(2), by(3), by(7), by(1000)} {
		if got := feed(t, r, max, input, cut); !slices.Equal(got, want) {
			t.Fatalf("split %d:\n got %q\nwant %q", i, got, want)
		}
	}
	return want
}

// TestReadRFC reads the examples of RFC 6455, section 5.7.
func TestReadRFC(t *testing.T) {
	t.Parallel()
	kb := string(make([]byte, 256))
	tests := []struct {
		name   string
		client bool
		input  string
		want   string
	}{
		{"unmasked text", true, "\x81\x05Hello", event("text", "Hello")},
		{"masked text", false, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", event("text", "Hello")},
		{"fragments", true, "\x01\x03Hel\x80\x02lo", event("text", "Hello")},
		{"ping", true, "\x89\x05Hello", event("ping", "Hello")},
		{"masked pong", false, "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", event("pong", "Hello")},
		{"256 bytes", true, "\x82\x7e\x01\x00" + kb, event("binary", kb)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := readAll(t, Reader{client: test.client}, 1<<20, []byte(test.input))
			if !slices.Equal(got, []string{test.want}) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// script builds a client's input, masked with a key that differs by frame.
type script struct {
	b []byte
	n byte
}

func (s *script) frame(op Op, fin bool, p string) *script {
	s.n++
	s.b = AppendMasked(s.b, op, fin, [4]byte{s.n, 0x80 ^ s.n, 3 * s.n, ^s.n}, []byte(p))
	return s
}

func (s *script) text(p string) *script   { return s.frame(OpText, true, p) }
func (s *script) binary(p string) *script { return s.frame(OpBinary, true, p) }
func (s *script) ping(p string) *script   { return s.frame(OpPing, true, p) }
func (s *script) close(p string) *script  { return s.frame(OpClose, true, p) }
func (s *script) raw(p string) *script    { s.b = append(s.b, p...); return s }

func errorEvent(e *CloseError) string { return "error " + e.Error() }
