package sio

import "sync/atomic"

// counters are one loop's. The loop adds, anyone reads.
type counters struct {
	in         atomic.Uint64
	violations atomic.Uint64
	misfits    atomic.Uint64
	panics     atomic.Uint64
	busy       atomic.Uint64
	refused    atomic.Uint64
	ended      [len(reasonText)]atomic.Uint64
	_          [64]byte // apart from what other loops write
}

// Stats are a server's counts at one moment.
type Stats struct {
	Conns      int               // open TCP connections
	Sessions   int               // clients, between two polls too
	Messages   uint64            // received from clients, attachments included
	Violations uint64            // connections closed because of a packet that must not be
	Misfits    uint64            // events whose arguments did not fit their handler
	Panics     uint64            // panics of handlers, each of which cost one connection
	Refused    uint64            // requests and namespaces refused
	Ended      map[Reason]uint64 // clients that are gone, by reason
}

// Stats sums the counts of all loops. Any goroutine.
func (s *Server) Stats() Stats {
	t := Stats{Sessions: int(s.sessions.Load()), Ended: make(map[Reason]uint64)}
	if s.group != nil {
		t.Conns = s.group.Conns()
	}
	for _, sh := range s.shards {
		c := &sh.stats
		t.Messages += c.in.Load()
		t.Violations += c.violations.Load()
		t.Misfits += c.misfits.Load()
		t.Panics += c.panics.Load()
		t.Refused += c.refused.Load()
		for why := range c.ended {
			if n := c.ended[why].Load(); n > 0 {
				t.Ended[Reason(why)] += n
			}
		}
	}
	return t
}
