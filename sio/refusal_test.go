package sio

import (
	"testing"
	"time"
)

// TestReportsAreBounded: a hundred a second, and the next one tells of those
// that were left out.
func TestReportsAreBounded(t *testing.T) {
	var r reports
	now := time.Unix(1000, 0)
	for i := range maxReports {
		if omitted, ok := r.may(now); !ok || omitted != 0 {
			t.Fatalf("report %d: %v, %d omitted", i+1, ok, omitted)
		}
	}
	for range 5 {
		if _, ok := r.may(now.Add(999 * time.Millisecond)); ok {
			t.Fatal("one too many in a second")
		}
	}
	for i, want := range []int{5, 0} {
		if omitted, ok := r.may(now.Add(time.Second)); !ok || omitted != want {
			t.Errorf("report %d of the next second: %v, %d omitted, want %d", i+1, ok, omitted, want)
		}
	}
}
