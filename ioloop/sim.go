package ioloop

import (
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// This file is the simulated backend's clock and its queue of events. The
// network is in simnet.go (listeners, loops), simconn.go (the client's end) and
// simstream.go (the server's end, and what is on its way); what is left to
// chance in simfaults.go.
//
// All of it runs in one goroutine, the driver: whoever calls Step, Run or
// RunUntil. Taking the next event, the driver moves the clock to it and plays
// the loop, or the client, which it concerns. Events of the same moment come in
// the order in which they were made. So the same seed and the same script give
// the same run, as long as no other goroutine posts.

// SimConfig says how the simulated network behaves. The zero value is a perfect
// network, on which everything arrives at once.
type SimConfig struct {
	// Seed is where every choice left to chance comes from. 0 means 1.
	Seed int64

	// LatencyMin and LatencyMax bound the time one way, drawn anew for each
	// delivery. Each direction of a connection keeps its order; between
	// connections there is none. Both 0: things arrive at the same virtual
	// moment, one step later.
	LatencyMin, LatencyMax time.Duration

	// Split makes every write arrive in pieces cut at random, and pieces of
	// neighbouring writes now and then together.
	Split bool

	// Stall is the probability that a delivery takes a further 10 to 500 ms.
	Stall float64

	// Reset is the probability that a delivery fails and the connection is reset.
	Reset float64

	// AcceptFail is the probability that a Dial is refused, or succeeds but the
	// connection is closed before the group hears of it.
	AcceptFail float64

	// MoveFail is the probability that Conn.Move fails: with the connection
	// alive on its old loop, or with its end on the new one.
	MoveFail float64

	// SendBuffer is how many bytes towards a client the kernel takes, on their
	// way and not read by the client, before backlog builds. 0: 64 KiB. Towards
	// the server there is no bound.
	SendBuffer int
}

// Sim is a simulated network and its clock. Groups made by NewGroup and clients
// made by Dial live on it. Its methods belong to the driver, unless they say
// otherwise.
type Sim struct {
	cfg   SimConfig
	rng   *rand.Rand
	clock atomic.Int64 // nanoseconds since simEpoch; only the driver sets it

	queue     simQueue
	seq       uint64
	listeners map[string]*simListener
	lastPort  int
	lastConn  uint32
	stats     SimStats
	free      [][]byte // empty buffers
	depth     int      // events under way: a client's callback may run the next
	inTurn    bool     // of a loop; there the next event must wait
	stuck     int64    // goroutines of Group.Go not waited for any more

	mu    sync.Mutex
	woken []*simPoller // wake was called, in that order
	some  atomic.Bool  // woken is not empty
	held  atomic.Int64 // goroutines of Group.Go that have not ended
	poke  chan struct{}
}

// SimStats counts what has happened so far.
type SimStats struct {
	Writes int    // write calls of the server
	Bytes  int64  // in them
	Conns  int    // successful dials
	Steps  int    // events
	Trace  uint64 // a hash of all events and bytes; equal for equal runs
}

// simEpoch is the moment at which virtual time begins.
var simEpoch = time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC)

// maxRealWait is how long the driver waits, in real time, for goroutines which
// it does not control.
const maxRealWait = 2 * time.Second

// NewSim makes an empty network.
func NewSim(cfg SimConfig) *Sim {
	if cfg.Seed == 0 {
		cfg.Seed = 1
	}
	if cfg.SendBuffer <= 0 {
		cfg.SendBuffer = 64 << 10
	}
	cfg.LatencyMax = max(cfg.LatencyMin, cfg.LatencyMax)
	return &Sim{
		cfg:       cfg,
		rng:       rand.New(rand.NewPCG(uint64(cfg.Seed), 0x746f726e6164696f)),
		listeners: make(map[string]*simListener),
		lastPort:  40000,
		poke:      make(chan struct{}, 1),
	}
}

// Now is the virtual time. Any goroutine.
func (s *Sim) Now() time.Time { return simEpoch.Add(time.Duration(s.clock.Load())) }

// Stats gives the counts so far.
func (s *Sim) Stats() SimStats { return s.stats }

// AfterFunc makes f run on the driver, outside all loops, once d has passed.
func (s *Sim) AfterFunc(d time.Duration, f func()) {
	s.at(s.clock.Load()+int64(max(d, 0)), simFunc(f), simFuncDue, 0)
}

type simFunc func()

