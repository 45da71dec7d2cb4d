package scenario

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tornadio/tornadio/bench/internal/check"
	"github.com/tornadio/tornadio/bench/internal/liar"
)

func options(name string) Options {
	return Options{Scenario: name, N: 6, Room: 3, Size: 20, Inflight: 2, Dialling: 3, Time: 300 * time.Millisecond, Slow: 0.2, Patience: 500 * time.Millisecond, Path: "/socket.io"}
}

func start(t *testing.T, l *liar.Liar) Target {
	addr := l.Start(t)
	return Target{Addr: addr, Host: addr.String()}
}

// lies are what a run says of each.
var lies = map[string]struct {
	count func(check.Faults) int
	say   string
}{
	"lose":      {func(f check.Faults) int { return f.Lost }, "never got"},
	"double":    {func(f check.Faults) int { return f.Doubled }, "twice"},
	"swap":      {func(f check.Faults) int { return f.Reordered }, "behind a later one"},
	"corrupt":   {func(f check.Faults) int { return f.Corrupt + f.Down }, "client "},
	"another's": {func(f check.Faults) int { return f.Corrupt }, "not what was sent"},
	"break":     {func(f check.Faults) int { return f.Down }, "client "},
	"nonsense":  {func(f check.Faults) int { return f.Down }, "packet that must not be"},
}

// TestLies: whatever a server does wrong fails the run, in every scenario that
// checks messages, and says so; one that does nothing wrong passes.
func TestLies(t *testing.T) {
	for _, name := range []string{"echo", "broadcast", "rooms", "presence"} {
		t.Run(name+" none", func(t *testing.T) {
			t.Parallel()
			r, err := Execute(context.Background(), start(t, &liar.Liar{}), options(name), func(Progress) {})
			if err != nil || r.Failed() || r.Ops == 0 {
				t.Errorf("%+v %v", r, err)
			}
		})
		for lie, want := range lies {
			t.Run(name+" "+lie, func(t *testing.T) {
				t.Parallel()
				o := options(name)
				if lie == "swap" || lie == "lose" {
					o.Rate = 500 // so that more messages follow whatever comes back
				}
				r, err := Execute(context.Background(), start(t, &liar.Liar{Lie: lie, Nth: 40}), o, func(Progress) {})
				if err != nil {
					t.Fatal(err)
				}
				if want.count(r.Faults) == 0 || !strings.Contains(r.Note, want.say) {
					t.Errorf("%v: %q", r.Faults, r.Note)
				}
			})
		}
	}
}

// TestGreetings: a server that refuses, in whatever way.
func TestGreetings(t *testing.T) {
	for lie, say := range map[string]string{
		"503": "status 503", "redirect": "status 302", "close": "ended the connection", "garbage": "bad answer",
		"refuse": "not you", "old": "-proto eio3", "mute": "only 0 of 6 clients joined",
	} {
		t.Run(lie, func(t *testing.T) {
			t.Parallel()
			o := options("echo")
			o.Joining = 20 * time.Second
			if lie == "mute" {
				o.Joining = 200 * time.Millisecond
			}
			r, err := Execute(context.Background(), start(t, &liar.Liar{Lie: lie}), o, func(Progress) {})
			if err != nil || !r.Failed() || !strings.Contains(r.Note, say) {
				t.Errorf("%+v %v", r, err)
			}
		})
	}
}

// TestClosedLoopNoticesLoss: where nothing follows a lost message, the run ends
// all the same, and says so.
func TestClosedLoopNoticesLoss(t *testing.T) {
	for _, name := range []string{"echo", "broadcast", "rooms"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(name)
			o.Inflight = 1
			l := &liar.Liar{Lie: "lose", Nth: 3}
			r, err := Execute(context.Background(), start(t, l), o, func(Progress) {})
			if err != nil || !r.Faults.Any() {
				t.Errorf("%v %v", r.Faults, err)
			}
		})
	}
}

