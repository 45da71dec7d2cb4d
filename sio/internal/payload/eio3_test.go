package payload

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// eio3Vectors are written by testdata/vectors-eio3.js.
type eio3Vectors struct {
	Decode []struct {
		Text string
		V2   []eio4Packet
	}
	Binary []struct {
		Hex    string
		V1, V2 []eio4Packet
	}
	Encode []struct {
		Version   int
		Packets   []eio4Packet
		Text, Hex string
	}
}

func loadEIO3(t testing.TB) (v eio3Vectors) {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors-eio3.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Decode) < 30 || len(v.Binary) < 8 || len(v.Encode) < 40 {
		t.Fatalf("vectors: %d, %d, %d", len(v.Decode), len(v.Binary), len(v.Encode))
	}
	return v
}

type nextEIO3 func([]byte) (PacketEIO3, []byte, error)

// allEIO3 takes a body apart as a transport does, up to the first fault.
func allEIO3(next nextEIO3, body []byte) (packets []eio4Packet, err error) {
	for {
		p, rest, err := next(body)
		if err != nil {
			return packets, err
		}
		if p.None {
			return packets, nil
		}
		q := eio4Packet{Type: p.Kind.String(), Data: string(p.Data)}
		if p.Base64 {
			if p.Data, err = DecodeBase64(nil, p.Data); err != nil {
				return packets, err
			}
		}
		if p.Base64 || p.Binary {
			text := hex.EncodeToString(p.Data)
			q.Data, q.Hex = "", &text
		}
		packets = append(packets, q)
		if len(rest) == 0 {
			return packets, nil
		}
		body = rest
	}
}

func TestEIO3DecodeVectors(t *testing.T) {
	t.Parallel()
	for _, v := range loadEIO3(t).Decode {
		want, fails := v.V2, false
		if n := len(want) - 1; n >= 0 && want[n].Type == "error" {
			want, fails = want[:n:n], true
		}
		if v.Text == "2:4😀" { // a character cut in two is no packet here
			want = nil
		}
		got, err := allEIO3(NextEIO3, []byte(v.Text))
		if (err != nil) != fails || len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v, %v, want %+v, %v", v.Text, got, err, want, fails)
		}
	}
	for _, v := range loadEIO3(t).Binary {
		body, _ := hex.DecodeString(v.Hex)
		got, err := allEIO3(NextBinaryEIO3, body)
		if err != nil || !reflect.DeepEqual(got, v.V2) || !reflect.DeepEqual(got, v.V1) {
			t.Errorf("%s: got %+v, %v, want %+v", v.Hex, got, err, v.V2)
		}
	}
	for _, body := range []string{"\x02\x01\xff4", "\x00\xff4", "\x00\x01", "\x00\x01\xff", "\x00\x02\xff4", "\x00\x0a\xff4",
		"\x01\x01\xff\x07", "\x00\x01\xff9", "\x004\xff4444", "\x00" + strings.Repeat("\x00", 20) + "\xff", "40"} {
		if got, err := allEIO3(NextBinaryEIO3, []byte(body)); err == nil {
			t.Errorf("%q: got %+v", body, got)
		}
	}
}

