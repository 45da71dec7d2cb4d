package scenario

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/tornadio/tornadio/bench/internal/check"
)

// Result is what one run found. Figures that could not be taken are nil.
type Result struct {
	Seconds      float64 `json:"seconds"`
	Ops          int64   `json:"ops"`
	OpsPerSec    float64 `json:"ops_per_sec"`
	OpsPerCPUSec float64 `json:"ops_per_cpu_sec,omitempty"`

	CPU       *float64 `json:"cpu_us_per_op,omitempty"`
	CPUUser   *float64 `json:"cpu_user_us_per_op,omitempty"`
	CPUSystem *float64 `json:"cpu_system_us_per_op,omitempty"`
	// CPUPercent is of one core.
	CPUPercent *float64 `json:"cpu_percent,omitempty"`
	Allocs     *float64 `json:"allocs_per_op,omitempty"`

	// Bytes are resident bytes for each connection, after a collection.
	Bytes         *float64 `json:"bytes_per_conn,omitempty"`
	BytesBefore   *float64 `json:"bytes_per_conn_before_gc,omitempty"`
	Heap          *float64 `json:"heap_bytes_per_conn,omitempty"`
	KernelBytes   *float64 `json:"kernel_bytes_per_conn,omitempty"` // both ends of the connection
	RSSGrowth     *int64   `json:"rss_growth_bytes,omitempty"`      // while measuring
	GCs           int64    `json:"gcs,omitempty"`                   // while measuring
	GCPause       float64  `json:"gc_pause_ms,omitempty"`           // all of them together
	ConnectPerSec float64  `json:"setup_conns_per_sec,omitempty"`

	Latency *Latency     `json:"latency_us,omitempty"`
	Faults  check.Faults `json:"faults"`
	Note    string       `json:"note,omitempty"` // why it ended early, or failed
	// Interrupted: the user ended it; Note says when.
	Interrupted bool     `json:"interrupted,omitempty"`
	Samples     []Sample `json:"samples,omitempty"`
	Held        []Held   `json:"held_after_gc,omitempty"` // scenario soak
}

// Failed reports whether the run must not count.
func (r Result) Failed() bool { return r.Faults.Any() || r.Note != "" }

// Sample is a moment of a run.
type Sample struct {
	Second    float64 `json:"second"`
	OpsPerSec float64 `json:"ops_per_sec"`
	RSS       int64   `json:"rss_bytes,omitempty"`
	P50       float64 `json:"p50_us,omitempty"`
	P99       float64 `json:"p99_us,omitempty"`
}

// Latency are percentiles in microseconds. In an open loop they count from when
// a message was due, so that one which had to wait for the sender is as late as
// it was: coordinated omission is corrected.
type Latency struct {
	Count int64        `json:"count"`
	Mean  float64      `json:"mean"`
	P50   float64      `json:"p50"`
	P90   float64      `json:"p90"`
	P99   float64      `json:"p99"`
	P999  float64      `json:"p999"`
	Max   float64      `json:"max"`
	Curve [][2]float64 `json:"curve,omitempty"` // percentile, microseconds
}

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1000, int64(2*time.Minute), 3)
}

func latency(h *hdrhistogram.Histogram) *Latency {
	if h.TotalCount() == 0 {
		return nil
	}
	us := func(q float64) float64 { return float64(h.ValueAtQuantile(q)) / 1000 }
	l := &Latency{Count: h.TotalCount(), Mean: h.Mean() / 1000, P50: us(50), P90: us(90), P99: us(99), P999: us(99.9), Max: float64(h.Max()) / 1000}
	for _, q := range []float64{0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9, 99.95, 99.99, 100} {
		l.Curve = append(l.Curve, [2]float64{q, us(q)})
	}
	return l
}
