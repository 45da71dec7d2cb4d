package web

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// message is JSON as events are made of: names again and again, numbers that
// are not.
func message(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := []byte(`42["rows",[`)
	for len(b) < n {
		b = fmt.Appendf(b, `{"id":%d,"name":"user %d","score":%.3f},`, r.IntN(1e6), r.IntN(1000), r.Float64())
	}
	return b[:n]
}

func TestPackReusesItsMemory(t *testing.T) {
	var p packer
	body := message(10_000)
	for c := coding(1); c <= 2; c++ {
		p.pack(c, body)
		if n := testing.AllocsPerRun(10, func() { p.pack(c, body) }); n > 0 {
			t.Errorf("%s: %v allocations", codingNames[c], n)
		}
	}
}

func BenchmarkPack(b *testing.B) {
	for _, size := range []int{1 << 10, 10 << 10, packAside} {
		body := message(size)
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			var p packer
			n := len(p.pack(1, body))
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				p.pack(1, body)
			}
			b.ReportMetric(float64(n)/float64(size), "ratio")
		})
	}
}
