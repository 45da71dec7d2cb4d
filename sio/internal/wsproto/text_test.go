package wsproto

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// badTexts are texts that break at their last byte, no earlier and no later:
// what is in front of it may still become valid.
var badTexts = []string{
	"\x80", "\xbf", "a\x80", // continuation without a start
	"\xc0", "\xc1", "\xf5", "\xff", "\xfe", // bytes that never occur
	"\xe0\x80", "\xe0\x9f", "\xf0\x80", "\xf0\x8f", // overlong
	"\xed\xa0", "\xed\xbf", // surrogates
	"\xf4\x90", "\xf4\xbf", // above U+10FFFF
	"\xc3a", "\xe1\xbda", "\xf0\x9f\x98a", // broken off
	"\xc3\xc3", "\xe1\xbd\xe1", "\xf0\x9f\x98\xf0",
	"κόσμε\xed\xa0", strings.Repeat("é", 12) + "\xf4\x90",
}

// TestReadTextEarly: a text is refused with the byte that breaks it, however
// it is cut and before its frame is whole.
func TestReadTextEarly(t *testing.T) {
	t.Parallel()
	for _, text := range badTexts {
		tail := text + "and more that does not arrive"
		frame := new(script).text(tail).b
		header := len(frame) - len(tail)
		for cut := 1; cut <= len(text); cut++ {
			var r Reader
			var s record
			if _, err := r.Read(frame[:header+len(text)-cut], 1000, &s); err != nil {
				t.Fatalf("%x: %v before its last byte", text, err)
			}
			if _, err := r.Read(frame[header+len(text)-cut:header+len(text)], 1000, &s); err != error(errText) {
				t.Fatalf("%x, %d: got %v, want %v", text, cut, err, errText)
			}
			frame = new(script).text(tail).b // the first ones were unmasked in place
		}
	}
}

// TestReadTextFragments cuts texts into two and three fragments at every byte.
func TestReadTextFragments(t *testing.T) {
	t.Parallel()
	good := []string{"", "é", "κόσμε", "a\u0000b", "\u07ff\u0800\uffff\U00010000\U0010ffff", "😀😀", "\ud7ff\ue000\ufffd"}
	for _, text := range append(good, badTexts...) {
		want := []string{event("text", text)}
		if !utf8.ValidString(text) {
			want = []string{errorEvent(errText)}
		}
		for i := range len(text) + 1 {
			for j := i; j <= len(text); j++ {
				input := new(script).frame(OpText, false, text[:i]).frame(0, false, text[i:j]).ping("").
					frame(0, true, text[j:]).b
				got := readAll(t, Reader{}, 1000, input)
				got = slices.DeleteFunc(got, func(e string) bool { return e == event("ping", "") })
				if !slices.Equal(got, want) {
					t.Fatalf("%q at %d, %d: got %q", text, i, j, got)
				}
			}
		}
	}
}

// TestReadTextTruncated: a character that begins has to end in its message.
func TestReadTextTruncated(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"é", "€", "😀", "aé", "a€", "a😀"} {
		last := len(text) - utf8.RuneLen([]rune(text)[len([]rune(text))-1])
		for n := last + 1; n < len(text); n++ {
			for name, input := range map[string]*script{
				"whole":       new(script).text(text[:n]).text(text),
				"fragments":   new(script).frame(OpText, false, text[:n]).frame(0, true, "").text(text),
				"next begins": new(script).text(text[:n]).text(text[n:]),
			} {
				got := readAll(t, Reader{}, 1000, input.b)
				if want := []string{errorEvent(errText)}; !slices.Equal(got, want) {
					t.Errorf("%q, %s: got %q", text[:n], name, got)
				}
			}
		}
	}
}

// TestValidPrefix compares with the plain definition: the longest prefix of
// whole characters, and whether the rest can be completed.
func TestValidPrefix(t *testing.T) {
	t.Parallel()
	bytes := []byte{'a', 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xe1, 0xed, 0xf0, 0xf1, 0xf4, 0xf5}
	var try func(p []byte)
	try = func(p []byte) {
		n, ok := validPrefix(p)
		if ok != completable(p) {
			t.Fatalf("%x: ok %v", p, ok)
		}
		if ok && (!utf8.Valid(p[:n]) || len(p)-n > 3 || len(p) > n && utf8.FullRune(p[n:])) {
			t.Fatalf("%x: prefix of %d bytes", p, n)
		}
		if len(p) == 4 {
			return
		}
		for _, c := range bytes {
			try(append(p[:len(p):len(p)], c))
		}
	}
	try(nil)
}

// completions end every character that may be cut off.
var completions = []string{"", "\x80", "\x90", "\xa0", "\x80\x80", "\x90\x80", "\xa0\x80", "\x80\x80\x80", "\x90\x80\x80"}

func completable(p []byte) bool {
	return slices.ContainsFunc(completions, func(c string) bool { return utf8.ValidString(string(p) + c) })
}
