package simulate

import (
	"math"
	"runtime/metrics"
	"time"
)

// GC is what the collector did, by package runtime/metrics.
type GC struct {
	Cycles  uint64
	Pauses  uint64
	P50     time.Duration // of the pauses
	P99     time.Duration
	Longest time.Duration
	Heap    uint64 // bytes of objects, live and dead, at the end
	Goal    uint64 // where the next cycle begins

	pauses *metrics.Float64Histogram
}

func readGC() GC {
	s := []metrics.Sample{
		{Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/sched/pauses/total/gc:seconds"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/goal:bytes"},
	}
	metrics.Read(s)
	return GC{
		Cycles: s[0].Value.Uint64(), pauses: s[1].Value.Float64Histogram(),
		Heap: s[2].Value.Uint64(), Goal: s[3].Value.Uint64(),
	}
}

// since is what has come to pass since before.
func (g GC) since(before GC) GC {
	g.Cycles -= before.Cycles
	counts := make([]uint64, len(g.pauses.Counts))
	for i, n := range g.pauses.Counts {
		counts[i] = n - before.pauses.Counts[i]
		g.Pauses += counts[i]
	}
	at := func(share float64) time.Duration {
		left := uint64(math.Ceil(float64(g.Pauses) * share))
		for i, n := range counts {
			if n >= left && left > 0 {
				return time.Duration(min(g.pauses.Buckets[i+1], 1e3) * float64(time.Second))
			}
			left -= n
		}
		return 0
	}
	g.P50, g.P99, g.Longest = at(0.5), at(0.99), at(1)
	return g
}
