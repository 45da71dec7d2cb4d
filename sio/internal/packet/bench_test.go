package packet

import (
	"strings"
	"testing"
)

// The hot paths must not allocate: parse, split, iterate, write.

var (
	rev5Event  = []byte(`2/chat,12["message",{"text":"Hello, wörld, how are you?","at":1700000000123},[1,2,3]]`)
	rev1Event5 = []byte(`5:12+:/chat:{"name":"message","args":[{"text":"Hello, wörld, how are you?","at":1700000000123},[1,2,3]]}`)
	rev1Ack6   = []byte(`6::/chat:12+["ok",{"text":"Hello, wörld"}]`)
	oneArg     = Args(`{"text":"Hello, wörld, how are you?","at":1700000000123},[1,2,3]`)
	binaryArgs = Args(`{"a":1},{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}]`)
)

func readRev5(tb testing.TB) {
	p, err := ParseRev5(rev5Event)
	if err != nil {
		tb.Fatal(err)
	}
	if _, _, args, err := SplitEvent(p.Data); err != nil || args.Len() != 2 {
		tb.Fatal(err)
	}
}

func readRev1(tb testing.TB) {
	p, err := ParseRev1(rev1Event5)
	if err != nil {
		tb.Fatal(err)
	}
	if _, args, err := SplitRev1Event(p.Data); err != nil || args.Len() != 2 {
		tb.Fatal(err)
	}
}

func readAck(tb testing.TB) {
	p, err := ParseRev1(rev1Ack6)
	if err != nil {
		tb.Fatal(err)
	}
	if args, err := SplitAck(p.Data); err != nil || args.Len() != 2 {
		tb.Fatal(err)
	}
}

func writeRev5(dst, data []byte) []byte {
	data = AppendEventRev5(data[:0], "message", oneArg)
	return AppendRev5(dst[:0], &Packet{Type: Event, Namespace: rev5Event[1:6], HasID: true, ID: 12, Data: data})
}

func writeRev1(dst, data []byte) []byte {
	data = AppendEventRev1(data[:0], "message", oneArg)
	return AppendRev1(dst[:0], &Packet{Type: Event, Namespace: rev5Event[1:6], HasID: true, ID: 12, Data: data})
}

func appendZero(dst []byte, _ int) []byte { return append(dst, '0') }

func placeholders(tb testing.TB, dst []byte) []byte {
	if err := FindPlaceholders(binaryArgs, 2); err != nil {
		tb.Fatal(err)
	}
	dst, err := ReplacePlaceholders(dst[:0], binaryArgs, appendZero)
	if err != nil {
		tb.Fatal(err)
	}
	return dst
}

func TestNoAllocations(t *testing.T) {
	dst, data := make([]byte, 0, 1024), make([]byte, 0, 1024)
	escaped := []byte(`2["conn\u0065ction\u0020"]`)
	for name, f := range map[string]func(){
		"read rev5":    func() { readRev5(t) },
		"read rev1":    func() { readRev1(t) },
		"read ack":     func() { readAck(t) },
		"write rev5":   func() { writeRev5(dst, data) },
		"write rev1":   func() { writeRev1(dst, data) },
		"placeholders": func() { placeholders(t, dst) },
		"escaped name": func() {
			if _, err := ParseRev5(escaped); err != nil {
				t.Error(err)
			}
		},
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkReadRev5(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(rev5Event)))
	for b.Loop() {
		readRev5(b)
	}
}

func BenchmarkParseRev5(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(rev5Event)))
	for b.Loop() {
		if _, err := ParseRev5(rev5Event); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadRev1(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(rev1Event5)))
	for b.Loop() {
		readRev1(b)
	}
}

func BenchmarkWriteRev5(b *testing.B) {
	dst, data := make([]byte, 0, 1024), make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		dst = writeRev5(dst, data)
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkWriteRev1(b *testing.B) {
	dst, data := make([]byte, 0, 1024), make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		dst = writeRev1(dst, data)
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkPlaceholders(b *testing.B) {
	dst := make([]byte, 0, 1024)
	b.ReportAllocs()
	b.SetBytes(int64(len(binaryArgs)))
	for b.Loop() {
		dst = placeholders(b, dst)
	}
}

func BenchmarkAppendJSONString(b *testing.B) {
	s := strings.Repeat("Hello, wörld\n", 8)
	dst := make([]byte, 0, 1024)
	b.ReportAllocs()
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		dst = AppendJSONString(dst[:0], s)
	}
}

// The cost of a byte must not depend on what a peer makes of 200 kB.
func BenchmarkWorstCase(b *testing.B) {
	const size = 200_000
	for _, c := range []struct{ name, head, unit, tail string }{
		{"string", `2["a","`, "a", `"]`},
		{"escapes", `2["a","`, `\n`, `"]`},
		{"brackets", `2["a",`, "[", ""},
		{"flat objects", `2["a"`, ",{}", "]"},
		{"numbers", `2["a"`, ",1", "]"},
		{"placeholders", `2["a"`, `,{"_placeholder":false}`, "]"},
		{"keys", `2["a",{"":1`, `,"":{"":[]}`, "}]"},
	} {
		text := []byte(c.head + strings.Repeat(c.unit, size/len(c.unit)) + c.tail)
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				p, err := ParseRev5(text)
				if err != nil {
					continue // the brackets
				}
				_, _, args, _ := SplitEvent(p.Data)
				_ = args.Len()
				if FindPlaceholders(args, 10) != nil {
					b.Fatal("placeholder")
				}
			}
		})
	}
}
