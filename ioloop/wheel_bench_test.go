package ioloop

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// benchWheel is a wheel with n timers pending between 1 s and 26 s ahead.
func benchWheel(n int) (*wheel, []Timer, *rand.Rand) {
	w := new(wheel)
	w.init(0)
	rng := rand.New(rand.NewPCG(1, 1))
	timers := make([]Timer, n)
	for i := range timers {
		w.add(&timers[i], 1000+rng.Int64N(25000))
	}
	return w, timers, rng
}

// The time of one operation must not grow with what is pending, but for the
// cache misses of a large memory.
func BenchmarkWheel(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		b.Run(fmt.Sprintf("restart/pending=%d", n), func(b *testing.B) { benchRestart(b, n) })
		b.Run(fmt.Sprintf("fire/pending=%d", n), func(b *testing.B) { benchFire(b, n) })
		b.Run(fmt.Sprintf("next/pending=%d", n), func(b *testing.B) { benchNext(b, n) })
	}
}

func benchRestart(b *testing.B, n int) {
	w, timers, _ := benchWheel(n)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.add(&timers[i*7919%n], 1000+int64(i*31)%25000)
	}
}

// benchFire fires and restarts one timer an operation: cancel, spread and all.
func benchFire(b *testing.B, n int) {
	w, _, _ := benchWheel(n)
	now := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		t := w.expire(now)
		for t == nil {
			now, _ = w.next()
			t = w.expire(now)
		}
		w.add(t, now+25000)
	}
}

func benchNext(b *testing.B, n int) {
	w, _, _ := benchWheel(n)
	b.ReportAllocs()
	for b.Loop() {
		w.next()
	}
}
