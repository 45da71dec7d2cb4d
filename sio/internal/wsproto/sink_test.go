package wsproto

import (
	"slices"
	"testing"
)

// TestReadStops: when the sink says so, the rest of the input is left as it
// is, and another Read goes on with it.
func TestReadStops(t *testing.T) {
	t.Parallel()
	input := new(script).text("one").ping("two").frame(OpText, false, "th").frame(OpPong, true, "p").
		frame(0, true, "ree").binary("four").b
	rest := slices.Clone(input)
	s := record{stop: func() bool { return true }}
	var r Reader
	for n := 1; n <= 5; n++ {
		used, err := r.Read(rest, 100, &s)
		if err != nil || len(s.events) != n {
			t.Fatalf("read %d: %q, %v", n, s.events, err)
		}
		rest = rest[used:]
		if !slices.Equal(rest, input[len(input)-len(rest):]) {
			t.Fatalf("read %d changed what it did not use", n)
		}
	}
	want := []string{event("text", "one"), event("ping", "two"), event("pong", "p"), event("text", "three"), event("binary", "four")}
	if !slices.Equal(s.events, want) || len(rest) != 0 {
		t.Errorf("got %q, %d bytes left", s.events, len(rest))
	}
}

// TestReadOver: after an error, a close frame or a release the reader takes
// all and says nothing.
func TestReadOver(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(r *Reader){
		"error":   func(r *Reader) { r.Read([]byte("\xff\xff"), 100, &record{}) },
		"close":   func(r *Reader) { r.Read(new(script).close("\x03\xe8").b, 100, &record{}) },
		"release": func(r *Reader) { r.Release() },
		"release, in a message": func(r *Reader) {
			r.Read(new(script).frame(OpText, false, "abc").b, 100, &record{})
			r.Release()
			r.Release()
		},
	} {
		var r Reader
		var s record
		end(&r)
		input := new(script).text("x").raw("\xff\xff").b
		used, err := r.Read(input, 100, &s)
		if used != len(input) || err != nil || len(s.events) != 0 {
			t.Errorf("%s: used %d, %v, %q", name, used, err, s.events)
		}
		if r.buf != nil {
			t.Errorf("%s: holds a buffer", name)
		}
	}
}

// TestReadCloseUses: a close frame that stops the reading is used, what
// follows is not; one that does not stop it has the rest thrown away.
func TestReadCloseUses(t *testing.T) {
	t.Parallel()
	closing := new(script).close("\x03\xe8").b
	for _, stop := range []bool{true, false} {
		input := append(slices.Clone(closing), "rest"...)
		want := len(input)
		if stop {
			want = len(closing)
		}
		var r Reader
		s := record{stop: func() bool { return stop }}
		if used, err := r.Read(input, 100, &s); used != want || err != nil {
			t.Errorf("stop %v: used %d of %d, %v", stop, used, len(input), err)
		}
	}
}

// TestReleaseInside: a sink may release its reader at any event, for one that
// lies in the input and one from the buffer, and keeps a valid p.
func TestReleaseInside(t *testing.T) {
	t.Parallel()
	input := new(script).text("one").ping("two").frame(OpText, false, "th").frame(OpPong, true, "four").
		frame(0, true, "ree").close("\x03\xe8five").b
	for _, piece := range []int{1, 5, len(input)} {
		want := feed(t, Reader{}, 100, input, by(piece))
		for at := 1; at <= len(want); at++ {
			got := releaseAt(t, input, piece, at)
			if !slices.Equal(got, want[:at]) {
				t.Errorf("pieces of %d, at %d: got %q, want %q", piece, at, got, want[:at])
			}
		}
	}
}

func releaseAt(t *testing.T, input []byte, piece, at int) []string {
	t.Helper()
	r := new(Reader)
	s := &record{}
	s.stop = func() bool {
		if len(s.events) == at {
			r.Release()
		}
		return false
	}
	var pending []byte
	for chunk := range slices.Chunk(input, piece) {
		pending = append(pending, chunk...)
		used, err := r.Read(pending, 100, s)
		if err != nil {
			t.Fatal(err)
		}
		pending = pending[used:]
	}
	if r.buf != nil {
		t.Fatal("holds a buffer after its release")
	}
	return s.events
}
