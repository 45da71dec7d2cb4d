package scenario

import (
	"time"

	"github.com/tornadio/tornadio/bench/internal/peer"
	"github.com/tornadio/tornadio/bench/internal/proc"
)

// meter takes the figures of the server's process. Without a process to look
// at it takes none.
type meter struct {
	t Target

	rss0, rss1, rss2 int64 // before connecting, after, and after a collection
	mem0, mem1       peer.Memory
	kernel0, kernel1 proc.Kernel
	conns, made      int // whose memory was measured; that were made meanwhile
	connecting       time.Duration

	cpu       proc.CPU
	wall      time.Duration
	ops       int64
	allocs    int64
	gc        peer.Memory
	rssBegin  int64
	rssGrowth int64
	measured  bool
}

// fewConns is how many connections it takes for their memory to be told from
// the pages that a process takes and gives back by itself.
const fewConns = 400

func (m *meter) memoryBefore() (err error) {
	if m.t.PID == 0 {
		return nil
	}
	if m.t.Server != nil {
		if m.mem0, err = m.t.Server.GC(); err != nil {
			return err
		}
	}
	if m.kernel0, err = proc.ReadKernel(); err != nil {
		return err
	}
	m.rss0, err = proc.ReadRSS(m.t.PID)
	return err
}

func (m *meter) memoryAfter(conns int, took time.Duration) (err error) {
	m.connecting, m.made = took, conns
	if m.t.PID == 0 || conns < fewConns {
		return nil
	}
	m.conns = conns
	if m.rss1, err = proc.ReadRSS(m.t.PID); err != nil {
		return err
	}
	if m.kernel1, err = proc.ReadKernel(); err != nil {
		return err
	}
	if m.t.Server == nil {
		return nil
	}
	if m.mem1, err = m.t.Server.GC(); err != nil {
		return err
	}
	m.rss2, err = proc.ReadRSS(m.t.PID)
	return err
}

// begin and end enclose what is measured. While the meter asks the server, its
// clients wait; what that costs the server is not counted.
func (m *meter) begin(ops int64) (err error) {
	m.ops = ops
	if m.t.Server != nil {
		mem, err := m.t.Server.Stat()
		if err != nil {
			return err
		}
		m.allocs, m.gc = mem.Allocs, mem
	}
	if m.t.PID != 0 {
		if m.rssBegin, err = proc.ReadRSS(m.t.PID); err != nil {
			return err
		}
		if m.cpu, err = proc.ReadCPU(m.t.PID); err != nil {
			return err
		}
	}
	m.wall = time.Duration(time.Now().UnixNano())
	return nil
}

func (m *meter) end(ops int64) (err error) {
	m.wall = time.Duration(time.Now().UnixNano()) - m.wall
	m.ops = ops - m.ops
	m.measured = true
	if m.t.PID != 0 {
		cpu, err := proc.ReadCPU(m.t.PID)
		if err != nil {
			return err
		}
		m.cpu = cpu.Sub(m.cpu)
		rss, err := proc.ReadRSS(m.t.PID)
		if err != nil {
			return err
		}
		m.rssGrowth = rss - m.rssBegin
	}
	if m.t.Server != nil && m.allocs >= 0 {
		mem, err := m.t.Server.Stat()
		if err != nil {
			return err
		}
		m.allocs = mem.Allocs - m.allocs
		m.gc = peer.Memory{GCs: mem.GCs - m.gc.GCs, Pause: mem.Pause - m.gc.Pause}
	}
	return nil
}

// result fills in what the meter knows.
func (m *meter) result(r *Result) {
	per := func(total float64, n int) *float64 { v := total / float64(n); return &v }
	if m.conns > 0 {
		r.BytesBefore = per(float64(m.rss1-m.rss0), m.conns)
		kernel := m.kernel1.Sum() - m.kernel0.Sum()
		r.KernelBytes = per(float64(kernel), m.conns)
		if m.t.Server != nil {
			r.Bytes = per(float64(m.rss2-m.rss0), m.conns)
		}
		if m.t.Server != nil && m.mem0.Heap >= 0 {
			r.Heap = per(float64(m.mem1.Heap-m.mem0.Heap), m.conns)
		}
	}
	if m.connecting > 0 {
		r.ConnectPerSec = float64(m.made) / m.connecting.Seconds()
	}
	if !m.measured {
		return
	}
	r.Seconds, r.Ops = m.wall.Seconds(), m.ops
	r.OpsPerSec = float64(m.ops) / r.Seconds
	if m.t.PID == 0 {
		return
	}
	r.RSSGrowth = &m.rssGrowth
	r.GCs, r.GCPause = m.gc.GCs, float64(m.gc.Pause.Microseconds())/1000
	r.CPUPercent = per(100*m.cpu.Total().Seconds(), 1)
	*r.CPUPercent /= r.Seconds
	if n := int(m.ops); n > 0 {
		micros := func(d time.Duration) *float64 { return per(float64(d.Nanoseconds())/1000, n) }
		r.CPU, r.CPUUser, r.CPUSystem = micros(m.cpu.Total()), micros(m.cpu.User), micros(m.cpu.System)
		if m.cpu.Total() > 0 {
			r.OpsPerCPUSec = float64(n) / m.cpu.Total().Seconds()
		}
		if m.t.Server != nil && m.allocs >= 0 {
			r.Allocs = per(float64(m.allocs), n)
		}
	}
}
