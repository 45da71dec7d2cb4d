package wsproto

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// hixieVector is one of the vectors that Node's proveReception agrees on; the
// first three are the draft's own.
type hixieVector struct {
	Key1, Key2, Key3Hex, ResponseHex, Invalid string
	Quotient1, Quotient2                      uint32
}

func loadHixie(t testing.TB) []hixieVector {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors-hixie76.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Hixie76 []hixieVector }
	if err := json.Unmarshal(text, &file); err != nil || len(file.Hixie76) != 7 {
		t.Fatalf("%d vectors, %v", len(file.Hixie76), err)
	}
	return file.Hixie76
}

func TestHixieVectors(t *testing.T) {
	t.Parallel()
	for _, v := range loadHixie(t) {
		if v.Invalid != "" {
			if n, ok := HixieNumber([]byte(v.Key1)); ok {
				t.Errorf("%q gives %d: %s", v.Key1, n, v.Invalid)
			}
			continue
		}
		n1, n2, err := CheckHixie([]byte("GET"), []byte("WebSocket"), []byte("Upgrade"), []byte(v.Key1), []byte(v.Key2))
		if err != nil || n1 != v.Quotient1 || n2 != v.Quotient2 {
			t.Errorf("%q, %q: %d, %d, %v", v.Key1, v.Key2, n1, n2, err)
		}
		var key3 [HixieKey3]byte
		if _, err := hex.Decode(key3[:], []byte(v.Key3Hex)); err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(AppendHixieDigest(nil, n1, n2, key3)); got != v.ResponseHex {
			t.Errorf("%q: digest %s, want %s", v.Key1, got, v.ResponseHex)
		}
	}
}

func TestHixieNumber(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		key  string
		n    uint32
		ok   bool
		what string
	}{
		{"", 0, false, "empty"},
		{"   ", 0, false, "no digit"},
		{"0 ", 0, true, "zero"},
		{"4294967295 ", math.MaxUint32, true, "the largest"},
		{"4294967296 ", 0, false, "33 bits"},
		{"8589934590  ", math.MaxUint32, true, "the largest, two spaces"},
		{"1\t2 ", 12, true, "a tab is no space"},
		{"a:1,b 2;", 12, true, "punctuation"},
		{" " + strings.Repeat("9", 40), 0, false, "more than 64 bits"},
		{" " + strings.Repeat("0", 400) + "7", 7, true, "zeros"},
	} {
		if n, ok := HixieNumber([]byte(tt.key)); n != tt.n || ok != tt.ok {
			t.Errorf("%s: %d, %v", tt.what, n, ok)
		}
	}
}