func (f simFunc) happen(simKind, int) bool {
	f()
	return true
}

// Step runs the next event and tells whether there was one; without one, nothing
// is due ever, unless other goroutines post.
func (s *Sim) Step() bool {
	for {
		if !s.ready(1<<63 - 1) {
			return false
		}
		if s.run() {
			return true
		}
	}
}

// Run runs all events of the next d of virtual time. The clock then stands at
// its end.
func (s *Sim) Run(d time.Duration) {
	end := s.clock.Load() + int64(d)
	for s.ready(end) {
		s.run()
	}
	s.clock.Store(max(end, s.clock.Load()))
}

// RunUntil runs events until cond holds, and tells whether it does; at most for
// d of virtual time. When nothing is due within d it waits for a post from
// another goroutine, for up to two seconds of real time.
func (s *Sim) RunUntil(cond func() bool, d time.Duration) bool {
	end := s.clock.Load() + int64(d)
	var patience *time.Timer
	for !cond() {
		if s.ready(end) {
			s.run()
			continue
		}
		if patience == nil {
			patience = time.NewTimer(maxRealWait)
			defer patience.Stop()
		}
		select {
		case <-s.poke:
		case <-patience.C:
			s.clock.Store(max(end, s.clock.Load()))
			return cond()
		}
	}
	return true
}

// ready tells whether there is an event up to the time end. Before the clock
// moves on, goroutines of Group.Go get the time they need.
func (s *Sim) ready(end int64) bool {
	for {
		s.takeWoken()
		if len(s.queue) > 0 && s.queue[0].at <= s.clock.Load() {
			return true
		}
		if s.held.Load() <= s.stuck && !s.some.Load() {
			return len(s.queue) > 0 && s.queue[0].at <= end
		}
		if !s.some.Load() {
			s.waitHeld()
		}
	}
}

// waitHeld waits for a goroutine of Group.Go to end or to post. Those which do
// neither in time may themselves wait for the clock, and are waited for no more.
func (s *Sim) waitHeld() {
	t := time.NewTimer(maxRealWait)
	defer t.Stop()
	select {
	case <-s.poke:
		s.stuck = min(s.stuck, s.held.Load())
	case <-t.C:
		s.stuck = s.held.Load()
	}
}

// run runs the first event and tells whether it was still worth a step.
func (s *Sim) run() bool {
	if s.inTurn {
		panic("ioloop: simulation stepped within a callback of a loop; do it in the driver")
	}
	e := s.queue.pop()
	if e.at > s.clock.Load() {
		s.clock.Store(e.at)
	}
	s.depth++
	worth := e.who.happen(e.kind, int(e.n))
	s.depth--
	if worth {
		s.stats.Steps++
	}
	return worth
}

// at puts an event into the queue.
func (s *Sim) at(when int64, who simActor, kind simKind, n int) {
	s.seq++
	s.queue.push(simEvent{at: when, seq: s.seq, who: who, kind: kind, n: int32(n)})
}

// wake makes a wake event for p. Any goroutine.
func (s *Sim) wake(p *simPoller) {
	s.mu.Lock()
	s.woken = append(s.woken, p)
	s.some.Store(true)
	s.mu.Unlock()
	s.nudge()
}

// nudge ends a wait for other goroutines. Any goroutine.
func (s *Sim) nudge() {
	select {
	case s.poke <- struct{}{}:
	default:
	}
}

// takeWoken puts the wake-ups asked for into the queue, behind all that is due
// at this moment: they end the batch.
func (s *Sim) takeWoken() {
	if !s.some.Load() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, p := range s.woken {
		s.at(s.clock.Load(), p, simWake, 0)
		s.woken[i] = nil
	}
	s.woken = s.woken[:0]
	s.some.Store(false)
}

// note adds what happens to the trace.
func (s *Sim) note(kind simKind, who uint32, p []byte) {
	var b [24]byte
	binary.LittleEndian.PutUint64(b[:], uint64(s.clock.Load()))
	binary.LittleEndian.PutUint32(b[8:], who)
	binary.LittleEndian.PutUint32(b[12:], crc32.Checksum(p, castagnoli))
	binary.LittleEndian.PutUint32(b[16:], uint32(len(p)))
	b[20] = byte(kind)
	h := s.stats.Trace
	for i := 0; i < len(b); i += 8 {
		h = (h ^ binary.LittleEndian.Uint64(b[i:])) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	s.stats.Trace = h
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)
