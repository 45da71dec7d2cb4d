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

// show tells how a phase goes that may take as long as limit.
func (r *Run) show(phase string, limit time.Duration) func() {
	end := time.Now().Add(limit)
	return func() {
		r.report(Progress{Phase: phase, Clients: r.ready, Left: max(0, time.Until(end))})
	}
}

// watch takes samples and tells of them.
func (r *Run) watch() {
	last, lastOps := time.Now(), r.ops
	end := last.Add(r.Warm + r.Time)
	r.every(func() {
		now := time.Now()
		s := Sample{OpsPerSec: float64(r.ops-lastOps) / now.Sub(last).Seconds()}
		last, lastOps = now, r.ops
		p := Progress{Phase: "warming up", Clients: r.ready, OpsPerSec: s.OpsPerSec, Left: max(0, end.Sub(now))}
		if r.recording {
			p.Phase = "measuring"
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
	res := Result{Faults: r.faults, Note: r.note, Samples: r.samples, Latency: latency(r.hist)}
	r.meter.result(&res)
	if r.ctx.Err() != nil && res.Note == "" {
		res.Note = "interrupted"
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
