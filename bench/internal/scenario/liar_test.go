package scenario

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/tornadio/tornadio/bench/internal/check"
)

// liar is a server that does as it should, but for one lie: what it does to
// the nth message that it sends.
type liar struct {
	lie   string
	nth   int
	mu    sync.Mutex
	count int
	all   []*victim
}

type victim struct {
	c    net.Conn
	room string
	held []byte // a message that waits to be sent behind the next
}

func (l *liar) serve(c net.Conn) {
	defer c.Close()
	if _, err := ws.Upgrade(c); err != nil {
		return
	}
	v := &victim{c: c}
	l.raw(v, `0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000}`)
	for {
		b, err := wsutil.ReadClientText(c)
		if err != nil {
			return
		}
		l.mu.Lock()
		l.packet(v, string(b))
		l.mu.Unlock()
	}
}

func (l *liar) packet(v *victim, text string) {
	open := strings.IndexByte(text, '[')
	switch {
	case text == "40":
		l.all = append(l.all, v)
		l.raw(v, `40{"sid":"y"}`)
	case open < 0:
	case strings.HasPrefix(text[open:], `["echo",`):
		l.send(v, "43"+text[2:open]+"["+text[open+8:])
	case strings.HasPrefix(text[open:], `["join",`):
		v.room = text[open+8:]
		l.raw(v, "43"+text[2:open]+"[]")
	case strings.HasPrefix(text[open:], `["talk",`), strings.HasPrefix(text[open:], `["all",`):
		for _, m := range l.all {
			if m.room == v.room {
				l.send(m, "42"+text[open:])
			}
		}
	}
}

func (l *liar) raw(v *victim, text string) {
	_ = wsutil.WriteServerText(v.c, []byte(text)) // a client that is gone is no matter
}

// from is what tells the sender in a message: another sender's may overtake it.
func from(b []byte) string {
	_, rest, _ := bytes.Cut(b, []byte(`"from":`))
	name, _, _ := bytes.Cut(rest, []byte(","))
	return string(name)
}

// send sends a message, and lies about the nth.
func (l *liar) send(v *victim, text string) {
	l.count++
	if l.count != l.nth {
		l.raw(v, text)
		if v.held != nil && from(v.held) == from([]byte(text)) {
			l.raw(v, string(v.held))
			v.held = nil
		}
		return
	}
	switch l.lie {
	case "lose":
	case "double":
		l.raw(v, text)
		l.raw(v, text)
	case "swap":
		v.held = []byte(text)
	case "corrupt":
		b := []byte(text)
		at := bytes.Index(b, []byte(`"text":"`)) + 9
		b[at] ^= 2
		l.raw(v, string(b))
	case "another's": // a message that is fine, but not this client's, or not due
		l.raw(v, strings.Replace(text, `"from":`, `"from":9`, 1))
	case "break":
		_ = v.c.Close()
	case "nonsense":
		l.raw(v, "what")
	default:
		l.raw(v, text)
	}
}

