package payload

import (
	"strings"
	"testing"
)

var (
	eio4Body = []byte("42[\"message\",{\"text\":\"Hello, wörld\"}]\x1e2\x1ebAQIDBA==\x1e42[\"x\"]")
	rev1Body = AppendRev1(nil, []byte(`5:::{"name":"message","args":[{"text":"Hello, wörld 😀"}]}`), []byte("2::"), []byte("3:::x"))
	text     = []byte(strings.Repeat("Hello, all of you. ", 20))
	wide     = []byte(strings.Repeat("日本語のテキスト😀", 20))
)

func readEIO4(tb testing.TB, dst []byte) {
	for rest := eio4Body; len(rest) > 0; {
		var data []byte
		var binary bool
		var err error
		if _, binary, data, rest, err = NextEIO4(rest); err != nil {
			tb.Fatal(err)
		}
		if binary {
			if _, err := DecodeBase64(dst[:0], data); err != nil {
				tb.Fatal(err)
			}
		}
	}
}

func writeEIO4(dst []byte) []byte {
	dst = AppendEIO4(dst[:0], true, Message, text)
	dst = AppendEIO4(dst, false, Ping, nil)
	return AppendBinaryEIO4(dst, false, text)
}

func readRev1(tb testing.TB) {
	for rest := rev1Body; len(rest) > 0; {
		var packet []byte
		var err error
		if packet, rest, err = NextRev1(rest); err != nil || Classify(packet) > Heartbeat {
			tb.Fatal(err)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	dst := make([]byte, 0, 4096)
	open := OpenInfo{SID: "abcdefghijklmnopqrst", Upgrades: []string{"websocket"}, PingInterval: 25000, PingTimeout: 20000, MaxPayload: 1e6}
	for name, f := range map[string]func(){
		"read eio4":  func() { readEIO4(t, dst) },
		"write eio4": func() { writeEIO4(dst) },
		"read eio3":  func() { readEIO3(t, dst) },
		"write eio3": func() { AppendBase64EIO3(AppendEIO3(AppendEIO3(dst, text), wide), bytesEIO3) },
		"read rev1":  func() { readRev1(t) },
		"write rev1": func() { AppendRev1(dst, text, wide) },
		"open":       func() { AppendOpen(dst, open) },
		"handshake":  func() { AppendHandshake(dst, open.SID, 60, 60, open.Upgrades) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

var bytesEIO3 = append([]byte{4}, text...)

var eio3Body = AppendBase64EIO3(AppendEIO3(AppendEIO3(nil, eio4Body[:36]), []byte("2")), bytesEIO3)

func readEIO3(tb testing.TB, dst []byte) {
	for rest := eio3Body; len(rest) > 0; {
		var p PacketEIO3
		var err error
		if p, rest, err = NextEIO3(rest); err != nil {
			tb.Fatal(err)
		}
		if p.Base64 {
			if _, err := DecodeBase64(dst[:0], p.Data); err != nil {
				tb.Fatal(err)
			}
		} else {
			DecodeTwice(dst[:0], p.Data)
		}
	}
}

func BenchmarkReadEIO3(b *testing.B) {
	dst := make([]byte, 0, 4096)
	b.ReportAllocs()
	b.SetBytes(int64(len(eio3Body)))
	for b.Loop() {
		readEIO3(b, dst)
	}
}

func BenchmarkWriteEIO3(b *testing.B) {
	dst := make([]byte, 0, 4096)
	for name, s := range map[string][]byte{"ascii": text, "wide": append([]byte{'"'}, wide...)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				dst = AppendEIO3(dst[:0], s)
			}
		})
	}
}

func BenchmarkReadEIO4(b *testing.B) {
	dst := make([]byte, 0, 64)
	b.ReportAllocs()
	b.SetBytes(int64(len(eio4Body)))
	for b.Loop() {
		readEIO4(b, dst)
	}
}

func BenchmarkWriteEIO4(b *testing.B) {
	dst := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		dst = writeEIO4(dst)
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkReadRev1(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(rev1Body)))
	for b.Loop() {
		readRev1(b)
	}
}

func BenchmarkWriteRev1(b *testing.B) {
	dst := make([]byte, 0, 4096)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		dst = AppendRev1Framed(dst[:0], text)
	}
}

func BenchmarkUTF16Len(b *testing.B) {
	for name, s := range map[string][]byte{"ascii": text, "wide": wide, "mixed": []byte(strings.Repeat("wörld ", 50)), "broken": []byte(strings.Repeat("\xe2\x82", 100))} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				UTF16Len(s)
			}
		})
	}
}
