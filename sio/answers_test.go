package sio_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// answers makes all clients answer "ask" with their numbers.
func (c *crowd) answers(but ...int) {
	for i, k := range c.clients {
		k.OnEvent = func(e *siotest.Event) {
			if e.Name == "ask" && !slices.Contains(but, i) {
				e.Reply(i)
			}
		}
	}
}

// gathered is what EmitAck's callback was given.
type gathered struct {
	calls   int
	numbers []int
	err     error
}

func (g *gathered) take(acks []*sio.Ack, err error) {
	g.calls++
	g.err = err
	for _, a := range acks {
		var n int
		if a.Decode(&n) == nil {
			g.numbers = append(g.numbers, n)
		}
	}
	slices.Sort(g.numbers)
}

func (g *gathered) missing() int {
	var p *sio.PartialError
	if errors.As(g.err, &p) {
		return p.Missing
	}
	return 0
}

// TestBroadcastAck: every receiver is asked, of both generations; the callback
// runs once, with all answers or those that came.
func TestBroadcastAck(t *testing.T) {
	const n = 6
	all := []int{0, 1, 2, 3, 4, 5, 6}
	tests := []struct {
		name    string
		target  func(c *crowd) sio.Target
		silent  []int
		leave   int // leaves while it is asked; 0: nobody
		numbers []int
		err     error
		missing int
	}{
		{name: "everyone", numbers: all},
		{name: "a room", target: func(c *crowd) sio.Target { return c.ns.To("even") }, numbers: []int{0, 2, 4, 6}},
		{name: "except", target: func(c *crowd) sio.Target { return c.ns.To("all").Except("even") }, numbers: []int{1, 3, 5}},
		{name: "less the sender", target: func(c *crowd) sio.Target { return c.sockets[2].To("even") }, numbers: []int{0, 4, 6}},
		{name: "nobody", target: func(c *crowd) sio.Target { return c.ns.To("none") }},
		{name: "some are silent", silent: []int{1, 4}, numbers: []int{0, 2, 3, 5, 6}, err: sio.ErrAckTimeout, missing: 2},
		{name: "one leaves", leave: 3, silent: []int{3}, numbers: []int{0, 1, 2, 4, 5, 6}, err: sio.ErrClosed, missing: 1},
		{name: "one leaves, one is silent", leave: 3, silent: []int{3, 5}, numbers: []int{0, 1, 2, 4, 6}, err: sio.ErrAckTimeout, missing: 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newCrowd(t, n, sio.Config{})
			c.answers(tt.silent...)
			target := c.ns.To()
			if tt.target != nil {
				target = tt.target(c)
			}
			var g gathered
			if err := target.Timeout(2*time.Second).EmitAck("ask", g.take, "x"); err != nil {
				t.Fatal(err)
			}
			if tt.leave > 0 {
				c.clients[tt.leave].Wait("ask")
				c.clients[tt.leave].Close()
			}
			c.w.Advance(time.Minute)
			if g.calls != 1 || !slices.Equal(g.numbers, tt.numbers) || !errors.Is(g.err, tt.err) || g.missing() != tt.missing {
				t.Errorf("%d calls, answers %v, error %v, %d missing", g.calls, g.numbers, g.err, g.missing())
			}
		})
	}
}

// TestBroadcastAckLate: what comes after the time-out, or twice, changes
// nothing, and leaves nothing behind.
func TestBroadcastAckLate(t *testing.T) {
	c := newCrowd(t, 2, sio.Config{})
	var g gathered
	_ = c.ns.To("all").Timeout(time.Second).EmitAck("ask", g.take)
	e := c.clients[0].Wait("ask")
	c.w.Advance(2 * time.Second)
	e.Reply(1)
	c.w.Advance(time.Second)
	if g.calls != 1 || g.numbers != nil || g.missing() != 3 {
		t.Errorf("%+v", g)
	}
}

// TestBroadcastAckBounds: Config.MaxAnswers and MaxAcks at the limit and above.
func TestBroadcastAckBounds(t *testing.T) {
	for _, tt := range []struct {
		size int // of each of two answers, with quotes
		err  error
	}{{50, nil}, {51, sio.ErrTooManyAnswers}} {
		c := newCrowd(t, 1, sio.Config{MaxAnswers: 100})
		for _, k := range c.clients {
			k.OnEvent = func(e *siotest.Event) { e.Reply(strings.Repeat("x", tt.size-2)) }
		}
		var g gathered
		_ = c.ns.To().EmitAck("ask", g.take)
		c.w.Advance(time.Second)
		if g.calls != 1 || !errors.Is(g.err, tt.err) {
			t.Errorf("answers of %d bytes: %+v", tt.size, g)
		}
	}
	c := newCrowd(t, 0, sio.Config{MaxAcks: 2})
	var g [3]gathered
	for i := range g {
		_ = c.ns.To().EmitAck("ask", g[i].take)
	}
	c.w.Advance(time.Second)
	if g[1].calls != 0 || g[2].calls != 1 || !errors.Is(g[2].err, sio.ErrTooManyAcks) {
		t.Errorf("MaxAcks: %+v", g)
	}
}

// TestBroadcastAckBinary: a client that can't get binary data is named as the
// reason of its missing answer; the others answer.
func TestBroadcastAckBinary(t *testing.T) {
	c := newCrowd(t, 2, sio.Config{})
	c.answers()
	var g gathered
	_ = c.ns.To().EmitAck("ask", g.take, []byte{1})
	c.w.Advance(time.Second)
	if g.calls != 1 || !slices.Equal(g.numbers, []int{0, 1}) || !errors.Is(g.err, sio.ErrBinary) {
		t.Errorf("%+v", g)
	}
}

// TestBroadcastAckShutdown: the callback runs once also when the server ends.
func TestBroadcastAckShutdown(t *testing.T) {
	c := newCrowd(t, 3, sio.Config{})
	done := make(chan error, 2)
	_ = c.ns.To().EmitAck("ask", func(_ []*sio.Ack, err error) { done <- err })
	c.clients[0].Wait("ask")
	c.w.Close()
	select {
	case err := <-done:
		if !errors.Is(err, sio.ErrClosed) {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it has not run")
	}
}

// TestAnswersAfterTheEnd: what was promised to run once runs when the loops
// have ended too, and its panic ends no more than itself.
func TestAnswersAfterTheEnd(t *testing.T) {
	srv := sio.New(sio.Config{Loops: 1})
	ns := srv.Of("/")
	if _, err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	ran := make(chan struct{})
	err := ns.To().EmitAck("question", func([]*sio.Ack, error) {
		defer close(ran)
		panic("in a callback")
	})
	if err != nil {
		t.Fatalf("refused (%v): nothing was promised then", err)
	}
	select {
	case <-ran:
	case <-ctx.Done():
		t.Fatal("the callback has not run")
	}
	for srv.Stats().Panics == 0 {
		select {
		case <-ctx.Done():
			t.Fatal("the panic is not counted")
		default:
			runtime.Gosched()
		}
	}
}
