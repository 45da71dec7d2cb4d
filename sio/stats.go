package sio

import (
	"encoding/json"
	"expvar"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tornadio/tornadio/flashpolicy"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Statistics are always on and nearly free: each loop counts for itself, and
// who asks adds up.

// counters are one loop's. The loop adds, anyone reads.
type counters struct {
	in         atomic.Uint64
	violations atomic.Uint64
	misfits    atomic.Uint64
	busy       atomic.Uint64
	slow       atomic.Uint64
	refused    atomic.Uint64
	opened     atomic.Uint64
	posts      atomic.Uint64
	ended      [len(reasonText)]atomic.Uint64
	statuses   [600]atomic.Uint32 // refusals of requests by HTTP status
	carried    [len(generations)][len(transportNames)]atomic.Int64
	_          [64]byte // apart from what other loops write
}

var generations = [...]Generation{Legacy, Classic, Modern}

// transportNames are the names of all transports, for the counters.
var transportNames = [...]string{"websocket", "polling", "xhr-polling", "jsonp-polling", "htmlfile", "flashsocket", engineWebTransport, "other"}

func (c *counters) carry(rev session.Rev, name string, change int) {
	i := slices.Index(transportNames[:], name)
	if i < 0 {
		i = len(transportNames) - 1
	}
	gen := slices.Index(generations[:], generationOf(rev))
	c.carried[gen][i].Add(int64(change))
}

func (c *counters) refuse(status int) {
	c.refused.Add(1)
	if 0 <= status && status < len(c.statuses) {
		c.statuses[status].Add(1)
	}
}

// Stats are a server's counts at one moment. The first seven have TornadIO2's
// names and meanings.
type Stats struct {
	Sessions       int     `json:"active_sessions"`    // clients, between two polls too
	MaxSessions    int     `json:"max_sessions"`       // the most of them so far
	Connections    int     `json:"active_connections"` // sockets: clients in namespaces
	MaxConnections int     `json:"max_connections"`
	ConnectionsPS  float64 `json:"connections_ps"`  // sockets opened a second
	PacketsSentPS  float64 `json:"packets_sent_ps"` // see Server.Stats for the span
	PacketsRecvPS  float64 `json:"packets_recv_ps"`

	Conns       int    `json:"tcp_connections"` // open TCP connections, ordinary requests' too
	Opened      uint64 `json:"connections"`     // sockets opened in all
	PacketsSent uint64 `json:"packets_sent"`
	PacketsRecv uint64 `json:"packets_recv"` // attachments included
	QueuedBytes int64  `json:"queued_bytes"` // that wait for polls and slow readers

	Violations uint64 `json:"violations"`    // connections closed over a packet that must not be
	Misfits    uint64 `json:"misfits"`       // events whose arguments did not fit their handler
	Panics     uint64 `json:"panics"`        // each cost one connection
	Busy       uint64 `json:"busy"`          // events dropped as ErrBusy
	Slow       uint64 `json:"slow_handlers"` // longer than Config.SlowHandler
	Waiting    int    `json:"waiting"`       // handlers that run in goroutines
	Refused    uint64 `json:"refused"`       // requests and namespaces
	Posts      uint64 `json:"loop_posts"`    // broadcasts handed to a loop by another

	TLS         TLSStats          `json:"tls"`
	FlashPolicy flashpolicy.Stats `json:"flash_policy"` // requests for Flash's policy file

	RefusedBy   map[int]uint64            `json:"refused_by_status"` // requests, by HTTP status
	Ended       map[string]uint64         `json:"ended_by_reason"`   // clients that are gone
	Transports  map[string]int            `json:"transports"`        // clients now, by transport
	Generations map[string]int            `json:"generations"`       // clients now, "0.x", "1.x/2.x" and "4.x"
	Matrix      map[string]map[string]int `json:"generations_transports"`
}

// rates remembers what the counts were, for the rates.
type rates struct {
	mu       sync.Mutex
	at       time.Time
	opened   uint64
	sent     uint64
	received uint64
	last     [3]float64
}

// rateSpan is the shortest time over which a rate is taken.
const rateSpan = time.Second

func (r *rates) update(now time.Time, t *Stats) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d := now.Sub(r.at); d >= rateSpan {
		per := func(n uint64) float64 { return float64(n) / d.Seconds() }
		r.last = [3]float64{per(t.Opened - r.opened), per(t.PacketsSent - r.sent), per(t.PacketsRecv - r.received)}
		r.at, r.opened, r.sent, r.received = now, t.Opened, t.PacketsSent, t.PacketsRecv
	}
	t.ConnectionsPS, t.PacketsSentPS, t.PacketsRecvPS = r.last[0], r.last[1], r.last[2]
}

