package ioloop

import (
	"errors"
	"time"
)

// This file draws all that is left to chance on the simulated network. Nothing
// is drawn for what is switched off.

const (
	stallMin = 10 * time.Millisecond
	stallMax = 500 * time.Millisecond
)

// errSimMove is why a move failed that SimConfig.MoveFail made fail.
var errSimMove = errors.New("ioloop: simulated failure of a move")

func (s *Sim) chance(p float64) bool { return p > 0 && s.rng.Float64() < p }

func (s *Sim) between(low, high time.Duration) time.Duration {
	if high <= low {
		return low
	}
	return low + time.Duration(s.rng.Int64N(int64(high-low)+1))
}

// delay is how long something is on its way.
func (s *Sim) delay() time.Duration {
	d := s.between(s.cfg.LatencyMin, s.cfg.LatencyMax)
	if s.chance(s.cfg.Stall) {
		d += s.between(stallMin, stallMax)
	}
	return d
}

const (
	// simReadMax is the most that arrives at once: the size of the buffer into
	// which a loop of gnet reads.
	simReadMax = 64 << 10

	// A write of up to simCrumbs bytes now and then arrives byte by byte; any
	// other is cut into simPieces at most.
	simCrumbs = 64
	simPieces = 5
)

// cut gives the size of the next piece of n bytes. crumbs is drawn once a write.
func (s *Sim) cut(n int, crumbs bool) int {
	switch {
	case crumbs:
		return 1
	case !s.cfg.Split || n == 1:
		return min(n, simReadMax)
	case s.rng.IntN(simPieces) == 0:
		return min(n, simReadMax)
	}
	return min(1+s.rng.IntN(n), simReadMax)
}

func (s *Sim) crumbs(n int) bool {
	return s.cfg.Split && n <= simCrumbs && s.rng.IntN(16) == 0
}

// joins tells whether a piece waits in the receiver's kernel for the next one,
// and is read together with it.
func (s *Sim) joins() bool { return s.cfg.Split && s.rng.IntN(4) == 0 }

// moveDelay is how long a connection is between two loops. Only a network that
// takes time makes this take time.
func (s *Sim) moveDelay() time.Duration {
	return s.between(0, min(s.cfg.LatencyMax, time.Millisecond))
}
