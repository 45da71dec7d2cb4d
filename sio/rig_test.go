package sio

import (
	"log/slog"
	"testing"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// rig is a server on simulated loops, with clients that have no network: their
// links take everything and keep nothing.
type rig struct {
	tb  testing.TB
	sim *ioloop.Sim
	srv *Server
}

func newRig(tb testing.TB, loops int, cfg Config) *rig {
	tb.Helper()
	r := &rig{tb: tb, sim: ioloop.NewSim(ioloop.SimConfig{})}
	cfg.Logger = slog.New(slog.DiscardHandler)
	group, err := r.sim.NewGroup(ioloop.Config{Loops: loops, Logger: cfg.Logger, SlowCallback: -1})
	if err != nil {
		tb.Fatal(err)
	}
	r.srv = NewOn(group, cfg)
	if err := r.srv.Start(); err != nil {
		tb.Fatal(err)
	}
	return r
}

// on runs f on a loop, and then what it caused.
func (r *rig) on(loop int, f func()) {
	r.tb.Helper()
	ran := false
	if err := r.srv.shards[loop].loop.Post(func() { f(); ran = true }); err != nil {
		r.tb.Fatal(err)
	}
	r.sim.Run(time.Millisecond)
	if !ran {
		r.tb.Fatal("the loop has not run")
	}
}

// join makes n clients in a namespace on a loop, with f called for each.
func (r *rig) join(loop, n int, ns *namespace, f func(*Socket)) (all []*Socket) {
	r.tb.Helper()
	r.on(loop, func() {
		for range n {
			c := r.srv.shards[loop].welcome(session.Rev4)
			c.sess.Attach(&deafLink{})
			c.join(ns.name, nil, nil)
			s := c.find([]byte(ns.name))
			if f != nil {
				f(s)
			}
			all = append(all, s)
		}
	})
	return all
}

// deafLink counts what it takes.
type deafLink struct {
	taken int
	texts []string // if keep
	keep  bool
}

func (l *deafLink) Ready() bool { return true }

func (l *deafLink) Send(ms []session.Message) {
	for _, m := range ms {
		if l.keep {
			l.texts = append(l.texts, string(m.Payload()))
		}
		m.Buf.Release()
	}
	l.taken += len(ms)
}

func (l *deafLink) Backlog() int          { return 0 }
func (l *deafLink) Close(session.Closing) {}
func (l *deafLink) Name() string          { return "websocket" }

func (s *Socket) taken() int { return s.c.sess.Link().(*deafLink).taken }
