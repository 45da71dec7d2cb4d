package payload

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Kind{
		"0::": Close, "0:::": Close, "0:1+::x": Close, "0::/": Message, "0::/chat": Message,
		"2::": Heartbeat, "2:::": Heartbeat, "2::/a": Message, "8::": Noop, "8:1::": Noop, "8::/a": Message,
		"1::": Message, "3:::a": Message, "5:1+::{}": Message, "7:::1+0": Message,
		"": Message, "0": Message, "0:": Message, "2:a:": Message, "2:1": Message, "2:1+": Message, "00:": Message, "2x:": Message, "8:++:": Message,
	} {
		if got := Classify([]byte(in)); got != want {
			t.Errorf("%q: got %v, want %v", in, got, want)
		}
	}
}

func TestNextRev1Errors(t *testing.T) {
	t.Parallel()
	m := marker
	for in, want := range map[string]Error{
		"":                                    {0, "empty payload"},
		m:                                     {3, "malformed length"},
		m + m:                                 {3, "malformed length"},
		m + "5":                               {4, "malformed length"},
		m + "5x" + m + "3:::a":                {4, "malformed length"},
		m + "1234567890" + m:                  {12, "malformed length"},
		m + "999999999" + m + "a":             {15, "length does not fit the text"},
		m + "5" + m + "3:::😀":                 {7, "length does not fit the text"}, // cuts the pair
		m + "4" + m + "3:::" + "x":            {11, "text after a packet"},
		m + "4" + m + "3:::" + "\xef\xbf":     {11, "text after a packet"},
		m + "4" + m + "3:::" + "\xef\xbf\xbe": {11, "text after a packet"},
	} {
		if _, _, err := NextRev1([]byte(in)); err == nil || *err.(*Error) != want {
			t.Errorf("%q: got %v, want %v", in, err, want)
		}
	}
}

// The counts are what TextDecoder makes of the bytes in browsers and in Node.
func TestUTF16Len(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{
		"": 0, "a": 1, "12345678": 8, "123456789é": 10, "é€": 2, "😀": 2, "\ufffd": 1, "\uffff\U00010000\U0010ffff": 5,
		strings.Repeat("a", 1000) + "😀" + strings.Repeat("日", 100): 1102,
		"\x80": 1, "\x80\x80": 2, "\xc0\x80": 2, "\xc1\xbf": 2, "\xc2": 1, "\xc2a": 2, "\xdf\xbf": 1,
		"\xe2\x82": 1, "\xe2\x82a": 2, "\xe2a": 2, "\xe0\x80\x80": 3, "\xe0\x9f\x80": 3, "\xe0\xa0": 1,
		"\xed\xa0\x80": 3, "\xed\x9f": 1, "\xed\xa0\xbd\xed\xb8\x80": 6,
		"\xf0\x9f\x98": 1, "\xf0\x9f\x98\xe2": 2, "\xf0\x80\x80\x80": 4, "\xf0\x90\x80": 1, "\xf4\x8f\xbf": 1, "\xf4\x90\x80\x80": 4, "\xf5\x80": 2, "\xff\xfe": 2,
		"\xf0\x9f\x98\xef\xbf\xbd": 2, "\xf1\x80\xf1\x80\x80\xf1\x80\x80\x80": 4,
	} {
		if got := UTF16Len([]byte(in)); got != want {
			t.Errorf("%q: got %d, want %d", in, got, want)
		}
	}
}

// decodeWHATWG is the decoder of the Encoding Standard, section 8.1.1, written
// down as it stands there, and gives UTF-16 code units.
func decodeWHATWG(b []byte) (units []uint16) {
	var point rune
	seen, need, lower, upper := 0, 0, byte(0x80), byte(0xBF)
	replace := func() { units = append(units, 0xFFFD) }
	for i := 0; i < len(b); i++ {
		c := b[i]
		if need == 0 {
			switch {
			case c <= 0x7F:
				units = append(units, uint16(c))
			case c >= 0xC2 && c <= 0xDF:
				need, point = 1, rune(c&0x1F)
			case c >= 0xE0 && c <= 0xEF:
				if c == 0xE0 {
					lower = 0xA0
				}
				if c == 0xED {
					upper = 0x9F
				}
				need, point = 2, rune(c&0xF)
			case c >= 0xF0 && c <= 0xF4:
				if c == 0xF0 {
					lower = 0x90
				}
				if c == 0xF4 {
					upper = 0x8F
				}
				need, point = 3, rune(c&0x7)
			default:
				replace()
			}
			continue
		}
		if c < lower || c > upper {
			point, need, seen, lower, upper = 0, 0, 0, 0x80, 0xBF
			i--
			replace()
			continue
		}
		lower, upper = 0x80, 0xBF
		point = point<<6 | rune(c&0x3F)
		if seen++; seen == need {
			units = append(units, utf16.Encode([]rune{point})...)
			point, need, seen = 0, 0, 0
		}
	}
	if need > 0 {
		replace()
	}
	return units
}

