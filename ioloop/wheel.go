package ioloop

import "math/bits"

// This file is the timing wheel of a loop: hierarchical, in ticks of one
// millisecond, pure (no clock, no goroutine, no allocation).
//
// A level has 256 slots and takes one byte of the tick: level 0 the lowest.
// A timer lies on the level of the highest byte in which its tick differs from
// the wheel's position, in the slot which that byte names. Three things follow,
// and the code leans on them:
//
//   - a slot of level 0 holds one tick only, so expiry is exact;
//   - all slots in use of a level lie ahead of the position, so the first set
//     bit of its bitmap is the earliest slot, and there is no wrap-around;
//   - everything on a level is due before everything on the levels above.
//
// A slot keeps the smallest tick put into it since it was last empty. The
// position enters a slot of an upper level only when that tick is due, and then
// spreads it over the levels below. So waking up follows real deadlines, not
// slot borders: a lone timer costs one wake-up however far off it is. When the
// timer which set the minimum has been removed the minimum is too early; a
// wake-up there finds nothing due, spreads the slot with true minima, and can
// happen once for each level.
//
// 256 slots rather than 64, because spreading is the only step whose cost
// depends on how many timers there are: heartbeats of 25 s lie in slots a
// quarter of a second wide, not of four seconds.

const (
	wheelBits   = 8
	wheelSlots  = 1 << wheelBits
	wheelLevels = 6
	wheelWords  = wheelSlots / 64

	// maxTick is the last tick the wheel tells apart: 8900 years of milliseconds.
	maxTick = 1<<(wheelBits*wheelLevels) - 1

	// lateSlot and the one after it hold timers asked for at or before the
	// wheel's limit: one collects, the other is being fired.
	lateSlot = wheelLevels * wheelSlots
)

// TimerHandler is told that a timer is due, on the loop which started it. The
// timer is no longer pending then and may be started again at once.
type TimerHandler interface{ OnTimer(t *Timer) }

// Timer is a node of a loop's timing wheel, made to be embedded in the struct
// which it is for. The zero value is ready. It must not be copied while pending,
// and belongs to one loop at a time.
type Timer struct {
	next, prev *Timer
	tick       int64
	h          TimerHandler
	where      uint16 // index of its slot plus one; 0: not pending
}

// Pending tells whether the timer is started and has not fired or been stopped.
func (t *Timer) Pending() bool { return t.where != 0 }

// wheelSlot is a circular list in the order of adding, and a lower bound of the
// ticks in it (exact on level 0).
type wheelSlot struct {
	head *Timer
	min  int64
}

// wheel is used on one goroutine. It needs init before anything else.
type wheel struct {
	pos   int64 // placing is relative to this; never ahead of limit
	limit int64 // the now of the pass which runs, or of the last one
	count int   // pending timers

	passing bool  // a pass runs: expire has not yet returned nil
	late    uint8 // which of the two late slots collects
	levels  uint8 // bit l: level l has a slot in use
	used    [wheelLevels][wheelWords]uint64
	slots   [lateSlot + 2]wheelSlot
}

// init empties the wheel and sets its clock to now, which is not negative.
func (w *wheel) init(now int64) {
	*w = wheel{pos: now, limit: now}
}

// add starts t, or starts it anew, to be due at tick. A tick at or before the
// now of the pass which runs (or, between passes, of the last one) is due in the
// next pass: however often callbacks restart timers, a pass comes to its end.
// Timers of equal tick fire in the order in which they were added.
func (w *wheel) add(t *Timer, tick int64) {
	w.remove(t)
	w.count++
	t.tick = min(tick, maxTick)
	if tick <= w.limit {
		w.push(lateSlot+int(w.late), t)
		return
	}
	w.place(t)
}

// remove takes t out and tells whether it was pending. The timer must be one of
// this wheel's.
func (w *wheel) remove(t *Timer) bool {
	if t.where == 0 {
		return false
	}
	w.unlink(t)
	w.count--
	return true
}

