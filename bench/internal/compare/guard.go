package compare

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/tornadio/tornadio/bench/internal/report"
)

// Limit is what a case of ours must keep to, as a file lists them. A field that
// is nil does not matter.
type Limit struct {
	Scenario string `json:"scenario"`
	Clients  int    `json:"clients"`
	// Allocs are allocations an operation. The runtime's own make hundredths.
	Allocs *float64 `json:"allocs_per_op,omitempty"`
	// Heap are heap bytes a connection after a collection.
	Heap *float64 `json:"heap_bytes_per_conn,omitempty"`
	// CPU is the CPU an operation as a multiple of the floor's in the same
	// session, so that it holds on any machine.
	CPU *float64 `json:"cpu_to_floor,omitempty"`
}

// How much a figure may differ from its limit: what the runtime does beside,
// and which size classes its spans happened to be of.
const (
	allocsRoom = 0.05
	heapRoom   = 1.03
)

// ReadLimits reads a file of them.
func ReadLimits(path string) (limits []Limit, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &limits); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return limits, nil
}

// Guard compares a report with the limits in a file: an error lists what is
// past them. What has become clearly better is told, so that the file follows.
func Guard(w io.Writer, f *report.File, path string) error {
	limits, err := ReadLimits(path)
	if err != nil {
		return err
	}
	bad := 0
	for _, l := range limits {
		ours, floor := find(f, "ours", l), find(f, "floor", l)
		if ours == nil || ours.Failed() || ours.Cannot != "" {
			fmt.Fprintf(w, "guard: %s with %d clients: no figures\n", l.Scenario, l.Clients)
			bad++
			continue
		}
		bad += l.judge(w, "allocations an operation", l.Allocs, ours.Allocs, func(max float64) float64 { return max + allocsRoom })
		bad += l.judge(w, "heap bytes a connection", l.Heap, ours.Heap, func(max float64) float64 { return max * heapRoom })
		var ratio *float64
		if floor != nil && floor.CPU != nil && ours.CPU != nil {
			r := *ours.CPU / *floor.CPU
			ratio = &r
		}
		bad += l.judge(w, ratioName, l.CPU, ratio, func(max float64) float64 { return max })
	}
	if bad > 0 {
		return fmt.Errorf("guard: %d figures are past %s", bad, path)
	}
	return nil
}

const ratioName = "CPU as a multiple of the floor's"

func find(f *report.File, server string, l Limit) *report.Result {
	for i := range f.Results {
		if r := &f.Results[i]; r.Server == server && r.Scenario == l.Scenario && r.Setting == "" && r.Clients == l.Clients {
			return r
		}
	}
	return nil
}

// judge returns 1 if the figure is past its limit.
func (l Limit) judge(w io.Writer, what string, limit, got *float64, room func(float64) float64) int {
	if limit == nil {
		return 0
	}
	head := fmt.Sprintf("guard: %s with %d clients: %s", l.Scenario, l.Clients, what)
	switch {
	case got == nil:
		fmt.Fprintf(w, "%s: not measured\n", head)
		return 1
	case *got > room(*limit):
		fmt.Fprintf(w, "%s: %.2f, and at most %.2f is allowed\n", head, *got, *limit)
		return 1
	case *got < *limit*0.9-allocsRoom && what != ratioName: // which has room for noise on purpose
		fmt.Fprintf(w, "%s: %.2f, better than %.2f: write that into the file\n", head, *got, *limit)
	default:
		fmt.Fprintf(w, "%s: %.2f of %.2f, fine\n", head, *got, *limit)
	}
	return 0
}
