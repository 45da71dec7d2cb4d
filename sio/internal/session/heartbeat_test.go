package session

import (
	"testing"
	"time"
)

func TestSlots(t *testing.T) {
	for _, c := range []struct {
		sessions       int
		interval, want time.Duration
	}{
		{1, 25 * time.Second, 50 * time.Millisecond},
		{999, 25 * time.Second, 50 * time.Millisecond},
		{1000, 25 * time.Second, 800 * time.Millisecond},
		{18_000, 25 * time.Second, 800 * time.Millisecond}, // 576 share one
		{40_000, 25 * time.Second, 400 * time.Millisecond}, // 640
		{100_000, 25 * time.Second, 200 * time.Millisecond},
		{250_000, 25 * time.Second, 50 * time.Millisecond}, // 500
		{1, time.Second, 10 * time.Millisecond},
		{1000, 5 * time.Second, 200 * time.Millisecond},
		{1000, time.Second, 40 * time.Millisecond},
		{1, 50 * time.Millisecond, 0},
	} {
		m := &Manager{sessions: make(map[uint64]*Session)}
		for i := range c.sessions {
			m.sessions[uint64(i)] = nil
		}
		if got := m.slot(c.interval); got != c.want {
			t.Errorf("%d sessions at %v: slots of %v, want %v", c.sessions, c.interval, got, c.want)
		}
	}
}
