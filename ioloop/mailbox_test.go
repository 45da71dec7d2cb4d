package ioloop

import (
	"io"
	"slices"
	"testing"
)

func TestTasksHaveABudget(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{TaskBudget: 10})
	n := 0
	for range 25 {
		_ = l.Post(func() { n++ })
	}
	p := b.pollers[0]
	if p.wakes != 1 {
		t.Fatalf("%d wakes for 25 posts", p.wakes)
	}
	for _, want := range []int{10, 20, 25} {
		p.wakes = 0
		l.wakeup()
		if n != want {
			t.Fatalf("%d tasks ran; want %d", n, want)
		}
	}
	if p.wakes != 0 {
		t.Error("woken with nothing to do")
	}
}

// A task that posts itself again runs once a turn, not for ever.
func TestTaskThatPostsItself(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{TaskBudget: 4})
	n := 0
	var again func()
	again = func() { n++; _ = l.Post(again) }
	_ = l.Post(again)
	l.wakeup()
	if n != 4 || b.pollers[0].wakes == 0 {
		t.Fatalf("%d runs in a turn with a budget of 4", n)
	}
}

func TestPostIsNeverInline(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	var got []int
	b.turn(l, func() {
		_ = l.Post(func() { got = append(got, 2) })
		got = append(got, 1)
	})
	if !slices.Equal(got, []int{1, 2}) {
		t.Error(got)
	}
}

func TestMailboxForgetsItsBusiestTime(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{})
	for range 3 * keepTasks {
		_ = l.Post(func() {})
	}
	b.run()
	b.turn(l, func() {})
	b.turn(l, func() {})
	if c := cap(l.mail.in) + cap(l.mail.out); c > 2*keepTasks {
		t.Errorf("room for %d tasks is kept", c)
	}
}

func TestInLoop(t *testing.T) {
	t.Parallel()
	b, l := newFake(t, Config{Loops: 2})
	if l.InLoop() {
		t.Error("in the loop before any turn")
	}
	c, _ := openFake(t, l, &funcs{
		data: func(_ *Conn, p []byte) int {
			other := make(chan bool)
			go func() { other <- l.InLoop() }()
			if !l.InLoop() || b.group.Loop(1).InLoop() || <-other {
				t.Error("InLoop is wrong within OnData")
			}
			return len(p)
		},
		close: func(*Conn, error) {
			if !l.InLoop() {
				t.Error("not in the loop within OnClose")
			}
		},
	})
	l.data(c, []byte("x"))
	if l.InLoop() {
		t.Error("in the loop after a turn")
	}
	l.lost(c, io.EOF)
}

func TestSlowGoid(t *testing.T) {
	t.Parallel()
	if a, b := slowGoid(), goroutineID(); a != b {
		t.Errorf("%d by the stack, %d by goid", a, b)
	}
}