// expire takes out one timer which is due at now; nil: no more. The calls up to
// the one which returns nil are one pass, and the first of them sets the now for
// all. Timers come in the order of their ticks, after those which were late
// already when they were added. Between two calls timers may be added, removed
// and restarted at will.
func (w *wheel) expire(now int64) *Timer {
	if !w.passing {
		w.passing = true
		w.limit = max(w.limit, now)
		w.late ^= 1
	}
	if t := w.slots[lateSlot+int(w.late^1)].head; t != nil {
		w.remove(t)
		return t
	}
	for w.levels != 0 {
		level, i := w.first()
		s := &w.slots[i]
		if s.min > w.limit {
			w.rest(level, i)
			return nil
		}
		w.pos = s.min
		if level == 0 {
			t := s.head
			w.remove(t)
			return t
		}
		w.spread(level, i)
	}
	w.pos, w.passing = w.limit, false
	return nil
}

// next gives the tick at which expire should be called again: the earliest
// deadline, or a little before it where timers have been removed; never after.
// It is not later than the last now when timers wait for the next pass.
func (w *wheel) next() (tick int64, ok bool) {
	if w.slots[lateSlot].head != nil || w.slots[lateSlot+1].head != nil {
		return w.limit, true
	}
	if w.levels == 0 {
		return 0, false
	}
	_, i := w.first()
	return w.slots[i].min, true
}

// first gives the earliest slot in use. There must be one.
func (w *wheel) first() (level, slot int) {
	level = bits.TrailingZeros8(w.levels)
	for n, word := range &w.used[level] {
		if word != 0 {
			return level, level<<wheelBits + n<<6 + bits.TrailingZeros64(word)
		}
	}
	panic("ioloop: timing wheel: level in use without a slot")
}

// rest ends a pass with the position as far on as it may go without entering
// the slot i, which is the earliest one and not due yet.
func (w *wheel) rest(level, i int) {
	shift := uint(level * wheelBits)
	digit := int64(i & (wheelSlots - 1))
	start := w.pos>>(shift+wheelBits)<<(shift+wheelBits) | digit<<shift
	w.pos, w.passing = min(w.limit, start-1), false
}

// spread moves all timers of the slot i, into which the position has come, to
// the levels below.
func (w *wheel) spread(level, i int) {
	s := &w.slots[i]
	t, last := s.head, s.head.prev
	s.head = nil
	w.clear(level, i)
	for {
		next := t.next
		w.place(t)
		if t == last {
			return
		}
		t = next
	}
}

// place links t into the slot for its tick, which is not before the position.
func (w *wheel) place(t *Timer) {
	level := 0
	if diff := uint64(t.tick ^ w.pos); diff != 0 {
		level = (bits.Len64(diff) - 1) / wheelBits
	}
	digit := int(t.tick>>(level*wheelBits)) & (wheelSlots - 1)
	w.used[level][digit>>6] |= 1 << (digit & 63)
	w.levels |= 1 << level
	w.push(level<<wheelBits+digit, t)
}

// push appends t to the list of slot i.
func (w *wheel) push(i int, t *Timer) {
	s := &w.slots[i]
	t.where = uint16(i + 1)
	if s.head == nil {
		s.head, s.min = t, t.tick
		t.next, t.prev = t, t
		return
	}
	s.min = min(s.min, t.tick)
	head, tail := s.head, s.head.prev
	t.next, t.prev = head, tail
	tail.next, head.prev = t, t
}

// unlink takes t out of its slot.
func (w *wheel) unlink(t *Timer) {
	i := int(t.where) - 1
	s := &w.slots[i]
	if t.next == t {
		s.head = nil
		if i < lateSlot {
			w.clear(i>>wheelBits, i)
		}
	} else {
		t.next.prev, t.prev.next = t.prev, t.next
		if s.head == t {
			s.head = t.next
		}
	}
	t.next, t.prev, t.where = nil, nil, 0
}

// clear notes that the slot i of a level is empty.
func (w *wheel) clear(level, i int) {
	digit := i & (wheelSlots - 1)
	words := &w.used[level]
	words[digit>>6] &^= 1 << (digit & 63)
	if words[0]|words[1]|words[2]|words[3] == 0 {
		w.levels &^= 1 << level
	}
}
