package wsproto

import (
	"bytes"
	"testing"
	"unsafe"
)

// count is a sink that only counts.
type count struct{ messages, control, bytes int }

func (s *count) OnText(p []byte) bool   { s.messages++; s.bytes += len(p); return true }
func (s *count) OnBinary(p []byte) bool { s.messages++; s.bytes += len(p); return true }
func (s *count) OnPing(p []byte) bool   { s.control++; return true }
func (s *count) OnPong(p []byte) bool   { s.control++; return true }

func (s *count) OnCloseFrame(uint16, []byte) bool { s.control++; return true }

func TestReaderSize(t *testing.T) {
	if size := unsafe.Sizeof(Reader{}); size > 64 {
		t.Errorf("a reader takes %d bytes, more than 64", size)
	}
}

// TestIdleHoldsNothing: between messages the reader has no buffer.
func TestIdleHoldsNothing(t *testing.T) {
	input := new(script).text("a").frame(OpText, false, "b").ping("c").frame(0, true, "d").binary("e").b
	var r Reader
	var s count
	if _, err := r.Read(input, 100, &s); err != nil || s.messages != 3 || s.control != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	if r.buf != nil {
		t.Error("the reader holds a buffer with no message begun")
	}
}

// TestAnnouncedCostsNothing: a header that announces much holds no memory, and
// little of the payload holds little.
func TestAnnouncedCostsNothing(t *testing.T) {
	const announced = 1 << 30
	header := AppendMasked(nil, OpBinary, true, [4]byte{1, 2, 3, 4}, nil)
	header = append([]byte{header[0], bitMask | len64, 0, 0, 0, 0, announced >> 24, 0, 0, 0}, 1, 2, 3, 4)
	var r Reader
	var s count
	if used, err := r.Read(header, announced, &s); used != len(header) || err != nil {
		t.Fatalf("used %d, %v", used, err)
	}
	if r.buf != nil || !r.inFrame || r.left != announced {
		t.Fatalf("the header alone made %+v", r)
	}
	for got := 1; got < 1<<20; got++ {
		if used, err := r.Read([]byte{'x'}, announced, &s); used != 1 || err != nil {
			t.Fatalf("used %d, %v", used, err)
		}
		if room := cap(r.buf.b); room > max(2*got, maxPooled) {
			t.Fatalf("%d bytes received hold %d", got, room)
		}
	}
}

// TestLinearCopying counts what a peer makes us copy which sends a byte at a
// time: as one frame, and as a frame for each byte.
func TestLinearCopying(t *testing.T) {
	const n = 1 << 18
	body := bytes.Repeat([]byte("€"), n/3)
	fragments := AppendMasked(nil, OpText, false, [4]byte{}, nil)
	for i := range body {
		fragments = AppendMasked(fragments, 0, i == len(body)-1, [4]byte{4, 3, 2, 1}, body[i:i+1])
	}
	for name, input := range map[string][]byte{
		"one frame":        AppendMasked(nil, OpText, true, [4]byte{1, 2, 3, 4}, body),
		"frames of 1":      fragments,
		"pings in between": withPings(body),
	} {
		copied, s := readCounting(t, input, n)
		if s.messages != 1 || s.bytes != len(body) {
			t.Errorf("%s: read %+v", name, s)
		}
		if copied > 2*n {
			t.Errorf("%s: %d bytes were copied again for %d received", name, copied, n)
		}
	}
}

// withPings is a message in 64 fragments, a ping after each.
func withPings(body []byte) []byte {
	var s script
	s.frame(OpText, false, "")
	for i := range 64 {
		s.frame(0, false, string(body[i*len(body)/64:(i+1)*len(body)/64])).ping("ping")
	}
	return s.frame(0, true, "").b
}

// readCounting reads byte by byte. It returns how many bytes were moved to a
// larger buffer, and checks that the text's check never falls behind: 3 bytes
// at most are looked at twice.
func readCounting(t *testing.T, input []byte, max int) (copied int, s count) {
	t.Helper()
	var r Reader
	room, held := 0, 0
	for from, to := 0, 1; to <= len(input); to++ {
		used, err := r.Read(input[from:to], max, &s)
		if err != nil {
			t.Fatal(err)
		}
		if from += used; to-from > 13 {
			t.Fatalf("%d bytes are left with the caller", to-from)
		}
		if r.buf == nil {
			continue
		}
		if cap(r.buf.b) != room {
			room, copied = cap(r.buf.b), copied+held
		}
		held = len(r.buf.b)
		if behind := held - r.buf.valid; r.kind == OpText && !r.isControl() && behind > 3 {
			t.Fatalf("%d bytes of text are not checked", behind)
		}
	}
	return copied, s
}

// TestPoolRefusesBig: a peer that sends one byte must not be given a big
// buffer that another one left behind.
func TestPoolRefusesBig(t *testing.T) {
	var r Reader
	var s count
	big := AppendMasked(nil, OpBinary, true, [4]byte{}, make([]byte, 1<<20))
	r.Read(big[:len(big)-1], 1<<20, &s)
	b := r.buf
	if cap(b.b) < 1<<20-1 {
		t.Fatalf("room of %d", cap(b.b))
	}
	r.Read(big[len(big)-1:], 1<<20, &s)
	if s.bytes != 1<<20 {
		t.Fatalf("read %+v", s)
	}
	for range 100 {
		if got := getBuffer(); got == b || cap(got.b) > maxPooled {
			t.Fatal("the pool kept a big buffer")
		}
	}
}
