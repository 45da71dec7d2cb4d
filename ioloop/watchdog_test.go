//go:build !windows

package ioloop

import (
	"testing"
	"time"
)

func TestWatchdogNamesTheSlow(t *testing.T) {
	t.Parallel()
	type report struct {
		loop int
		name string
		d    time.Duration
	}
	reports := make(chan report, 10)
	g := newTestGroup(t, Config{
		Loops:        2,
		SlowCallback: 20 * time.Millisecond,
		OnSlow:       func(loop int, name string, d time.Duration) { reports <- report{loop, name, d} },
	})
	start(t, g)
	var got report
	for range 2 { // the second time it has to be woken
		onLoop(t, g.Loop(1), func() {
			g.Loop(1).SetName("query")
			got = receive(t, "a report", reports)
		})
		if got.loop != 1 || got.name != "query" || got.d < 20*time.Millisecond {
			t.Errorf("reported %+v", got)
		}
		eventually(t, "the watchdog sleeps", g.watch.asleep.Load)
	}
	for range 100 {
		onLoop(t, g.Loop(1), func() {})
	}
	if len(reports) > 0 {
		t.Errorf("reported %+v", <-reports)
	}
}
