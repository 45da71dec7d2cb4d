package engine_test

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio/engine"
	"github.com/tornadio/tornadio/sio/siotest"
)

// TestTimers: those of a socket run on its loop until it closes, one that
// panics costs its client the session; those of the server until they are
// stopped, or the server is.
func TestTimers(t *testing.T) {
	r := newRecord(t, engine.Config{Logger: slog.New(slog.DiscardHandler)})
	var ticks, late int
	r.srv.OnMessage(func(c *engine.Socket, m engine.Message) {
		switch m.Text() {
		case "every":
			c.Every(time.Second, func() { ticks++ })
			c.After(3500*time.Millisecond, c.Close)
			c.After(time.Minute, func() { late++ })
			c.After(time.Second, func() { late++ }).Stop()
		case "panic":
			c.After(time.Second, func() { panic("oops") })
		}
	})
	for _, text := range []string{"every", "panic"} {
		c := r.w.HTTP()
		c.Upgrade(sockets)
		c.Text() // the open packet
		c.WriteFrame(siotest.Text, "4"+text)
	}
	minutes := 0
	tick := r.srv.Every(time.Minute, func() { minutes++ })
	r.srv.After(150*time.Second, func() { minutes += 100; tick.Stop() })
	if err := r.srv.Do(func() { minutes += 1000 }); err != nil {
		t.Error(err)
	}
	r.w.Advance(time.Hour)
	if ticks != 3 || late != 0 || minutes != 1102 {
		t.Errorf("%d ticks of a socket, %d too late; the server's timers made %d", ticks, late, minutes)
	}
	if s := r.srv.Stats(); s.Panics != 1 || s.Sessions != 0 {
		t.Errorf("%d panics, %d sessions", s.Panics, s.Sessions)
	}
}

// TestTimersKeepNobody: a timer that is far away does not keep a socket that is
// closed.
func TestTimersKeepNobody(t *testing.T) {
	r := newRecord(t, engine.Config{})
	gone := make(chan struct{})
	r.srv.OnMessage(func(c *engine.Socket, m engine.Message) {
		runtime.AddCleanup(c, func(ch chan struct{}) { close(ch) }, gone)
		c.Every(time.Hour, c.Close)
		c.After(time.Hour, c.Close)
		c.Close()
	})
	c := r.w.HTTP()
	c.Upgrade(sockets)
	c.Text() // the open packet
	c.WriteFrame(siotest.Text, "4go")
	for end := time.Now().Add(20 * time.Second); ; {
		r.w.Advance(time.Second)
		runtime.GC()
		select {
		case <-gone:
			return
		default:
		}
		if time.Now().After(end) {
			t.Fatal("the socket is still there")
		}
	}
}

// TestTimersOfNobody: on a socket that was never open, and a server that is
// none, nothing runs and nothing breaks.
func TestTimersOfNobody(t *testing.T) {
	var s engine.Socket
	s.After(0, func() { t.Error("ran") }).Stop()
	s.Every(0, func() { t.Error("ran") }).Stop()
	s.Do(func() { t.Error("ran") })
	srv := engine.New(engine.Config{Path: "/", Logger: slog.New(slog.DiscardHandler)})
	srv.After(0, func() { t.Error("ran") }).Stop()
	srv.Every(0, func() { t.Error("ran") }).Stop()
	if srv.Do(func() { t.Error("ran") }) == nil {
		t.Error("Do of a server that is none is no error")
	}
	srv = engine.New(engine.Config{Loops: 1, Logger: slog.New(slog.DiscardHandler)})
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	_ = srv.Shutdown(context.Background())
	srv.After(0, func() { t.Error("ran") }).Stop()
	if srv.Do(func() { t.Error("ran") }) == nil {
		t.Error("Do after Shutdown is no error")
	}
}

// TestWriteDelay: what is sent within the delay leaves in one write, in order.
func TestWriteDelay(t *testing.T) {
	for d, ok := range map[time.Duration]bool{-1: false, 0: true, time.Second: true, time.Second + 1: false} {
		srv := engine.New(engine.Config{WriteDelay: d, Logger: slog.New(slog.DiscardHandler)})
		if err := srv.Err(); (err == nil) != ok {
			t.Errorf("WriteDelay %v: %v", d, err)
		}
	}
	r := newRecord(t, engine.Config{WriteDelay: 5 * time.Millisecond})
	c := r.w.HTTP()
	c.Upgrade(sockets)
	c.Text()
	before := c.Conn().Writes()
	for i := range 4 {
		c.WriteFrame(siotest.Text, fmt.Sprint("4", i))
		r.w.Advance(time.Millisecond)
	}
	if n := c.Conn().Writes() - before; n != 0 {
		t.Errorf("%d writes within the delay", n)
	}
	r.w.Advance(4 * time.Millisecond)
	if n := c.Conn().Writes() - before; n != 1 {
		t.Errorf("%d writes after the delay, want 1", n)
	}
	var got []string
	for range 4 {
		got = append(got, c.Text())
	}
	r.eq("the messages", strings.Join(got, " "), "40 41 42 43")
}