// TestEIO3Encode: a body of ours is what 2.2.1 writes, and for 1.x the same with
// escapes; and
// every body that either version writes is read as the packets it was made of.
func TestEIO3Encode(t *testing.T) {
	t.Parallel()
	for _, v := range loadEIO3(t).Encode {
		var text, bin []byte
		escaped := false
		for _, p := range v.Packets {
			packet, binary := eio3Bytes(t, p)
			if binary {
				text = AppendBase64EIO3(text, packet)
			} else if v.Version == 1 {
				text = AppendEIO3(text, AppendASCII(nil, packet))
			} else {
				text = AppendEIO3(text, packet)
			}
			escaped = escaped || asciiRun(packet) < len(packet) && !binary && v.Version == 1
			bin = AppendBinaryEIO3(bin, packet, binary)
		}
		if v.Text != "" && !escaped && len(v.Packets) > 0 && string(text) != v.Text {
			t.Errorf("got %q, want %q", text, v.Text)
		}
		if v.Hex != "" && hex.EncodeToString(bin) != v.Hex {
			t.Errorf("got %x, want %s", bin, v.Hex)
		}
		for _, body := range [][]byte{text, []byte(v.Text)} {
			if len(body) == 0 {
				continue
			}
			got, err := allEIO3(NextEIO3, body)
			for i := range got {
				if out, twice, _ := DecodeTwice(nil, []byte(got[i].Data)); twice && v.Version == 1 {
					got[i].Data = string(out)
				}
				got[i].Data = readable(got[i].Data)
			}
			if err != nil || len(got)+len(v.Packets) > 0 && !reflect.DeepEqual(got, v.Packets) {
				t.Errorf("%q: got %+v, %v, want %+v", body, got, err, v.Packets)
			}
		}
	}
}

// eio3Bytes is a packet as it stands in the queue of a session.
func eio3Bytes(t *testing.T, p eio4Packet) (packet []byte, binary bool) {
	t.Helper()
	kind := Open
	for kind.String() != p.Type {
		kind++
	}
	if p.Hex == nil {
		return AppendEIO4(nil, true, kind, []byte(p.Data)), false
	}
	data, err := hex.DecodeString(*p.Hex)
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte{byte(kind)}, data...), true
}

// readable undoes the escapes of the JSON in a packet.
func readable(data string) string {
	i := strings.IndexByte(data, '[')
	if i < 0 {
		return data
	}
	var v []string
	if json.Unmarshal([]byte(data[i:]), &v) != nil {
		return data
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return data[:i] + strings.TrimSpace(b.String())
}

// TestEIO3CountsUTF16Units: text lengths of revision 3 count UTF-16 code units;
// inside binary payloads they count bytes.
func TestEIO3CountsUTF16Units(t *testing.T) {
	t.Parallel()
	if got, err := allEIO3(NextEIO3, []byte("5:4é😀x2:4a")); err != nil || len(got) != 2 || got[0].Data != "é😀x" {
		t.Errorf("got %+v, %v", got, err)
	}
	if got := string(AppendEIO3(nil, []byte("40/é😀,"))); got != "7:40/é😀," {
		t.Errorf("a name before the JSON: %q", got)
	}
	if got := string(AppendEIO3(nil, []byte(`42/é,["é😀"]`))); got != `12:42/é,["é😀"]` {
		t.Errorf("got %q", got)
	}
	if got := string(AppendBinaryEIO3(nil, []byte("4é😀"), false)); got != "\x00\x07\xff4é😀" {
		t.Errorf("got %q", got)
	}
}

func TestDecodeTwice(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"é", `2["é😀€"]`, "\u2028", "Ã©", "日本", "a\u0080"} {
		out, twice, once := DecodeTwice([]byte("x"), encodeTwice(s))
		if !twice || once || string(out) != "x"+s {
			t.Errorf("%q: got %q, %v, %v", s, out, twice, once)
		}
		if s == "Ã©" || !utf8.ValidString(s) {
			continue
		}
		if out, twice, once = DecodeTwice([]byte("x"), []byte(s)); twice || !once || string(out) != "x" {
			t.Errorf("%q, encoded once: got %q, %v, %v", s, out, twice, once)
		}
	}
	if out, twice, once := DecodeTwice(nil, []byte("plain")); twice || once || len(out) > 0 {
		t.Errorf("ASCII: got %q, %v, %v", out, twice, once)
	}
	// The price: what these two characters mean depends on who sent them.
	if out, twice, _ := DecodeTwice(nil, []byte("Ã©")); !twice || string(out) != "é" {
		t.Errorf("got %q, %v", out, twice)
	}
}

