package engine

import (
	"sync/atomic"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// counters are one loop's. The loop adds, anyone reads.
type counters struct {
	in, opened, slow, refused atomic.Uint64
	ended                     [session.Goodbye]atomic.Uint64
	websockets, polls, others atomic.Int64       // others are over WebTransport
	statuses                  [600]atomic.Uint32 // refusals by HTTP status
	_                         [64]byte           // apart from what other loops write
}

func (c *counters) carry(_ session.Rev, name string, change int) {
	switch name {
	case "websocket":
		c.websockets.Add(int64(change))
	case webTransport:
		c.others.Add(int64(change))
	default:
		c.polls.Add(int64(change))
	}
}

func (c *counters) refuse(status int) {
	c.refused.Add(1)
	if 0 <= status && status < len(c.statuses) {
		c.statuses[status].Add(1)
	}
}

// Stats are a server's counts at one moment.
type Stats struct {
	Sessions    int    `json:"active_sessions"`
	MaxSessions int    `json:"max_sessions"`    // the most of them so far
	Opened      uint64 `json:"sessions"`        // opened in all
	Conns       int    `json:"tcp_connections"` // open TCP connections, ordinary requests' too
	Sent        uint64 `json:"packets_sent"`    // of Engine.IO
	Received    uint64 `json:"messages_received"`
	QueuedBytes int64  `json:"queued_bytes"` // that wait for polls and slow readers
	Panics      uint64 `json:"panics"`       // each cost one session
	Slow        uint64 `json:"slow_handlers"`
	Refused     uint64 `json:"refused"` // requests

	RefusedBy  map[int]uint64    `json:"refused_by_status"` // requests, by HTTP status
	Ended      map[string]uint64 `json:"ended_by_reason"`   // sessions that are gone
	Transports map[string]int    `json:"transports"`        // sessions now, by transport
	TLS        ioloop.TLSStats   `json:"tls"`
}

// Stats adds up the counts of all loops. Any goroutine.
func (s *Server) Stats() Stats {
	t := Stats{Sessions: s.Len(), MaxSessions: int(s.most.Load()),
		RefusedBy: map[int]uint64{}, Ended: map[string]uint64{}, Transports: map[string]int{}}
	if g := s.host.Group(); g != nil {
		t.Conns, t.TLS = g.Conns(), g.TLSStats()
	}
	for _, sh := range s.shards {
		sh.addTo(&t)
	}
	return t
}

func (sh *shard) addTo(t *Stats) {
	c := &sh.stats
	t.Opened += c.opened.Load()
	t.Sent += sh.m.Sent.Load()
	t.Received += c.in.Load()
	t.QueuedBytes += sh.m.Queued.Load()
	t.Panics += sh.Panics.Load()
	t.Slow += c.slow.Load()
	t.Refused += c.refused.Load()
	t.Transports["websocket"] += int(c.websockets.Load())
	t.Transports["polling"] += int(c.polls.Load())
	if n := int(c.others.Load()); n > 0 {
		t.Transports[webTransport] += n
	}
	for why := range c.ended {
		if n := c.ended[why].Load(); n > 0 {
			t.Ended[Reason(why).String()] += n
		}
	}
	for status := range c.statuses {
		if n := c.statuses[status].Load(); n > 0 {
			t.RefusedBy[status] += uint64(n)
		}
	}
}