func FuzzUTF16(f *testing.F) {
	for _, s := range []string{"a", "é€😀", "\xed\xa0\x80", "\xf0\x9f\x98", "aaaaaaaaaaaaaaaa\x80"} {
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		want := len(decodeWHATWG(b))
		if got := UTF16Len(b); got != want {
			t.Fatalf("%q: got %d, want %d", b, got, want)
		}
		if end, ok := utf16Prefix(b, want); !ok || end != len(b) {
			t.Fatalf("%q: %d units end at %d, %v", b, want, end, ok)
		}
		if end, ok := utf16Prefix(b, n); ok && n >= 0 && UTF16Len(b[:end]) != n || end > len(b) {
			t.Fatalf("%q: %d units end at %d", b, n, end)
		}
	})
}

func FuzzNextRev1(f *testing.F) {
	for _, v := range loadRev1(f) {
		if v.Malformed != nil {
			f.Add([]byte(*v.Malformed))
		} else {
			f.Add([]byte(v.Encoded))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var packets [][]byte
		for in := body; ; {
			packet, rest, err := NextRev1(in)
			if err != nil {
				if e, ok := err.(*Error); !ok || e.Offset > len(in) {
					t.Fatalf("%q: %#v", in, err)
				}
				return
			}
			if len(packet) == 0 && len(rest) >= len(in) {
				t.Fatalf("%q: no progress", in)
			}
			packets = append(packets, packet)
			if in = rest; len(rest) == 0 {
				break
			}
		}
		if len(packets) == 1 && (len(packets[0]) == 0 || hasMarker(packets[0])) {
			return // would not be bare
		}
		again, err := allRev1(AppendRev1(nil, packets...))
		if err != nil || len(again) != len(packets) {
			t.Fatalf("%q: %q, then %q, %v", body, packets, again, err)
		}
		for i := range again {
			if again[i] != string(packets[i]) {
				t.Fatalf("%q: %q, then %q", body, packets, again)
			}
		}
	})
}

// Any packets, also of bytes that are not UTF-8, come back as they were: both
// sides count alike, because no packet ends in the middle of U+FFFD.
func FuzzRev1RoundTrip(f *testing.F) {
	f.Add([]byte("3:::a"), []byte("3:::\xff\xe2\x82"), []byte("5:::\ufffd"))
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		want := [][]byte{a, b, c}
		got, err := allRev1(AppendRev1(nil, want...))
		if err != nil || len(got) != len(want) {
			t.Fatalf("%q: got %q, %v", want, got, err)
		}
		for i := range want {
			if got[i] != string(want[i]) {
				t.Fatalf("%q: got %q", want, got)
			}
		}
	})
}

func FuzzClassify(f *testing.F) {
	f.Add([]byte("2::"))
	f.Add([]byte("0:1+::"))
	f.Fuzz(func(t *testing.T, b []byte) {
		kind := Classify(b)
		if kind == Message {
			return
		}
		if parts := bytes.SplitN(b, []byte(":"), 4); len(parts) < 3 || len(parts[2]) > 0 || len(parts[0]) != 1 {
			t.Fatalf("%q: %v", b, kind)
		}
	})
}

func FuzzNextEIO4(f *testing.F) {
	for _, v := range loadEIO4(f).Decode {
		f.Add([]byte(v.Body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var again []byte
		faulty := false
		for in, first := body, true; ; first = false {
			kind, binary, data, rest, err := NextEIO4(in)
			if err != nil {
				if _, ok := err.(*Error); !ok {
					t.Fatalf("%q: %#v", in, err)
				}
				faulty = true
				break
			}
			if binary {
				again = append(AppendEIO4(again, first, 0, nil), data...)
				again[len(again)-len(data)-1] = 'b'
			} else {
				again = AppendEIO4(again, first, kind, data)
			}
			if in = rest; len(rest) == 0 {
				break
			}
		}
		// Between two separators or ends there is a packet with a known type.
		for _, p := range bytes.Split(body, []byte{separator}) {
			if len(p) == 0 || !strings.Contains("0123456b", string(p[:1])) {
				if !faulty {
					t.Fatalf("%q: accepted", body)
				}
				return
			}
		}
		if faulty || !bytes.Equal(again, body) {
			t.Fatalf("%q: %v, written again %q", body, faulty, again)
		}
	})
}

func FuzzBase64(f *testing.F) {
	f.Add([]byte("AQID"))
	f.Add([]byte("AQ=="))
	f.Fuzz(func(t *testing.T, b []byte) {
		out, err := DecodeBase64([]byte("x"), b)
		if err != nil {
			if e, ok := err.(*Error); !ok || e.Offset > len(b) || string(out) != "x" {
				t.Fatalf("%q: %q, %#v", b, out, err)
			}
		} else if len(out) > 1+len(b) || out[0] != 'x' {
			t.Fatalf("%q: %q", b, out)
		}
		encoded := AppendBinaryEIO4(nil, true, b)
		if out, err = DecodeBase64(nil, encoded[1:]); err != nil || !bytes.Equal(out, b) {
			t.Fatalf("%q: %q, %q, %v", b, encoded, out, err)
		}
	})
}

func FuzzHandshake(f *testing.F) {
	f.Add("sid", 25000)
	f.Fuzz(func(t *testing.T, s string, n int) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, ":,") {
			return
		}
		got := strings.Split(string(AppendHandshake(nil, s, n, n, []string{s, s})), ":")
		if len(got) != 4 || got[0] != s || got[3] != s+","+s || got[1] != got[2] {
			t.Fatalf("%q", got)
		}
	})
}