// encodeTwice is UTF-8 of which each byte is a character.
func encodeTwice(s string) (b []byte) {
	for _, c := range []byte(s) {
		b = utf8.AppendRune(b, rune(c))
	}
	return b
}

func TestFormText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "n": "n", `a\nb`: "a\nb", `a\\nb`: `a\nb`, `a\\\nb`: `a\\nb`, `\\\\n`: `\\\n`, `\\`: `\\`, `\t\\t`: `\t\\t`, `\n\n`: "\n\n", `\nn`: "\nn",
	} {
		if got := string(FormText([]byte(in))); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzEIO3(f *testing.F) {
	for _, v := range loadEIO3(f).Decode {
		f.Add([]byte(v.Text))
	}
	for _, v := range loadEIO3(f).Binary {
		b, _ := hex.DecodeString(v.Hex)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, next := range []nextEIO3{NextEIO3, NextBinaryEIO3} {
			for in := body; ; {
				p, rest, err := next(in)
				if err != nil {
					if e, ok := err.(*Error); !ok || e.Offset > len(in) {
						t.Fatalf("%q: %#v", in, err)
					}
					break
				}
				if len(rest) >= len(in) && len(in) > 0 || p.Kind > Noop {
					t.Fatalf("%q: %+v, no progress", in, p)
				}
				if in = rest; len(rest) == 0 {
					break
				}
			}
		}
	})
}

// FuzzEIO3RoundTrip: what is written is read, and in ASCII clients that decode
// it once read the same as those that decode it twice.
func FuzzEIO3RoundTrip(f *testing.F) {
	f.Add("é😀\u2028", []byte{1, 2}, "Ã©")
	f.Fuzz(func(t *testing.T, a string, data []byte, b string) {
		a, b = strings.ToValidUTF8(a, ""), strings.ToValidUTF8(b, "")
		ja, _ := json.Marshal([]string{a})
		jb, _ := json.Marshal([]string{b})
		first, second := append([]byte("42"), ja...), append([]byte("42"), jb...)
		third := append([]byte{4}, data...)
		text := AppendEIO3(AppendBase64EIO3(AppendEIO3(nil, AppendASCII(nil, first)), third), AppendASCII(nil, second))
		if asciiRun(text) != len(text) {
			t.Fatalf("%q is not ASCII", text)
		}
		bin := AppendBinaryEIO3(AppendBinaryEIO3(AppendBinaryEIO3(nil, first, false), third, true), second, false)
		for i, body := range [][]byte{text, bin} {
			got, err := allEIO3([]nextEIO3{NextEIO3, NextBinaryEIO3}[i], body)
			if err != nil || len(got) != 3 || got[1].Hex == nil || *got[1].Hex != hex.EncodeToString(data) {
				t.Fatalf("%q: %+v, %v", body, got, err)
			}
			for k, want := range map[int]string{0: a, 2: b} {
				var v []string
				if json.Unmarshal([]byte(got[k].Data[1:]), &v) != nil || len(v) != 1 || v[0] != want {
					t.Fatalf("%q: %q, want %q", body, got[k].Data, want)
				}
			}
		}
		if out, twice, _ := DecodeTwice(nil, encodeTwice(a)); twice && string(out) != a || !twice && asciiRun([]byte(a)) < len(a) {
			t.Fatalf("%q: %q, %v", a, out, twice)
		}
	})
}

func FuzzFormText(f *testing.F) {
	f.Add("a\nb\\n\\\n")
	f.Fuzz(func(t *testing.T, s string) {
		// As the clients' polling-jsonp.js writes it.
		form := strings.ReplaceAll(strings.ReplaceAll(s, `\n`, "\\\n"), "\n", `\n`)
		got := string(FormText([]byte(form)))
		if strings.Contains(s, "\\\n") {
			return // of which the clients make what `\n` becomes
		}
		if got != s {
			t.Fatalf("%q: as a form %q, read %q", s, form, got)
		}
	})
}
