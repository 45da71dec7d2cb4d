package scenario

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/tornadio/tornadio/bench/internal/check"
	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/loop"
)

// Run is one run of a scenario. All of it belongs to the goroutine of Execute.
type Run struct {
	Options
	target  Target
	ctx     context.Context
	loop    *loop.Loop
	traffic traffic
	msgs    *check.Messages
	meter   meter
	report  func(Progress)

	clients   []*client.Client
	opts      []*client.Options // by index modulo its length
	dialled   int
	ready     int
	recording bool
	stopping  bool
	began     time.Time // of measuring
	ops       int64
	hist      *hdrhistogram.Histogram // of all that was measured
	recent    *hdrhistogram.Histogram // since the last sample
	faults    check.Faults
	note      string // what ended it early
	cause     error  // of the first connection that ended by itself
	phase     string
	samples   []Sample
	held      []Held
	asking    sync.WaitGroup // goroutines that ask the server
}

// Progress is told about twice a second.
type Progress struct {
	Phase     string
	Clients   int
	OpsPerSec float64
	P50, P99  time.Duration
	Left      time.Duration // of this run, negative if unknown
}

// Execute runs a scenario against a server. It ends by itself: when the time
// is over, when ctx ends (with what it has), or at the first fault.
func Execute(ctx context.Context, t Target, o Options, report func(Progress)) (Result, error) {
	l, err := loop.New()
	if err != nil {
		return Result{}, err
	}
	defer l.Close()
	info, ok := Find(o.Scenario)
	if !ok {
		return Result{}, fmt.Errorf("no scenario %q", o.Scenario)
	}
	r := &Run{Options: o, target: t, ctx: ctx, loop: l, report: report, msgs: check.NewMessages(o.Size),
		hist: newHistogram(), recent: newHistogram(), meter: meter{t: t}}
	r.opts = []*client.Options{r.clientOptions(o)}
	r.traffic = info.make(r)
	defer r.asking.Wait() // they post to the loop
	err = r.phases()
	res := r.result()
	for _, c := range r.clients {
		c.Close()
	}
	return res, err
}

func (r *Run) clientOptions(o Options) *client.Options {
	return &client.Options{Addr: r.target.Addr, Host: r.target.Host, Path: o.Path, Proto: o.Proto,
		Transport: o.Transport, TLS: o.TLS, Deflate: o.Deflate, Rest: o.Rest}
}

func (r *Run) phases() error {
	r.phase = connecting
	if err := r.connect(); err != nil || r.over() {
		return err
	}
	r.phase = warming
	defer r.watch()()
	r.traffic.start()
	if err := r.until(r.Warm); err != nil || r.over() {
		return err
	}
	r.phase = measuring
	if err := r.measure(); err != nil || r.ctx.Err() != nil {
		return err
	}
	r.phase = draining
	return r.drain()
}

// The phases of a run, as they are told.
const (
	connecting = "connecting"
	warming    = "warming up"
	measuring  = "measuring"
	draining   = "waiting for the last messages"
)

// interrupted says how far a run had come whose context ended.
func (r *Run) interrupted() string {
	switch r.phase {
	case connecting:
		return fmt.Sprintf("interrupted while connecting, when %d of %d clients had joined", r.ready, r.N)
	case measuring:
		return fmt.Sprintf("interrupted after %.1f s of measuring", r.meter.wall.Seconds())
	}
	return "interrupted while " + r.phase
}

// over reports whether the run has to end now.
func (r *Run) over() bool { return r.ctx.Err() != nil || r.faults.Any() || r.note != "" }

// until lets the loop work for d, or until the run is over.
func (r *Run) until(d time.Duration) error {
	_, err := r.loop.Run(time.Now().Add(d), r.over)
	return err
}

func (r *Run) measure() error {
	if err := r.meter.begin(r.ops); err != nil {
		return err
	}
	r.recording, r.began = true, time.Now()
	stop := r.watchHeld()
	err := r.until(r.Time)
	stop()
	r.recording = false
	return firstError(err, r.meter.end(r.ops))
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// drainTime bounds how long what is on its way may take once all has been sent,
// patience how long nothing at all may come meanwhile.
const (
	drainTime = time.Minute
	patience  = 5 * time.Second
)

// drain waits for what is on its way, and counts what never came. Behind a fault
// nothing is waited for.
func (r *Run) drain() error {
	r.stopping = true
	if r.over() {
		return nil
	}
	wait := r.Patience
	if wait == 0 {
		wait = patience
	}
	owed, last := r.traffic.owed(), time.Now()
	_, err := r.loop.Run(last.Add(drainTime), func() bool {
		if n := r.traffic.owed(); n != owed {
			owed, last = n, time.Now()
		}
		return r.over() || owed == 0 || time.Since(last) > wait
	})
	if err == nil && !r.over() {
		r.traffic.finish()
	}
	return err
}

// done counts an operation that began at the time since.
func (r *Run) done(since int64) {
	r.ops++
	if r.recording {
		d := max(0, time.Now().UnixNano()-since)
		_ = r.hist.RecordValue(min(d, r.hist.HighestTrackableValue()))
		_ = r.recent.RecordValue(min(d, r.recent.HighestTrackableValue()))
	}
}

// perSource is how many clients one source address carries: a client of polling has
// two connections, one that upgrades three, and the ports that
// Linux gives by itself are 28 232.
const perSource = 9_000

// source is the address from which connection number i of a run comes.
// Loopback has 16 million; elsewhere the kernel chooses.
func (r *Run) source(i int) netip.Addr {
	if a := r.target.Addr.Addr(); !a.Is4() || !a.IsLoopback() {
		return netip.Addr{}
	}
	k := i/perSource + 1
	return netip.AddrFrom4([4]byte{127, 0, byte(k >> 8), byte(k)})
}
