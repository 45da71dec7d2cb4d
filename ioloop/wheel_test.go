package ioloop

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// modelWheel is the wheel's contract in the plainest form: a list of what is
// pending, searched from end to end.
type modelWheel struct {
	limit   int64
	seq     int
	passing bool
	pending map[int]modelTimer
}

type modelTimer struct {
	tick int64
	seq  int
	late bool // added at or before the limit
	next bool // late, and waits for the next pass
}

func (m *modelWheel) add(id int, tick int64) {
	m.seq++
	late := tick <= m.limit
	m.pending[id] = modelTimer{tick: tick, seq: m.seq, late: late, next: late}
}

func (m *modelWheel) remove(id int) bool {
	_, ok := m.pending[id]
	delete(m.pending, id)
	return ok
}

// expire returns the id of the timer that must fire now, or -1.
func (m *modelWheel) expire(now int64) int {
	if !m.passing {
		m.passing, m.limit = true, max(m.limit, now)
		for id, t := range m.pending {
			t.next = false
			m.pending[id] = t
		}
	}
	best := -1
	for id, t := range m.pending {
		if t.next || t.tick > m.limit {
			continue
		}
		if best < 0 || before(t, m.pending[best]) {
			best = id
		}
	}
	if best < 0 {
		m.passing = false
	}
	delete(m.pending, best)
	return best
}

func before(a, b modelTimer) bool {
	switch {
	case a.late != b.late:
		return a.late
	case a.late || a.tick == b.tick:
		return a.seq < b.seq
	}
	return a.tick < b.tick
}

// earliest is the tick of the first deadline; ok is false when nothing is pending.
func (m *modelWheel) earliest() (tick int64, ok bool) {
	for _, t := range m.pending {
		if !ok || t.tick < tick {
			tick, ok = t.tick, true
		}
	}
	return tick, ok
}

// wheelPair drives a wheel and its model with the same operations.
type wheelPair struct {
	t      testing.TB
	w      wheel
	m      modelWheel
	now    int64
	timers []Timer
}

func newWheelPair(t testing.TB, start int64, n int) *wheelPair {
	p := &wheelPair{t: t, now: start, timers: make([]Timer, n)}
	p.w.init(start)
	p.m = modelWheel{limit: start, pending: map[int]modelTimer{}}
	return p
}

func (p *wheelPair) add(id int, tick int64) {
	p.w.add(&p.timers[id], tick)
	p.m.add(id, min(tick, maxTick))
}

func (p *wheelPair) remove(id int) {
	got, want := p.w.remove(&p.timers[id]), p.m.remove(id)
	if got != want {
		p.t.Fatalf("remove(%d) = %v, want %v", id, got, want)
	}
}

// expire pops one timer of both and returns its id, or -1.
func (p *wheelPair) expire() int {
	got := -1
	if t := p.w.expire(p.now); t != nil {
		got = p.index(t)
		if t.Pending() {
			p.t.Fatalf("timer %d fired and is still pending", got)
		}
	}
	if want := p.m.expire(p.now); got != want {
		p.t.Fatalf("now %d: expire gave %d, want %d", p.now, got, want)
	}
	return got
}

func (p *wheelPair) index(t *Timer) int {
	for i := range p.timers {
		if t == &p.timers[i] {
			return i
		}
	}
	p.t.Fatal("the wheel gave a timer that was never added")
	return -1
}

// check compares what can be seen of the two from outside.
func (p *wheelPair) check() {
	for id := range p.timers {
		if _, want := p.m.pending[id]; p.timers[id].Pending() != want {
			p.t.Fatalf("timer %d: Pending %v, want %v", id, !want, want)
		}
	}
	if p.w.count != len(p.m.pending) {
		p.t.Fatalf("count %d, want %d", p.w.count, len(p.m.pending))
	}
	tick, ok := p.w.next()
	want, wantOK := p.m.earliest()
	if ok != wantOK {
		p.t.Fatalf("next: ok %v, want %v", ok, wantOK)
	}
	if ok && tick > want && tick > p.w.limit {
		p.t.Fatalf("next gave %d, which is after the deadline %d", tick, want)
	}
}

