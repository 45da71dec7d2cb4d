package wsproto

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestNegotiateDeflate(t *testing.T) {
	const no = "; server_no_context_takeover; client_no_context_takeover"
	for _, c := range []struct {
		offers   string
		takeover bool
		want     string // parameters of the answer; "-": declined
	}{
		{"", false, "-"},
		{"permessage-deflate", false, no},
		{"permessage-deflate; client_max_window_bits", false, no}, // Chromium, Firefox, ws
		{"Permessage-Deflate ;client_max_window_bits=15 ", false, no},
		{`permessage-deflate; client_max_window_bits="9"`, false, no},
		{"permessage-deflate", true, ""},
		{"permessage-deflate; client_no_context_takeover", true, "; client_no_context_takeover"},
		{"permessage-deflate; server_no_context_takeover", true, "; server_no_context_takeover"},
		{"permessage-deflate; server_max_window_bits=10", false, "-"},
		{"permessage-deflate; server_max_window_bits=15", false, no},
		{"permessage-deflate; server_max_window_bits=10, permessage-deflate", false, no},
		{"x-webkit-deflate-frame", false, "-"},
		{"x-webkit-deflate-frame, permessage-deflate; client_max_window_bits", false, no},
		{"permessage-deflate; client_max_window_bits=7", false, "-"},
		{"permessage-deflate; client_max_window_bits=16", false, "-"},
		{"permessage-deflate; client_max_window_bits=08", false, "-"},
		{"permessage-deflate; server_max_window_bits", false, "-"},
		{"permessage-deflate; server_no_context_takeover=1", false, "-"},
		{"permessage-deflate; server_no_context_takeover; server_no_context_takeover", false, "-"},
		{"permessage-deflate; unknown", false, "-"},
		{`foo; x="permessage-deflate, permessage-deflate"`, false, "-"},
		{`foo; x="a\",permessage-deflate", permessage-deflate`, false, no},
	} {
		d := NegotiateDeflate([]byte(c.offers), c.takeover)
		got := "-"
		if line := string(AppendDeflate(nil, d)); line != "" {
			got = strings.TrimSuffix(strings.TrimPrefix(line, "Sec-WebSocket-Extensions: permessage-deflate"), "\r\n")
		}
		if got != c.want {
			t.Errorf("%q, takeover %v: %q, want %q", c.offers, c.takeover, got, c.want)
		}
	}
}

// texts are messages of all sizes, compressible and not.
func texts() [][]byte {
	noise := make([]byte, 100_000)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	return [][]byte{
		{}, []byte("a"), []byte("hello hello hello"), bytes.Repeat([]byte("0123456789 日本 🌪 "), 20_000),
		make([]byte, 300_000), noise, noise[:33_000], append(slices.Clone(noise[:40_000]), noise[:40_000]...),
	}
}

// What we compress the standard library reads, and the other way round; with a
// context and without.
func TestDeflateWithTheStandardLibrary(t *testing.T) {
	var f Inflater
	var dict []byte
	for i, p := range texts() {
		for _, context := range [][]byte{nil, dict} {
			z := AppendDeflated(nil, p, context)
			r := flate.NewReaderDict(io.MultiReader(bytes.NewReader(z), strings.NewReader(inflateTail)), context)
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, p) {
				t.Errorf("text %d, context of %d: %d bytes, %v", i, len(context), len(got), err)
			}
			got, err := f.Inflate(z, len(p)+1, context)
			if err != nil || !bytes.Equal(got, p) {
				t.Errorf("text %d: our own: %d bytes, %v", i, len(got), err)
			}
			var std bytes.Buffer
			w, _ := flate.NewWriterDict(&std, flate.BestCompression, context)
			_, _ = w.Write(p)
			_ = w.Flush()
			got, err = f.Inflate(bytes.TrimSuffix(std.Bytes(), []byte(deflateTail)), len(p)+1, context)
			if err != nil || !bytes.Equal(got, p) {
				t.Errorf("text %d: the library's: %d bytes, %v", i, len(got), err)
			}
		}
		dict = p[max(0, len(p)-MaxDict):]
	}
}

