package scenario

import (
	"time"

	"github.com/tornadio/tornadio/bench/internal/proc"
)

// every calls f twice a second until stop is called.
func (r *Run) every(f func()) (stop func()) {
	const step = 500 * time.Millisecond
	on := true
	var again func()
	again = func() {
		if on {
			f()
			r.loop.After(step, again)
		}
	}
	r.loop.After(step, again)
	return func() { on = false }
}

// showConnecting tells how the connecting goes. What is left of the run is
// guessed from how quickly the clients have come so far.
func (r *Run) showConnecting() func() {
	began, had := time.Now(), r.ready
	return func() {
		left := r.Warm + r.Time
		if came := r.ready - had; came > 0 {
			left += time.Duration(float64(time.Since(began)) / float64(came) * float64(r.N-r.ready))
		}
		r.report(Progress{Phase: r.phase, Clients: r.ready, Left: left})
	}
}

// watch takes samples and tells of them, until stop is called.
func (r *Run) watch() (stop func()) {
	last, lastOps := time.Now(), r.ops
	end := last.Add(r.Warm + r.Time)
	return r.every(func() {
		now := time.Now()
		s := Sample{OpsPerSec: float64(r.ops-lastOps) / now.Sub(last).Seconds()}
		last, lastOps = now, r.ops
		p := Progress{Phase: r.phase, Clients: r.ready, OpsPerSec: s.OpsPerSec, Left: max(0, end.Sub(now))}
		if r.recording {
			s.Second = now.Sub(r.began).Seconds()
			s.P50 = float64(r.recent.ValueAtQuantile(50)) / 1000
			s.P99 = float64(r.recent.ValueAtQuantile(99)) / 1000
			p.P50 = time.Duration(r.recent.ValueAtQuantile(50))
			p.P99 = time.Duration(r.recent.ValueAtQuantile(99))
			r.recent.Reset()
			if r.target.PID != 0 {
				s.RSS, _ = proc.ReadRSS(r.target.PID) // 0: not known
			}
			r.sample(s)
		}
		r.report(p)
	})
}

// maxSamples bounds what a long run keeps: past it every second one goes.
const maxSamples = 2000

func (r *Run) sample(s Sample) {
	r.samples = append(r.samples, s)
	if len(r.samples) > maxSamples {
		for i := range len(r.samples) / 2 {
			r.samples[i] = r.samples[2*i]
		}
		r.samples = r.samples[:len(r.samples)/2]
	}
}

func (r *Run) result() Result {
	res := Result{Faults: r.faults, Note: r.note, Samples: r.samples, Held: r.held, Latency: latency(r.hist)}
	r.meter.result(&res)
	if r.ctx.Err() != nil && res.Note == "" {
		res.Note, res.Interrupted = r.interrupted(), true
	}
	return res
}

// pace calls send Rate times a second with a growing number and the time at
// which it was due, which lies in the past where the tool itself was late. Where
// that is more than the tool can send, it reads in between all the same.
func (r *Run) pace(send func(k int, due int64)) {
	start := time.Now()
	step := float64(time.Second) / r.Rate
	k := 0
	var again func()
	again = func() {
		for began := time.Now(); !r.stopping; {
			if time.Since(began) > maxBurst {
				r.loop.After(0, again)
				return
			}
			due := start.Add(time.Duration(float64(k) * step))
			if wait := time.Until(due); wait > 0 {
				r.loop.After(wait, again)
				return
			}
			send(k, due.UnixNano())
			k++
		}
	}
	again()
}

// maxBurst is how long a paced sender may keep the loop.
const maxBurst = 2 * time.Millisecond

func now() int64 { return time.Now().UnixNano() }