// TestConnect: clients that come and go, in a closed loop, a storm and paced.
func TestConnect(t *testing.T) {
	for i := range 3 {
		o := options("connect")
		o.Storm = i == 1
		if i == 2 {
			o.Rate, o.Time = 200, time.Second
		}
		r, err := Execute(context.Background(), start(t, &liar.Liar{}), o, func(Progress) {})
		if err != nil || r.Failed() || r.Ops < 10 {
			t.Errorf("%d: %+v %v", i, r, err)
		}
	}
	r, err := Execute(context.Background(), start(t, &liar.Liar{Lie: "corrupt", Nth: 5}), options("connect"), func(Progress) {})
	if err != nil || r.Faults.Corrupt == 0 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestInterrupted: a run whose context ends reports what it has.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	o := options("echo")
	o.Time = time.Hour
	r, err := Execute(ctx, start(t, &liar.Liar{}), o, func(p Progress) {
		if p.Phase == measuring && p.OpsPerSec > 0 {
			cancel()
		}
	})
	cancel()
	if err != nil || r.Note[:17] != "interrupted after" || !r.Interrupted || r.Ops == 0 || r.Latency == nil || r.Faults.Any() {
		t.Errorf("%+v %v", r, err)
	}
}

// TestCoordinatedOmission: a server that does nothing for a while makes an open
// loop's latencies long, those too of messages that were sent meanwhile; in a
// closed loop only the few that were out show it.
func TestCoordinatedOmission(t *testing.T) {
	o := options("echo")
	o.Rate, o.Time = 1000, 1500*time.Millisecond
	l := &liar.Liar{Lie: "stall", Nth: 500, Stall: 300 * time.Millisecond}
	r, err := Execute(context.Background(), start(t, l), o, func(Progress) {})
	if err != nil || r.Failed() {
		t.Fatalf("%+v %v", r, err)
	}
	// 300 of the 1500 messages were due in the stall, evenly: one in ten is late
	// by 150 ms or more, whatever else the machine does.
	if r.Latency.Max < 290_000 || r.Latency.P99 < 200_000 || r.Latency.P90 < 100_000 {
		t.Errorf("open loop: %+v", r.Latency)
	}
	o.Rate = 0
	r, err = Execute(context.Background(), start(t, &liar.Liar{Lie: "stall", Nth: 500, Stall: 300 * time.Millisecond}), o, func(Progress) {})
	if err != nil || r.Failed() || r.Latency.Max < 290_000 {
		t.Errorf("closed loop: %+v %v", r.Latency, err)
	}
}

// TestLateTool: where the tool itself is late, a message counts from when it was
// due all the same.
func TestLateTool(t *testing.T) {
	o := options("echo")
	o.Rate, o.Time = 1000, 1200*time.Millisecond
	var once sync.Once
	r, err := Execute(context.Background(), start(t, &liar.Liar{}), o, func(p Progress) {
		if p.Phase == measuring {
			once.Do(func() { <-time.After(200 * time.Millisecond) })
		}
	})
	if err != nil || r.Failed() || r.Latency.Max < 150_000 || r.Latency.P90 < 40_000 {
		t.Errorf("%+v %+v %v", r, r.Latency, err)
	}
}

// TestTooFast: a rate that cannot be kept ends in time all the same.
func TestTooFast(t *testing.T) {
	o := options("echo")
	o.Rate, o.Patience = 10_000_000, time.Millisecond
	began := time.Now()
	_, err := Execute(context.Background(), start(t, &liar.Liar{}), o, func(Progress) {})
	if took := time.Since(began); err != nil || took > 30*time.Second {
		t.Errorf("%v %v", took, err)
	}
}

func TestNoServer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.MustParseAddrPort(ln.Addr().String())
	_ = ln.Close()
	r, err := Execute(context.Background(), Target{Addr: addr, Host: addr.String()}, options("echo"), func(Progress) {})
	if err != nil || !r.Failed() || !strings.Contains(r.Note, "refused") {
		t.Errorf("%+v %v", r, err)
	}
}
