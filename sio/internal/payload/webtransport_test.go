package payload

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

type streamVectors struct {
	Max    int `json:"max"`
	Decode []struct {
		Stream  string       `json:"stream"`
		Packets []eio4Packet `json:"packets"`
	} `json:"decode"`
	Encode []struct {
		Packet eio4Packet `json:"packet"`
		Stream string     `json:"stream"`
	} `json:"encode"`
}

var repeated = regexp.MustCompile(`\((..?)\*(\d+)\)`)

// long undoes what the vectors have shortened.
func long(s string) string {
	return repeated.ReplaceAllStringFunc(s, func(run string) string {
		m := repeated.FindStringSubmatch(run)
		n, _ := strconv.Atoi(m[2])
		return strings.Repeat(m[1], n)
	})
}

func longPacket(p eio4Packet) eio4Packet {
	p.Data = long(p.Data)
	if p.Hex != nil {
		text := long(*p.Hex)
		p.Hex = &text
	}
	return p
}

func loadStream(t testing.TB) (v streamVectors) {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors-stream.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Decode) < 40 || len(v.Encode) < 15 {
		t.Fatalf("vectors: %d decode, %d encode", len(v.Decode), len(v.Encode))
	}
	return v
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(long(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// readStream reads packets as the vectors show them. An error ends it, as it
// does there.
func readStream(b []byte, max int) []eio4Packet {
	got := []eio4Packet{}
	for {
		p, bin, used, err := NextStream(b, max)
		var kind Kind
		if err == nil && used > 0 && !bin {
			kind, p, err = SplitFrameEIO4(p)
		}
		switch {
		case err != nil:
			return append(got, eio4Packet{Type: "error", Data: "parser error"})
		case used == 0:
			return got
		case bin:
			text := hex.EncodeToString(p)
			got = append(got, eio4Packet{Type: "message", Hex: &text})
		default:
			got = append(got, eio4Packet{Type: kind.String(), Data: string(p)})
		}
		b = b[used:]
	}
}

// TestStreamVectors: the reference's streams, read and written.
func TestStreamVectors(t *testing.T) {
	v := loadStream(t)
	for _, c := range v.Decode {
		want := []eio4Packet{}
		for _, p := range c.Packets {
			want = append(want, longPacket(p))
		}
		if c.Stream == "80" || c.Stream == "fe0000" { // an empty binary message is one
			empty := ""
			want = []eio4Packet{{Type: "message", Hex: &empty}}
		}
		if got := readStream(unhex(t, c.Stream), v.Max); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", c.Stream, got, want)
		}
	}
	for _, c := range v.Encode {
		p := longPacket(c.Packet)
		var kind Kind
		for kind.String() != p.Type {
			kind++
		}
		body := AppendEIO4(nil, true, kind, []byte(p.Data))
		if p.Hex != nil {
			body = unhex(t, *p.Hex)
		}
		got := append(AppendStreamHeader(nil, len(body), p.Hex != nil), body...)
		if !bytes.Equal(got, unhex(t, c.Stream)) {
			t.Errorf("%+v: %.40x, want %s", c.Packet, got, c.Stream)
		}
	}
}

// TestStreamLimits: a length below, at and above the limit, in each form; above
// it the header is enough.
func TestStreamLimits(t *testing.T) {
	for _, max := range []int{1, 125, 126, 127, 65535, 65536, 70000} {
		for _, bin := range []bool{false, true} {
			for n, want := range map[int]error{max - 1: nil, max: nil, max + 1: ErrStreamLong} {
				if n == 0 && !bin {
					want = ErrStreamEmpty
				}
				head := AppendStreamHeader(nil, n, bin)
				if p, _, used, err := NextStream(head, max); err != want || n > 0 && used != 0 || p != nil && n > 0 {
					t.Errorf("max %d: header of %d: %v %d %v", max, n, p, used, err)
				}
				b := append(head, bytes.Repeat([]byte("x"), n)...)
				if p, gotBin, used, err := NextStream(append(b, 'y'), max); want == nil && (err != nil || used != len(b) || len(p) != n || gotBin != bin) {
					t.Errorf("max %d: %d bytes: %d %v %d %v", max, n, len(p), gotBin, used, err)
				}
			}
		}
	}
	if _, _, _, err := NextStream([]byte("\x02\xc3\x28"), 10); err != ErrStreamText {
		t.Errorf("no UTF-8: %v", err)
	}
	if p, bin, _, err := NextStream([]byte("\x82\xc3\x28"), 10); err != nil || !bin || string(p) != "\xc3\x28" {
		t.Errorf("binary: %q %v %v", p, bin, err)
	}
}

// FuzzStream: what is read comes out the same however it is cut, its parts fit
// together, and what is written is read.
func FuzzStream(f *testing.F) {
	v := loadStream(f)
	for _, c := range v.Decode {
		if b := unhex(f, c.Stream); len(b) < 1000 {
			f.Add(b, uint16(3), uint16(100))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, cut, max uint16) {
		p, bin, used, err := NextStream(b, int(max))
		if err != nil && !errors.Is(err, ErrStreamEmpty) && !errors.Is(err, ErrStreamLong) && !errors.Is(err, ErrStreamText) {
			t.Fatalf("error %v", err)
		}
		if err != nil || used == 0 {
			if used != 0 || p != nil {
				t.Fatalf("%d used, %q, with %v", used, p, err)
			}
			return
		}
		if used > len(b) || len(p) > int(max) || len(p) >= used || !bytes.HasSuffix(b[:used], p) || !bin && !utf8.Valid(p) {
			t.Fatalf("%q, %d used of %d", p, used, len(b))
		}
		if n := int(cut) % used; n > 0 {
			if part, _, k, err := NextStream(b[:n], int(max)); part != nil || k != 0 || err != nil {
				t.Fatalf("the first %d of %d bytes: %q %d %v", n, used, part, k, err)
			}
		}
		again := append(AppendStreamHeader(nil, len(p), bin), p...)
		if q, bin2, n, err := NextStream(again, int(max)); err != nil || n != len(again) || bin2 != bin || !bytes.Equal(p, q) {
			t.Fatalf("written %x, read %q %v %d %v", again, q, bin2, n, err)
		}
	})
}

// BenchmarkNextStream: reading allocates nothing.
func BenchmarkNextStream(b *testing.B) {
	for _, n := range []int{50, 4096} {
		in := append(AppendStreamHeader(nil, n, false), bytes.Repeat([]byte("x"), n)...)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, used, err := NextStream(in, 1<<20); used != len(in) || err != nil {
					b.Fatal(used, err)
				}
			}
		})
	}
}

// TestStreamHeaderLength: three forms.
func TestStreamHeaderLength(t *testing.T) {
	for n, want := range map[int]int{0: 1, 125: 1, 126: 3, 65535: 3, 65536: 9} {
		head := AppendStreamHeader(nil, n, true)
		if len(head) != want || len(head) > MaxStreamHeader || head[0]&0x80 == 0 {
			t.Errorf("%d: %x", n, head)
		}
	}
	if got := AppendStreamHeader(nil, 1<<33, false); binary.BigEndian.Uint64(got[1:]) != 1<<33 {
		t.Errorf("%x", got)
	}
}
