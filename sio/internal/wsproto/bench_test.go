package wsproto

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkRead reads whole frames. The input is masked again each time, as
// reading unmasks it in place; a mask of zeros makes that cost nothing.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{10, 50, 125, 1000, 10_000, 100_000} {
		for _, op := range []Op{OpText, OpBinary} {
			name := map[Op]string{OpText: "text", OpBinary: "binary"}[op]
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				input := AppendMasked(nil, op, true, [4]byte{}, []byte(strings.Repeat("x", n)))
				benchRead(b, input, len(input))
			})
		}
	}
}

// BenchmarkReadPieces reads a message of 100 kB that comes in pieces. Their
// number must not change the cost of a byte by more than the cost of a call.
func BenchmarkReadPieces(b *testing.B) {
	input := AppendMasked(nil, OpText, true, [4]byte{}, []byte(strings.Repeat("x", 100_000)))
	for _, piece := range []int{1, 16, 1460, 65536} {
		b.Run(fmt.Sprint(piece), func(b *testing.B) { benchRead(b, input, piece) })
	}
}

// BenchmarkReadFragments reads a message of 16 fragments.
func BenchmarkReadFragments(b *testing.B) {
	s := new(script)
	op := OpText
	for range 15 {
		s.b = AppendMasked(s.b, op, false, [4]byte{}, make([]byte, 50))
		op = OpContinuation
	}
	s.b = AppendMasked(s.b, op, true, [4]byte{}, make([]byte, 50))
	benchRead(b, s.b, len(s.b))
}

func benchRead(b *testing.B, input []byte, piece int) {
	b.ReportAllocs()
	b.SetBytes(int64(len(input)))
	var r Reader
	var s count
	for b.Loop() {
		for from, to := 0, 0; to < len(input); {
			to = min(to+piece, len(input))
			used, err := r.Read(input[from:to], 1<<20, &s)
			if err != nil {
				b.Fatal(err)
			}
			from += used
		}
	}
	if s.messages == 0 {
		b.Fatal("nothing was read")
	}
}

func BenchmarkAppendFrame(b *testing.B) {
	dst, p := make([]byte, 0, 256), make([]byte, 50)
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendFrame(dst[:0], OpText, p)
	}
}

func BenchmarkPutHeader(b *testing.B) {
	var dst [MaxHeaderSize]byte
	b.ReportAllocs()
	for b.Loop() {
		PutHeader(dst[:], OpText, 50)
	}
}

func BenchmarkHandshake(b *testing.B) {
	get, upgrade, connection, version := []byte("GET"), []byte("websocket"), []byte("Upgrade"), []byte("13")
	key, dst := []byte(sampleKey), make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		if err := CheckUpgrade(get, upgrade, connection, version, key); err != nil {
			b.Fatal(err)
		}
		dst = AppendSwitching(dst[:0], key, nil, nil)
	}
}
