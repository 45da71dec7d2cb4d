package host

import (
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio/internal/web"
)

// TestReportsAreBounded: a hundred a second, and the next one tells of those
// that were left out.
func TestReportsAreBounded(t *testing.T) {
	var r Reports
	now := time.Unix(1000, 0)
	for i := range maxReports {
		if e := r.May(now, web.Refused{Code: 3}); e == nil || e.Code != 3 || e.Omitted != 0 {
			t.Fatalf("report %d: %+v", i+1, e)
		}
	}
	for range 5 {
		if r.May(now.Add(999*time.Millisecond), web.Refused{}) != nil {
			t.Fatal("one too many in a second")
		}
	}
	for i, want := range []int{5, 0} {
		if e := r.May(now.Add(time.Second), web.Refused{}); e == nil || e.Omitted != want {
			t.Errorf("report %d of the next second: %+v, want %d omitted", i+1, e, want)
		}
	}
}