func TestWheelAgainstModel(t *testing.T) {
	t.Parallel()
	starts := []int64{0, 1, 255, 256, 65535, 1<<24 - 3, 1 << 40}
	for seed := range uint64(60) {
		start := starts[int(seed)%len(starts)]
		t.Run(fmt.Sprintf("seed%d", seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 1))
			p := newWheelPair(t, start, 40)
			for range 3000 {
				p.randomStep(rng)
				p.check()
			}
		})
	}
}

// randomDelay spreads over all levels: a random width first, then a value of it.
func randomDelay(rng *rand.Rand) int64 {
	return rng.Int64N(1<<rng.IntN(36)+1) - 2
}

func (p *wheelPair) randomStep(rng *rand.Rand) {
	id := rng.IntN(len(p.timers))
	switch rng.IntN(8) {
	case 0, 1, 2:
		p.add(id, p.now+randomDelay(rng))
	case 3:
		p.remove(id)
	case 4:
		p.expire() // leaves a pass open
	case 5:
		p.now += rng.Int64N(300)
		p.drain(rng)
	case 6:
		if tick, ok := p.w.next(); ok {
			p.now = max(p.now, tick)
		}
		p.drain(rng)
	case 7:
		p.now += randomDelay(rng) + 2
		p.drain(rng)
	}
}

// drain runs a pass in which callbacks change the wheel, too.
func (p *wheelPair) drain(rng *rand.Rand) {
	for n := 0; ; n++ {
		id := p.expire()
		if id < 0 {
			return
		}
		if n > 4*len(p.timers) {
			p.t.Fatal("a pass does not end")
		}
		switch rng.IntN(4) {
		case 0:
			p.add(id, p.now+randomDelay(rng))
		case 1:
			p.add(id, p.now)
		case 2:
			p.remove(rng.IntN(len(p.timers)))
		}
	}
}

func TestWheelFiresInOrder(t *testing.T) {
	t.Parallel()
	p := newWheelPair(t, 1000, 6)
	for id, tick := range []int64{1300, 1001, 70000, 1300, 1001, 1 << 30} {
		p.add(id, tick)
	}
	var got []int
	for {
		tick, ok := p.w.next()
		if !ok {
			break
		}
		p.now = tick
		for id := p.expire(); id >= 0; id = p.expire() {
			got = append(got, id)
		}
	}
	if want := []int{1, 4, 0, 3, 2, 5}; !slices.Equal(got, want) {
		t.Fatalf("fired %v, want %v", got, want)
	}
}

func TestWheelRestartForNowWaitsForTheNextPass(t *testing.T) {
	t.Parallel()
	var w wheel
	var tm Timer
	w.init(0)
	w.add(&tm, 10)
	for pass := range 3 {
		if w.expire(10) != &tm {
			t.Fatalf("pass %d: not fired", pass)
		}
		w.add(&tm, 10)
		if w.expire(10) != nil {
			t.Fatalf("pass %d: fired again in the same pass", pass)
		}
		if tick, ok := w.next(); !ok || tick > 10 {
			t.Fatalf("pass %d: next %d, %v; want at once", pass, tick, ok)
		}
	}
}

func TestWheelTakesTheFarthestTick(t *testing.T) {
	t.Parallel()
	var w wheel
	var tm Timer
	w.init(5)
	w.add(&tm, 1<<62)
	if tick, ok := w.next(); !ok || tick != maxTick {
		t.Fatalf("next %d, %v; want %d", tick, ok, int64(maxTick))
	}
	if w.expire(maxTick-1) != nil || w.expire(maxTick) != &tm {
		t.Fatal("the farthest timer does not fire at maxTick")
	}
}

func TestWheelLoneTimerNeedsOneWakeup(t *testing.T) {
	t.Parallel()
	for _, delay := range []int64{1, 255, 256, 25000, 65536, 1 << 24, 1 << 31} {
		var w wheel
		var tm Timer
		w.init(77)
		w.add(&tm, 77+delay)
		if tick, _ := w.next(); tick != 77+delay {
			t.Errorf("delay %d: next is %d, want %d", delay, tick, 77+delay)
		}
		if w.expire(77+delay) != &tm {
			t.Errorf("delay %d: not fired", delay)
		}
	}
}