// start serves until the test ends, when nothing of it may be left.
func (l *liar) start(t *testing.T) Target {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var conns []io.Closer
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			wg.Go(func() { l.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		mu.Lock()
		for _, c := range conns {
			_ = c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	addr := netip.MustParseAddrPort(ln.Addr().String())
	return Target{Addr: addr, Host: addr.String()}
}

func options(name string) Options {
	return Options{Scenario: name, N: 6, Room: 3, Size: 20, Inflight: 2, Dialling: 3, Time: 300 * time.Millisecond, Slow: 0.2, Patience: 500 * time.Millisecond, Path: "/socket.io"}
}

// TestLies: whatever a server does wrong fails the run, in every scenario that
// checks messages, and one that does nothing wrong passes.
func TestLies(t *testing.T) {
	only := func(get func(check.Faults) int) func(check.Faults) bool {
		return func(f check.Faults) bool { return get(f) > 0 }
	}
	lost := only(func(f check.Faults) int { return f.Lost })
	lies := map[string]func(check.Faults) bool{
		"none":      func(f check.Faults) bool { return !f.Any() },
		"lose":      lost,
		"double":    only(func(f check.Faults) int { return f.Doubled }),
		"swap":      only(func(f check.Faults) int { return f.Reordered }),
		"corrupt":   only(func(f check.Faults) int { return f.Corrupt }),
		"another's": only(func(f check.Faults) int { return f.Corrupt }),
		"break":     only(func(f check.Faults) int { return f.Down }),
		"nonsense":  only(func(f check.Faults) int { return f.Down }),
	}
	for _, name := range []string{"echo", "broadcast", "rooms"} {
		for lie, noticed := range lies {
			t.Run(name+" "+lie, func(t *testing.T) {
				t.Parallel()
				o := options(name)
				if lie == "swap" || lie == "lose" {
					o.Rate = 500 // so that more messages follow whatever comes back
				}
				l := &liar{lie: lie, nth: 40}
				r, err := Execute(context.Background(), l.start(t), o, func(Progress) {})
				if err != nil {
					t.Fatal(err)
				}
				if lie == "lose" && name == "echo" {
					// Acknowledgements have numbers: the one behind a lost one
					// comes out of its turn.
					if r.Faults.Reordered+r.Faults.Lost == 0 {
						t.Errorf("%v %s", r.Faults, r.Note)
					}
					return
				}
				if !noticed(r.Faults) {
					t.Errorf("%v %s", r.Faults, r.Note)
				}
			})
		}
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
			l := &liar{lie: "lose", nth: 3}
			r, err := Execute(context.Background(), l.start(t), o, func(Progress) {})
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
		r, err := Execute(context.Background(), (&liar{}).start(t), o, func(Progress) {})
		if err != nil || r.Failed() || r.Ops < 10 {
			t.Errorf("%d: %+v %v", i, r, err)
		}
	}
	r, err := Execute(context.Background(), (&liar{lie: "corrupt", nth: 5}).start(t), options("connect"), func(Progress) {})
	if err != nil || r.Faults.Corrupt == 0 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestInterrupted: a run whose context ends reports what it has.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	o := options("echo")
	o.Time = time.Hour
	r, err := Execute(ctx, (&liar{}).start(t), o, func(p Progress) {
		if p.Phase == "measuring" && p.OpsPerSec > 0 {
			cancel()
		}
	})
	cancel()
	if err != nil || r.Note != "interrupted" || r.Ops == 0 || r.Latency == nil || r.Faults.Any() {
		t.Errorf("%+v %v", r, err)
	}
}

// TestCoordinatedOmission: a server that stops for a while makes an open loop's
// latencies long, also those of messages which could not be sent meanwhile.
func TestCoordinatedOmission(t *testing.T) {
	o := options("echo")
	o.Rate, o.Time = 1000, 1200*time.Millisecond
	l := &liar{}
	target := l.start(t)
	var once sync.Once
	r, err := Execute(context.Background(), target, o, func(p Progress) {
		if p.Phase == "measuring" {
			once.Do(func() { time.Sleep(200 * time.Millisecond) }) // the tool itself is late
		}
	})
	if err != nil || r.Failed() {
		t.Fatalf("%+v %v", r, err)
	}
	// 200 of the 1200 messages were due while it slept, evenly: counted from
	// when they were sent at last, nearly all would be quick.
	if r.Latency.Max < 150_000 || r.Latency.P90 < 40_000 {
		t.Errorf("%+v", r.Latency)
	}
}

// TestTooFast: a rate that cannot be kept ends in time all the same.
func TestTooFast(t *testing.T) {
	o := options("echo")
	o.Rate, o.Patience = 10_000_000, time.Millisecond
	began := time.Now()
	_, err := Execute(context.Background(), (&liar{}).start(t), o, func(Progress) {})
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
