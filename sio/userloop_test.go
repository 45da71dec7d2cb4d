package sio_test

import (
	"context"
	"encoding/json"
	"expvar"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// TestTimerOfClient: one that panics costs its client the connection, and after
// the end of its client neither a timer nor a posted function runs.
func TestTimerOfClient(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	ns := srv.Of("/")
	late := 0
	sio.On0(ns, "panic", func(s *sio.Socket) {
		s.Every(time.Minute, func() { late++ })
		s.After(time.Second, func() { panic("oops") })
	})
	sio.On0(ns, "leave", func(s *sio.Socket) {
		s.Do(func() { late++ })
		s.Close()
	})
	a, b := w.Connect(siotest.Client{}), w.Connect(siotest.Client{Generation: sio.Legacy})
	a.Emit("panic")
	w.Until(a.Ended)
	b.Emit("leave")
	w.Advance(time.Hour)
	if s := srv.Stats(); s.Panics != 1 || late != 0 {
		t.Errorf("%d panics, %d functions ran too late", s.Panics, late)
	}
}

// TestServerLoopFromAnyGoroutine: on real loops; what one goroutine posts runs
// in order.
func TestServerLoopFromAnyGoroutine(t *testing.T) {
	srv := sio.New(sio.Config{Loops: 2, Logger: slog.New(slog.DiscardHandler)})
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	var ran, after atomic.Int64
	last := make(map[int]int) // of the server's loop alone
	ticked := make(chan struct{})
	once := sync.OnceFunc(func() { close(ticked) })
	tick := srv.Every(time.Millisecond, once)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 200 {
				_ = srv.Do(func() {
					if last[g] != i {
						t.Errorf("goroutine %d: its %dth function after %d others", g, i, last[g])
					}
					last[g]++
					ran.Add(1)
				})
				srv.After(time.Hour, func() { after.Add(1) }).Stop()
			}
		})
	}
	all.Wait()
	<-ticked
	tick.Stop()
	done := make(chan struct{})
	_ = srv.Do(func() { close(done) })
	<-done
	if ran.Load() != 8*200 || after.Load() != 0 {
		t.Errorf("%d ran, want %d; %d that were stopped ran", ran.Load(), 8*200, after.Load())
	}
	_ = srv.Shutdown(context.Background())
}

// TestStatsForms: as JSON over HTTP, and through expvar, by TornadIO2's names.
func TestStatsForms(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	srv.Handle("/stats", srv.StatsHandler())
	srv.PublishStats("tornadio test")
	w.Connect(siotest.Client{})
	for form, text := range map[string]string{
		"HTTP":   string(w.HTTP().Get("/stats").Body),
		"expvar": expvar.Get("tornadio test").String(),
	} {
		var s sio.Stats
		if err := json.Unmarshal([]byte(text), &s); err != nil || s.Sessions != 1 || s.MaxConnections != 1 {
			t.Errorf("%s: %v, %+v", form, err, s)
		}
		if !strings.Contains(text, `"active_sessions":1`) || !strings.Contains(text, `"flash_policy":{`) {
			t.Errorf("%s: %s", form, text)
		}
	}
	srv.PublishStats("tornadio test")
	if err := srv.Err(); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("a name that is taken: %v", err)
	}
}
