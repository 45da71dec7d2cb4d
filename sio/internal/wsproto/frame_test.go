package wsproto

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// lengths lie at both sides of each form of the header.
var lengths = []int{0, 1, 124, 125, 126, 127, 65534, 65535, 65536, 65537, 1 << 20}

// TestAppendFrame reads our frames with gobwas/ws.
func TestAppendFrame(t *testing.T) {
	t.Parallel()
	for _, n := range lengths {
		for _, op := range []Op{OpText, OpBinary, OpContinuation, OpClose, OpPing, OpPong} {
			p := bytes.Repeat([]byte{'x'}, n)
			b := AppendFrame([]byte("before"), op, p)
			if len(b) != len("before")+HeaderSize(n)+n || string(b[:6]) != "before" {
				t.Fatalf("%d bytes: frame of %d", n, len(b))
			}
			h, payload := splitFrame(t, b[6:])
			want := ws.Header{Fin: true, OpCode: op, Length: int64(n)}
			if h != want || !bytes.Equal(payload, p) {
				t.Errorf("%d bytes: %+v", n, h)
			}
		}
	}
}

// TestAppendMasked reads our client's frames with gobwas/ws.
func TestAppendMasked(t *testing.T) {
	t.Parallel()
	mask := [4]byte{9, 0, 255, 1}
	for _, n := range lengths {
		for _, fin := range []bool{false, true} {
			p := bytes.Repeat([]byte("xyz"), n/3+1)[:n]
			b := AppendMasked(nil, OpBinary, fin, mask, p)
			h, payload := splitFrame(t, b)
			want := ws.Header{Fin: fin, OpCode: OpBinary, Masked: true, Mask: mask, Length: int64(n)}
			if h != want {
				t.Fatalf("%d bytes: %+v", n, h)
			}
			for i := range payload {
				payload[i] ^= mask[i%4]
			}
			if !bytes.Equal(payload, p) {
				t.Errorf("%d bytes: another payload", n)
			}
		}
	}
}

// splitFrame takes a frame apart with gobwas/ws; b is all of it.
func splitFrame(t *testing.T, b []byte) (h ws.Header, payload []byte) {
	t.Helper()
	src := bytes.NewReader(b)
	h, err := ws.ReadHeader(src)
	if err != nil {
		t.Fatal(err)
	}
	return h, b[len(b)-src.Len():]
}

// TestPutHeader writes a header that ends where the payload begins.
func TestPutHeader(t *testing.T) {
	t.Parallel()
	for _, n := range lengths {
		b := make([]byte, MaxHeaderSize+n)
		start := MaxHeaderSize - HeaderSize(n)
		if size := PutHeader(b[start:], OpBinary, n); size != HeaderSize(n) {
			t.Errorf("%d bytes: header of %d", n, size)
		}
		if want := AppendFrame(nil, OpBinary, make([]byte, n)); !bytes.Equal(b[start:], want) {
			t.Errorf("%d bytes: % x", n, b[start:MaxHeaderSize])
		}
		if !bytes.Equal(b[:start], make([]byte, start)) {
			t.Errorf("%d bytes: wrote in front of the header", n)
		}
	}
}

// TestRFCFrames are the examples of RFC 6455, section 5.7, written.
func TestRFCFrames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		got  []byte
		want string
	}{
		{AppendFrame(nil, OpText, []byte("Hello")), "\x81\x05Hello"},
		{AppendMasked(nil, OpText, true, [4]byte{0x37, 0xfa, 0x21, 0x3d}, []byte("Hello")),
			"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
		{AppendFrame(nil, OpPing, []byte("Hello")), "\x89\x05Hello"},
		{AppendFrame(nil, OpBinary, make([]byte, 256)), "\x82\x7e\x01\x00" + strings.Repeat("\x00", 256)},
		{AppendFrame(nil, OpBinary, make([]byte, 65536)),
			"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00" + strings.Repeat("\x00", 65536)},
	} {
		if string(test.got) != test.want {
			t.Errorf("got % .20x, want % .20x", test.got, test.want)
		}
	}
}

func TestAppendClose(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		code   uint16
		reason string
		want   string
	}{
		{1000, "", "\x88\x02\x03\xe8"},
		{1009, "too big", "\x88\x09\x03\xf1too big"},
		{4999, "é", "\x88\x04\x13\x87é"},
		{0, "ignored", "\x88\x00"},
		{CloseNoStatus, "ignored", "\x88\x00"},
		{CloseAbnormal, "ignored", "\x88\x00"},
		{CloseTLSHandshake, "ignored", "\x88\x00"},
		{1000, strings.Repeat("x", 123), "\x88\x7d\x03\xe8" + strings.Repeat("x", 123)},
		{1000, strings.Repeat("x", 200), "\x88\x7d\x03\xe8" + strings.Repeat("x", 123)},
		{1000, strings.Repeat("é", 100), "\x88\x7c\x03\xe8" + strings.Repeat("é", 61)},
		{1000, strings.Repeat("😀", 100), "\x88\x7a\x03\xe8" + strings.Repeat("😀", 30)},
	} {
		if got := AppendClose(nil, test.code, test.reason); string(got) != test.want {
			t.Errorf("%d %q: got %q, want %q", test.code, test.reason, got, test.want)
		}
	}
}

// TestCloseEcho: what a sink is given can be sent back, and is read the same.
func TestCloseEcho(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "\x03\xe8", "\x03\xe8bye", "\x13\x87" + strings.Repeat("é", 61)} {
		code, reason, err := parseClose([]byte(body))
		if err != nil || !utf8.Valid(reason) {
			t.Fatalf("%q: %v", body, err)
		}
		if got := AppendCloseBody(nil, code, string(reason)); string(got) != body {
			t.Errorf("%q: echo %q", body, got)
		}
	}
}

// TestClientReaderRefusesMasked: a server must not mask (section 5.1).
func TestClientReaderRefusesMasked(t *testing.T) {
	t.Parallel()
	r := NewClientReader()
	if _, err := r.Read(new(script).text("x").b, 100, &record{}); err != error(errMasked) {
		t.Errorf("got %v, want %v", err, errMasked)
	}
}

// TestCipher guards the masking that we take over against a plain loop: every
// length near a block, every offset and alignment.
func TestCipher(t *testing.T) {
	t.Parallel()
	mask := [4]byte{0x11, 0x22, 0x44, 0x88}
	for align := range 17 {
		for n := range 200 {
			for offset := range 5 {
				b := make([]byte, align+n+8)
				ws.Cipher(b[align:align+n], mask, offset)
				for i, c := range b {
					want := byte(0)
					if i >= align && i < align+n {
						want = mask[(i-align+offset)%4]
					}
					if c != want {
						t.Fatalf("align %d, length %d, offset %d: byte %d is %x", align, n, offset, i, c)
					}
				}
			}
		}
	}
}
