package sio

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/tornadio/tornadio/sio/internal/session"
)

func BenchmarkJoinLeave(b *testing.B) {
	for _, others := range []int{0, 1000} {
		b.Run(fmt.Sprint("others=", others), func(b *testing.B) {
			r := newRig(b, 2, Config{})
			ns := r.srv.namespace("/")
			r.join(0, others, ns, func(s *Socket) { _ = s.Join("room") })
			s := r.join(0, 1, ns, nil)[0]
			r.on(0, func() {
				b.ReportAllocs()
				for b.Loop() {
					_ = s.Join("room")
					s.Leave("room")
				}
			})
		})
	}
}

// BenchmarkTarget: finding where a room is, from a loop without members.
func BenchmarkTarget(b *testing.B) {
	r := newRig(b, 4, Config{})
	ns := r.srv.namespace("/")
	r.join(1, 1, ns, func(s *Socket) {
		for i := range 1000 {
			_ = s.Join(fmt.Sprint("room", i))
		}
	})
	t := Target{ns: ns}.To("room500", "none")
	b.ReportAllocs()
	for b.Loop() {
		t.loops()
	}
}

func BenchmarkBroadcast(b *testing.B) {
	for _, members := range []int{1, 10, 1000} {
		b.Run(fmt.Sprint("members=", members), func(b *testing.B) {
			r := newRig(b, 4, Config{})
			ns := r.srv.namespace("/")
			all := r.join(0, members, ns, func(s *Socket) { _ = s.Join("room") })
			for loop := 1; loop < 4; loop++ {
				r.join(loop, 1, ns, nil)
			}
			var flush []*session.Session
			for _, s := range all {
				flush = append(flush, &s.c.sess)
			}
			r.on(0, func() {
				t := Target{ns: ns}.To("room")
				b.ReportAllocs()
				for b.Loop() {
					_ = t.Emit("event", "some text")
					for _, s := range flush {
						s.Flush()
					}
				}
			})
		})
	}
}

// TestNoAllocationPerReceiver: a broadcast to many costs what one to few does,
// and joining a room that exists nothing, with recovery too.
func TestNoAllocationPerReceiver(t *testing.T) {
	broadcast := func(members int, recovery *Recovery) float64 {
		r := newRig(t, 2, Config{Recovery: recovery})
		ns := r.srv.namespace("/")
		all := r.join(0, members, ns, func(s *Socket) { _ = s.Join("room") })
		to := Target{ns: ns}.To("room")
		var allocs float64
		r.on(0, func() {
			allocs = testing.AllocsPerRun(50, func() {
				_ = to.Emit("event", "some text")
				for _, s := range all {
					s.c.sess.Flush()
				}
			})
			if n := testing.AllocsPerRun(50, func() { all[0].Leave("room"); _ = all[0].Join("room") }); n > 0 {
				t.Errorf("leaving and joining: %v allocations", n)
			}
		})
		return allocs
	}
	for _, recovery := range []*Recovery{nil, {}} {
		few, many := broadcast(10, recovery), broadcast(2000, recovery)
		t.Logf("recovery %v: %v and %v allocations", recovery != nil, few, many)
		if many > few+2 { // a pool may be emptied by the collector
			t.Errorf("recovery %v: %v allocations for 10 receivers, %v for 2000", recovery != nil, few, many)
		}
	}
}

// TestRecoverySettings: what is wrong is told.
func TestRecoverySettings(t *testing.T) {
	for _, r := range []Recovery{{MaxDisconnection: -1}, {MaxPackets: -1}, {MaxBytes: -1}, {MaxSessions: -1}} {
		if New(Config{Loops: 1, Recovery: &r, Logger: slog.New(slog.DiscardHandler)}).Err() == nil {
			t.Errorf("%+v is taken", r)
		}
	}
	if err := New(Config{Loops: 1, Recovery: &Recovery{MaxPackets: 1, MaxBytes: 1, MaxSessions: 1, MaxDisconnection: 1}}).Err(); err != nil {
		t.Error(err)
	}
}