// Stats adds up the counts of all loops. Any goroutine. The rates are taken
// over the time since the last call that was at least a second ago, the first
// since the server was made.
func (s *Server) Stats() Stats {
	t := Stats{
		Sessions: int(s.sessions.now.Load()), MaxSessions: int(s.sessions.most.Load()),
		Connections: int(s.sockets.now.Load()), MaxConnections: int(s.sockets.most.Load()),
		Waiting:   s.waiting.count(),
		RefusedBy: map[int]uint64{}, Ended: map[string]uint64{},
		Transports: map[string]int{}, Generations: map[string]int{}, Matrix: map[string]map[string]int{},
	}
	if g := s.host.Group(); g != nil {
		t.Conns = g.Conns()
		t.TLS = s.tlsStats()
	}
	for _, sh := range s.shards {
		sh.addTo(&t)
	}
	if s.policy != nil {
		t.FlashPolicy = s.policy.Stats()
	}
	s.rates.update(time.Now(), &t)
	return t
}

func (sh *shard) addTo(t *Stats) {
	c := &sh.stats
	t.Opened += c.opened.Load()
	t.PacketsSent += sh.m.Sent.Load()
	t.PacketsRecv += c.in.Load()
	t.QueuedBytes += sh.m.Queued.Load()
	t.Violations += c.violations.Load()
	t.Misfits += c.misfits.Load()
	t.Panics += sh.Panics.Load()
	t.Busy += c.busy.Load()
	t.Slow += c.slow.Load()
	t.Refused += c.refused.Load()
	t.Posts += c.posts.Load()
	for status := range c.statuses {
		if n := c.statuses[status].Load(); n > 0 {
			t.RefusedBy[status] += uint64(n)
		}
	}
	for why := range c.ended {
		if n := c.ended[why].Load(); n > 0 {
			t.Ended[Reason(why).String()] += n
		}
	}
	c.addCarried(t)
}

func (c *counters) addCarried(t *Stats) {
	for gen, generation := range generations {
		name := generation.String()
		for i, transport := range transportNames {
			n := int(c.carried[gen][i].Load())
			if n == 0 {
				continue
			}
			t.Transports[transport] += n
			t.Generations[name] += n
			if t.Matrix[name] == nil {
				t.Matrix[name] = map[string]int{}
			}
			t.Matrix[name][transport] += n
		}
	}
}

// Dump is the statistics as TornadIO2's dump, and all the others: names and
// values.
func (t Stats) Dump() map[string]any {
	b, _ := json.Marshal(t)
	var m map[string]any
	_ = json.Unmarshal(b, &m)
	return m
}

// Names are the names in a dump, sorted.
func (t Stats) Names() []string { return slices.Sorted(maps.Keys(t.Dump())) }

// StatsHandler serves the statistics as JSON. It has no access control of its
// own.
func (s *Server) StatsHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(s.Stats())
	})
}

// PublishStats shows the statistics as a variable of package expvar. A name
// that is taken is a mistake, see [Server.Err].
func (s *Server) PublishStats(name string) {
	if expvar.Get(name) != nil {
		s.mistake("PublishStats(%q): expvar has a variable of this name already", name)
		return
	}
	expvar.Publish(name, expvar.Func(func() any { return s.Stats() }))
}

// gauge is a count and the most it ever was.
type gauge struct{ now, most atomic.Int64 }

func (g *gauge) add(d int64) {
	n := g.now.Add(d)
	for most := g.most.Load(); n > most && !g.most.CompareAndSwap(most, n); {
		most = g.most.Load()
	}
}
