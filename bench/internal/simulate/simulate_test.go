package simulate

import (
	"context"
	"testing"
	"time"
)

// TestTwentyThousand is the small form of the million: everyone joins, answers
// heartbeats and gets what is said, for no more than 1 kB a session above the
// backend's connection.
func TestTwentyThousand(t *testing.T) {
	r, err := Run(context.Background(), Options{
		N: 20_000, Time: 60 * time.Second, Chat: 0.05, Room: 10, Every: 5 * time.Second, Limit: 5 * time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Joined != r.Sessions || r.Closed > 0 || r.Bad > 0 {
		t.Errorf("%d of %d joined, %d closed, %d bad messages", r.Joined, r.Sessions, r.Closed, r.Bad)
	}
	if r.Beats < 2*r.Sessions || r.Beats > 4*r.Sessions {
		t.Errorf("%d heartbeats of %d sessions", r.Beats, r.Sessions)
	}
	if r.Deliveries != r.Expected || r.Expected < 40_000 {
		t.Errorf("%d deliveries of %d", r.Deliveries, r.Expected)
	}
	if r.BytesSession > 1000 {
		t.Errorf("%.0f bytes of heap a session", r.BytesSession)
	}
	t.Logf("%.0f bytes a session (%.0f before a collection) above %.0f; %v a heartbeat, %v a delivery",
		r.BytesSession, r.RawSession, r.BytesConn, r.PerBeat, r.PerDelivery)
}

// TestItEnds: the real time is bounded, and what there is is reported.
func TestItEnds(t *testing.T) {
	r, err := Run(context.Background(), Options{N: 1000, Time: time.Hour, Chat: 0.5, Room: 10, Every: time.Millisecond, Limit: 50 * time.Millisecond})
	if err == nil || r.Sessions == 0 {
		t.Errorf("%v, %d sessions", err, r.Sessions)
	}
}
