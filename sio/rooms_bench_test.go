package sio

import (
	"fmt"
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
