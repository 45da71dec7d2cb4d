package ioloop

import (
	"sync"
	"sync/atomic"
	"time"
)

// watchdog reports callbacks that run too long. Its goroutine looks at the
// beats of the loops a few times in Config.SlowCallback, and sleeps for good
// while no loop does anything, so that an idle process stays idle.
type watchdog struct {
	group  *Group
	limit  time.Duration
	asleep atomic.Bool
	poke   chan struct{} // has room for one
	quit   chan struct{}
	once   sync.Once
	seen   []sighting // one a loop; only the goroutine's
}

// sighting is what was last seen of a loop.
type sighting struct {
	beat     uint64
	since    time.Time
	reported bool
}

func newWatchdog(g *Group) *watchdog {
	return &watchdog{
		group: g,
		limit: g.cfg.SlowCallback,
		poke:  make(chan struct{}, 1),
		quit:  make(chan struct{}),
		seen:  make([]sighting, g.cfg.Loops),
	}
}

func (w *watchdog) start() {
	if w.limit > 0 {
		go w.run()
	}
}

func (w *watchdog) stop() { w.once.Do(func() { close(w.quit) }) }

// stir wakes the watchdog; every turn calls it.
func (w *watchdog) stir() {
	if w.asleep.Load() && w.asleep.CompareAndSwap(true, false) {
		w.poke <- struct{}{}
	}
}

func (w *watchdog) run() {
	t := time.NewTicker(max(w.limit/4, time.Millisecond))
	defer t.Stop()
	for idle := 0; ; {
		select {
		case <-w.quit:
			return
		case now := <-t.C:
			if idle++; w.look(now) {
				idle = 0
			}
		}
		if idle < 4 {
			continue
		}
		idle = 0
		t.Stop()
		if !w.sleep() {
			return
		}
		t.Reset(max(w.limit/4, time.Millisecond))
	}
}

// sleep waits for the next turn of any loop. It tells whether to go on.
func (w *watchdog) sleep() bool {
	w.asleep.Store(true)
	if w.look(time.Now()) && w.asleep.CompareAndSwap(true, false) {
		return true // a turn began just before
	}
	select {
	case <-w.quit:
		return false
	case <-w.poke:
		return true
	}
}

// look reports what is slow, and tells whether any loop did something since.
func (w *watchdog) look(now time.Time) (busy bool) {
	for i, l := range w.group.loops {
		s := &w.seen[i]
		beat := l.beat.Load()
		switch {
		case beat != s.beat:
			*s = sighting{beat: beat, since: now}
			busy = true
		case beat%2 == 0:
		case !s.reported && now.Sub(s.since) >= w.limit:
			s.reported = true
			w.report(l, now.Sub(s.since))
			busy = true
		default:
			busy = true
		}
	}
	return busy
}

func (w *watchdog) report(l *Loop, d time.Duration) {
	name := ""
	if p := l.name.Load(); p != nil {
		name = *p
	}
	w.group.cfg.Logger.Warn("ioloop: callback is slow; its loop serves nobody meanwhile",
		"loop", l.index, "name", name, "for", d)
	if w.group.cfg.OnSlow != nil {
		w.group.cfg.OnSlow(l.index, name, d)
	}
}