// The RFC's own examples (section 7.2.3).
func TestDeflateExamples(t *testing.T) {
	var f Inflater
	for name, c := range map[string]struct{ in, want, dict string }{
		"one compressed block": {"\xf2\x48\xcd\xc9\xc9\x07\x00", "Hello", ""},
		"shared window":        {"\xf2\x00\x11\x00\x00", "Hello", "Hello"},
		"no compression":       {"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", "Hello", ""},
		"BFINAL":               {"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", "Hello", ""},
		"two blocks":           {"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", "Hello", ""},
		"an empty message":     {"\x00", "", ""},
	} {
		got, err := f.Inflate([]byte(c.in), 100, []byte(c.dict))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestInflateLimits(t *testing.T) {
	var f Inflater
	bomb := AppendDeflated(nil, make([]byte, 64<<20), nil)
	if len(bomb) > 200_000 {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	const limit = 100_000
	if _, err := f.Inflate(bomb, limit, nil); err != errTooBig {
		t.Errorf("a bomb: %v", err)
	}
	if cap(f.out) > 4*limit {
		t.Errorf("a bomb took %d bytes", cap(f.out))
	}
	for _, n := range []int{limit - 1, limit, limit + 1} {
		_, err := f.Inflate(AppendDeflated(nil, make([]byte, n), nil), limit, nil)
		if (err == nil) != (n <= limit) {
			t.Errorf("%d of %d bytes: %v", n, limit, err)
		}
	}
	whole := AppendDeflated(nil, bytes.Repeat([]byte("some text, some text"), 50), nil)
	for n := range len(whole) {
		if _, err := f.Inflate(whole[:n], limit, nil); err == nil {
			t.Errorf("cut after %d of %d bytes: no error", n, len(whole))
		}
	}
	if _, err := f.Inflate([]byte("\x07garbage"), limit, nil); err != errDeflate {
		t.Errorf("garbage: %v", err)
	}
}

// deflateRecord is a sink that takes compressed messages.
type deflateRecord struct {
	record
	f   Inflater
	max int
}

func (s *deflateRecord) Inflate(p []byte) ([]byte, *CloseError) { return s.f.Inflate(p, s.max, nil) }

// client makes a client's frame.
func clientFrame(first byte, p []byte) []byte {
	b := make([]byte, MaxHeaderSize)
	b = b[:putHeader(b, first, bitMask, len(p))]
	b = append(b, 0, 0, 0, 0) // a key of zeros masks nothing
	return append(b, p...)
}

func TestReadDeflated(t *testing.T) {
	const limit = 1000
	z := AppendDeflated(nil, []byte("hello, hello, hello"), nil)
	half := len(z) / 2
	bad := AppendDeflated(nil, []byte("\xff\xfe"), nil)
	noise := texts()[5][:limit]
	for name, c := range map[string]struct {
		in   []byte
		want string
	}{
		"whole":                 {clientFrame(0xc1, z), `text "hello, hello, hello"`},
		"binary":                {clientFrame(0xc2, z), `binary "hello, hello, hello"`},
		"plain":                 {clientFrame(0x81, []byte("plain")), `text "plain"`},
		"fragments":             {slices.Concat(clientFrame(0x41, z[:half]), clientFrame(0x89, []byte("p")), clientFrame(0x80, z[half:])), `ping "p" text "hello, hello, hello"`},
		"then plain":            {slices.Concat(clientFrame(0xc1, z), clientFrame(0x81, []byte("x"))), `text "hello, hello, hello" text "x"`},
		"not UTF-8":             {clientFrame(0xc1, bad), "error websocket: text is not UTF-8"},
		"bit on a continuation": {slices.Concat(clientFrame(0x41, z[:half]), clientFrame(0xc0, z[half:])), "error websocket: reserved bit set without an extension"},
		"bit on a ping":         {clientFrame(0xc9, nil), "error websocket: reserved bit set without an extension"},
		"bit 2":                 {clientFrame(0xe1, z), "error websocket: reserved bit set without an extension"},
		"garbage":               {clientFrame(0xc1, []byte("\x07garbage")), "error websocket: compressed message can't be read"},
		"too big inside":        {clientFrame(0xc1, AppendDeflated(nil, make([]byte, limit+1), nil)), "error websocket: message exceeds the limit"},
		"the limit":             {clientFrame(0xc2, AppendDeflated(nil, noise, nil)), "binary"},
		"too big outside":       {clientFrame(0xc1, make([]byte, 2*limit)), "error websocket: message exceeds the limit"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, cut := range []func(int) int{all, bytewise, by(7)} {
				var r Reader
				r.Deflate()
				s := &deflateRecord{max: limit}
				got := feedInto(&r, s, limit, c.in, cut)
				if !strings.HasPrefix(got, c.want) {
					t.Errorf("got %s, want %s", got, c.want)
				}
			}
		})
	}
}

func feedInto(r *Reader, s *deflateRecord, limit int, input []byte, cut func(int) int) string {
	var got []string
	s.stop = nil
	var pending []byte
	for len(input) > 0 {
		n := cut(len(input))
		pending, input = append(pending, input[:n]...), input[n:]
		used, err := r.Read(pending, limit, s)
		if err != nil {
			s.events = append(s.events, "error "+err.Error())
			break
		}
		pending = pending[used:]
	}
	for _, e := range s.events {
		f := strings.SplitN(e, " ", 3)
		if len(f) == 3 && f[0] != "error" {
			e = f[0] + " " + f[2][:strings.LastIndexByte(f[2], ' ')]
		}
		got = append(got, e)
	}
	return strings.Join(got, " ")
}

func BenchmarkDeflate(b *testing.B) {
	p := bytes.Repeat([]byte(`42["message",{"name":"value","n":12345}],`), 50)
	var dst []byte
	b.SetBytes(int64(len(p)))
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendDeflated(dst[:0], p, nil)
	}
	b.ReportMetric(float64(len(p))/float64(len(dst)), "ratio")
}

func BenchmarkInflate(b *testing.B) {
	p := bytes.Repeat([]byte(`42["message",{"name":"value","n":12345}],`), 50)
	z := AppendDeflated(nil, p, nil)
	var f Inflater
	b.SetBytes(int64(len(p)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Inflate(z, len(p), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever a peer sends is read or refused within the limit; and what we
// compress comes back.
func FuzzInflate(f *testing.F) {
	f.Add([]byte("\xf2\x48\xcd\xc9\xc9\x07\x00"), []byte("Hello"))
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, p, dict []byte) {
		var fl Inflater
		got, err := fl.Inflate(p, 1000, dict)
		if err == nil && len(got) > 1000 {
			t.Fatalf("%d bytes", len(got))
		}
		var ce *CloseError
		if err != nil && !errors.As(err, &ce) {
			t.Fatal(err)
		}
		back, err := fl.Inflate(AppendDeflated(nil, p, dict), len(p)+1, dict[max(0, len(dict)-MaxDict):])
		if err != nil || !bytes.Equal(back, p) {
			t.Fatalf("%q comes back as %q, %v", p, back, err)
		}
	})
}

func FuzzNegotiateDeflate(f *testing.F) {
	f.Add("permessage-deflate; client_max_window_bits", true)
	f.Add(`x; y="a,b"; z, permessage-deflate; server_max_window_bits=15`, false)
	f.Fuzz(func(t *testing.T, offers string, takeover bool) {
		d := NegotiateDeflate([]byte(offers), takeover)
		if !d.On && (d.ServerTakeover || d.ClientTakeover) || !takeover && (d.ServerTakeover || d.ClientTakeover) {
			t.Fatalf("%q: %+v", offers, d)
		}
		// What we answer is an offer that we would accept as it is.
		if line := AppendDeflate(nil, d); len(line) > 0 {
			value := bytes.TrimSuffix(bytes.TrimPrefix(line, []byte("Sec-WebSocket-Extensions: ")), []byte("\r\n"))
			if again := NegotiateDeflate(value, takeover); again != d {
				t.Fatalf("%q: %+v, then %+v", offers, d, again)
			}
		}
	})
}