// A minimum that was removed may cost one wake-up a level, not more.
func TestWheelStaleMinimumCostsOneWakeupALevel(t *testing.T) {
	t.Parallel()
	const far = 1<<40 + 1<<32 + 1<<24 + 1<<16 + 1<<8 + 200
	var w wheel
	var keep Timer
	w.init(0)
	w.add(&keep, far)
	for shift := 0; shift < 48; shift += wheelBits {
		var gone Timer
		w.add(&gone, far-far&(1<<shift-1))
		w.remove(&gone)
	}
	wakes := 0
	for keep.Pending() {
		tick, ok := w.next()
		if !ok || tick > far {
			t.Fatalf("next %d, %v", tick, ok)
		}
		w.expire(tick)
		wakes++
	}
	if wakes > wheelLevels {
		t.Fatalf("%d wake-ups for one timer, want at most %d", wakes, wheelLevels)
	}
}

// A million far timers, some restarted all the time, must not wake the loop
// more often than the one which is due.
func TestWheelMillionPendingCostNoWakeups(t *testing.T) {
	t.Parallel()
	const million, ticks, period = 1_000_000, 30_000, 10
	rng := rand.New(rand.NewPCG(1, 2))
	timers := make([]Timer, million)
	var w wheel
	var tick Timer
	w.init(0)
	for i := range timers {
		w.add(&timers[i], 60_000+rng.Int64N(600_000))
	}
	w.add(&tick, period)
	wakes := 0
	for now := int64(0); ; wakes++ {
		next, _ := w.next()
		if next > ticks {
			break
		}
		now = next
		for tm := w.expire(now); tm != nil; tm = w.expire(now) {
			if tm != &tick {
				t.Fatal("a far timer fired early")
			}
			w.add(tm, now+period)
			w.add(&timers[rng.IntN(million)], now+60_000+rng.Int64N(600_000))
		}
	}
	if wakes != ticks/period {
		t.Fatalf("%d wake-ups, want %d", wakes, ticks/period)
	}
}

func TestWheelAllocatesNothing(t *testing.T) {
	var w wheel
	w.init(0)
	timers := make([]Timer, 100)
	now := int64(0)
	got := testing.AllocsPerRun(100, func() {
		for i := range timers {
			w.add(&timers[i], now+int64(i*i))
		}
		w.remove(&timers[7])
		now += 3000
		for w.expire(now) != nil {
			w.next()
		}
	})
	if got != 0 {
		t.Fatalf("%v allocations a run, want 0", got)
	}
}

func TestTimerIsSmall(t *testing.T) {
	t.Parallel()
	if size := unsafe.Sizeof(Timer{}); size > 56 {
		t.Fatalf("a Timer takes %d bytes, want at most 56", size)
	}
}

// FuzzWheel reads operations from bytes: an operation, a timer, and a value of
// two bytes whose high nibble widens it over all levels.
func FuzzWheel(f *testing.F) {
	f.Add([]byte{0, 1, 0, 5, 0, 2, 0x31, 9, 3, 0, 0x40, 1, 2, 0, 0, 0})
	f.Add([]byte{0, 1, 0, 0, 4, 0, 0, 0, 1, 1, 0, 0, 3, 0, 0, 255, 4, 0, 0, 0})
	f.Fuzz(func(t *testing.T, ops []byte) {
		p := newWheelPair(t, 250, 8)
		for ; len(ops) >= 4; ops = ops[4:] {
			id := int(ops[1]) % len(p.timers)
			value := (int64(ops[2]&15)<<8 | int64(ops[3])) << (ops[2] >> 4 << 1)
			switch ops[0] % 5 {
			case 0:
				p.add(id, p.now+value)
			case 1:
				p.remove(id)
			case 2:
				p.expire()
			case 3:
				p.now = min(p.now+value, maxTick)
				p.expire()
			case 4:
				for n := 0; p.expire() >= 0; n++ {
					if n > len(p.timers) {
						t.Fatal("a pass does not end")
					}
				}
			}
			p.check()
		}
	})
}
