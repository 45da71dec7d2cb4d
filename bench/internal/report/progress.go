package report

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/tornadio/tornadio/bench/internal/scenario"
)

// Line is the live line: one that is written over on a terminal, and a plain
// one now and then elsewhere.
type Line struct {
	w     io.Writer
	live  bool
	width int
	last  time.Time
	shown bool
}

// NewLine makes a line on f.
func NewLine(f *os.File) *Line {
	l := &Line{w: f, live: term.IsTerminal(int(f.Fd())), width: 100}
	if w, _, err := term.GetSize(int(f.Fd())); err == nil {
		l.width = w
	}
	return l
}

// plainEvery is how often a line is written where it stays.
const plainEvery = 10 * time.Second

// Show shows how it goes. head says which run it is, total how long all of them
// may take yet.
func (l *Line) Show(head string, p scenario.Progress, total time.Duration) {
	if !l.live && time.Since(l.last) < plainEvery {
		return
	}
	l.last = time.Now()
	text := fmt.Sprintf("%s: %s, %d clients", head, p.Phase, p.Clients)
	if p.OpsPerSec > 0 {
		text += fmt.Sprintf(", %.0f/s", p.OpsPerSec)
	}
	if p.P50 > 0 {
		text += fmt.Sprintf(", p50 %v p99 %v", round(p.P50), round(p.P99))
	}
	text += fmt.Sprintf(", %v left of this run, %v of all", p.Left.Round(time.Second), total.Round(time.Second))
	if !l.live {
		fmt.Fprintln(l.w, text)
		return
	}
	if r := []rune(text); len(r) >= l.width {
		text = string(r[:max(0, l.width-1)])
	}
	fmt.Fprint(l.w, "\r\x1b[K"+text)
	l.shown = true
}

// Clear takes the live line away, before something else is written.
func (l *Line) Clear() {
	if l.shown {
		fmt.Fprint(l.w, "\r\x1b[K")
		l.shown = false
	}
}

// round keeps three digits or so.
func round(d time.Duration) time.Duration {
	switch {
	case d > 10*time.Second:
		return d.Round(100 * time.Millisecond)
	case d > 10*time.Millisecond:
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(time.Microsecond)
}