func TestCheckHixie(t *testing.T) {
	t.Parallel()
	const good = "4 @1  46546xW%0l 1 5"
	for _, tt := range []struct {
		method, upgrade, connection, key1, key2 string
		want                                    *HandshakeError
	}{
		{"GET", "websocket", "keep-alive, Upgrade", good, good, nil},
		{"POST", "WebSocket", "Upgrade", good, good, errMethod},
		{"GET", "h2c", "Upgrade", good, good, errUpgrade},
		{"GET", "WebSocket", "close", good, good, errConnection},
		{"GET", "WebSocket", "Upgrade", "12345", good, errHixieKey},
		{"GET", "WebSocket", "Upgrade", good, "7 7 7", errHixieKey},
		{"GET", "WebSocket", "Upgrade", good, "", errHixieKey},
	} {
		_, _, err := CheckHixie([]byte(tt.method), []byte(tt.upgrade), []byte(tt.connection), []byte(tt.key1), []byte(tt.key2))
		if err != tt.want {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

func TestAppendHixieSwitching(t *testing.T) {
	t.Parallel()
	got := string(AppendHixieSwitching([]byte("x"), []byte("http://www.example.com"), []byte("h:81"), []byte("/a/b?c=d"), nil, false))
	want := "xHTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Origin: http://www.example.com\r\nSec-WebSocket-Location: ws://h:81/a/b?c=d\r\n\r\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	got = string(AppendHixieSwitching(nil, []byte("null"), []byte("h"), []byte("/"), []byte("chat"), true))
	if !strings.Contains(got, "\r\nSec-WebSocket-Location: wss://h/\r\nSec-WebSocket-Protocol: chat\r\n\r\n") {
		t.Errorf("got %q", got)
	}
}

func TestAppendHixieFrame(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":           "\x00\xff",
		"3:::\u00e9": "\x003:::\u00e9\xff",
		"\uFFFD":     "\x00\uFFFD\xff",
		"a\xffb\xff": "\x00a\uFFFDb\uFFFD\xff",
	} {
		if got := string(AppendHixieFrame(nil, []byte(text))); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// hixieRecord is a sink that notes its events.
type hixieRecord struct {
	events []string
	stop   bool
}

func (r *hixieRecord) OnText(p []byte) bool {
	r.events = append(r.events, event("text", p))
	return !r.stop
}

func (r *hixieRecord) OnClosing() bool {
	r.events = append(r.events, "closing")
	return !r.stop
}

// feedHixie reads input in pieces. What is not used is offered again, as a
// connection does.
func feedHixie(input []byte, max, piece int) (events []string, err error) {
	var r HixieReader
	var s hixieRecord
	for chunk := range slices.Chunk(slices.Clone(input), piece) {
		used, e := r.Read(chunk, max, &s)
		if used != len(chunk) {
			return s.events, errors.New("input left without a stop")
		}
		if e != nil && err == nil {
			err = e
		}
	}
	return s.events, err
}

func TestHixieRead(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long \u65e5 ", 2000)
	for _, tt := range []struct {
		name, input string
		want        []string
		err         error
	}{
		{"empty", "\x00\xff", []string{event("text", "")}, nil},
		{"two", "\x00a\xff\x00b\u00e9\xff", []string{event("text", "a"), event("text", "b\u00e9")}, nil},
		{"a replacement character", "\x00a\uFFFDb\xff", []string{event("text", "a\uFFFDb")}, nil},
		{"a NUL inside", "\x00a\x00b\xff", []string{event("text", "a\x00b")}, nil},
		{"not UTF-8", "\x00a\xc3\xff\x00b\xff", []string{event("text", "a\uFFFD"), event("text", "b")}, nil},
		{"long", "\x00" + long + "\xff", []string{event("text", long)}, nil},
		{"closing", "\x00a\xff\xff\x00", []string{event("text", "a"), "closing"}, nil},
		{"after the closing", "\xff\x00\x00a\xff\x81", []string{"closing"}, nil},
		{"binary", "\x00a\xff\x80\x05hello", []string{event("text", "a")}, errHixieFrame},
		{"RFC 6455", "\x81\x85abcdhello", nil, errHixieFrame},
		{"another type", "\x01abc\xff", nil, errHixieFrame},
		{"FE", "\xfe\x00", nil, errHixieFrame},
		{"half a closing", "\xff\x01", nil, errHixieFrame},
		{"two starts of a closing", "\xff\xff\x00", nil, errHixieFrame},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for piece := 1; piece <= min(len(tt.input), 40); piece++ {
				got, err := feedHixie([]byte(tt.input), 20000, piece)
				if !slices.Equal(got, tt.want) || err != tt.err {
					t.Fatalf("pieces of %d: %.200q, %v", piece, got, err)
				}
			}
		})
	}
}

func TestHixieReadLimit(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]error{9: nil, 10: nil, 11: errTooBig} {
		input := "\x00" + strings.Repeat("x", n) + "\xff\x00y\xff"
		for piece := 1; piece <= len(input); piece++ {
			if _, err := feedHixie([]byte(input), 10, piece); err != want {
				t.Errorf("%d bytes in pieces of %d: %v", n, piece, err)
			}
		}
	}
	// An endless message is refused before its end.
	if _, err := feedHixie([]byte("\x00"+strings.Repeat("x", 11)), 10, 3); err != errTooBig {
		t.Errorf("without an end: %v", err)
	}
}

func TestHixieReadStops(t *testing.T) {
	t.Parallel()
	input := []byte("\x00a\xff\x00b\xff\xff\x00")
	var r HixieReader
	s := hixieRecord{stop: true}
	for _, want := range []int{3, 3, 2} {
		used, err := r.Read(input, 10, &s)
		if used != want || err != nil {
			t.Fatalf("used %d, %v", used, err)
		}
		input = input[used:]
	}
	if len(s.events) != 3 {
		t.Errorf("%q", s.events)
	}
}

func TestHixieAllocates(t *testing.T) {
	text := []byte("5:::{\"name\":\"a\"}")
	frame := AppendHixieFrame(nil, text)
	dst := make([]byte, 0, 100)
	var r HixieReader
	var s discardHixie
	if n := testing.AllocsPerRun(100, func() {
		dst = AppendHixieFrame(dst[:0], text)
		_, _ = r.Read(frame, 100, &s)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

type discardHixie struct{ n int }

func (d *discardHixie) OnText(p []byte) bool { d.n += len(p); return true }
func (d *discardHixie) OnClosing() bool      { return true }

func BenchmarkHixieRead(b *testing.B) {
	frame := AppendHixieFrame(nil, bytes.Repeat([]byte("text "), 50))
	var r HixieReader
	var s discardHixie
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		_, _ = r.Read(frame, 1000, &s)
	}
}

// FuzzHixieRead: any split gives the same events, and texts are UTF-8.
func FuzzHixieRead(f *testing.F) {
	for _, s := range []string{"\x00a\xff\xff\x00", "\x00\xc3\xff\x80", "\xff\xff", "\x00abcdefghijklmnopqrst\xff"} {
		f.Add([]byte(s), 2)
	}
	f.Fuzz(func(t *testing.T, input []byte, piece int) {
		if piece < 1 || len(input) == 0 {
			return
		}
		whole, err := feedHixie(input, 16, len(input))
		got, err2 := feedHixie(input, 16, piece)
		if !slices.Equal(whole, got) || err != err2 {
			t.Errorf("whole: %q, %v; in pieces: %q, %v", whole, err, got, err2)
		}
		for _, e := range whole {
			if !utf8.ValidString(e) {
				t.Errorf("%q is not UTF-8", e)
			}
		}
	})
}

// FuzzHixieNumber: what a key hides is its digits over its spaces.
func FuzzHixieNumber(f *testing.F) {
	f.Add([]byte("4 @1  46546xW%0l 1 5"))
	f.Fuzz(func(t *testing.T, key []byte) {
		n, ok := HixieNumber(key)
		if ok && !bytes.ContainsAny(key, "0123456789") || ok && !bytes.ContainsRune(key, ' ') || !ok && n != 0 {
			t.Errorf("%q: %d, %v", key, n, ok)
		}
	})
}
