// Package simulate runs a whole server with very many clients in one process,
// on the simulated backend of package ioloop: no sockets, no kernel, and a clock
// of its own. What it measures is the library alone: heap for each session above
// what the connections take, and CPU for each heartbeat and message.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio"
)

// Options bound a simulation.
type Options struct {
	N       int           // sessions
	Time    time.Duration // virtual time with all of them; heartbeats come every 25 s
	Chat    float64       // share of the clients that talk, in rooms of Room, once in Every
	Room    int
	Every   time.Duration
	Limit   time.Duration // real time
	GOGC    int           // of the process; 0: as it is
	MemMax  int64         // its soft limit, as GOMEMLIMIT; 0: none
	Verbose io.Writer     // nil: silent
}

// Report is what a simulation found.
type Report struct {
	Sessions   int
	Joined     int
	Beats      int // pongs given
	Deliveries int
	Expected   int // deliveries due
	Closed     int // connections that ended
	Bad        int // messages that nobody can have sent, or that came twice

	BytesConn    float64 // heap for each connection of the backend, with both ends
	BytesSession float64 // heap for each session above that, after a collection
	RawSession   float64 // the same without a collection
	CPU          time.Duration
	Real         time.Duration
	PerBeat      time.Duration // CPU, with the simulated client's part
	PerDelivery  time.Duration
	GC           GC
}

var errLimit = errors.New("simulate: the real time is up")

// Run makes the simulation. It ends early, with what it has, when ctx does.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.GOGC != 0 {
		defer debug.SetGCPercent(debug.SetGCPercent(o.GOGC))
	}
	if o.MemMax > 0 {
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(o.MemMax))
	}
	var r Report
	bare, err := bareBytes(min(o.N, 100_000))
	if err != nil {
		return r, err
	}
	r.BytesConn = bare
	w, err := newWorld(o)
	if err != nil {
		return r, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.Limit, errLimit)
	defer cancel()
	start, cpu, gc := time.Now(), cpuTime(), readGC()
	before := heap()
	err = w.run(ctx, &r, before)
	r.Real, r.CPU, r.GC = time.Since(start), cpuTime()-cpu, readGC().since(gc)
	w.count(&r)
	return r, err
}

// run lets all clients come within one interval of heartbeats, and then time
// pass.
func (w *world) run(ctx context.Context, r *Report, before uint64) error {
	const waves = 1000
	for i := range waves {
		for range w.o.N*(i+1)/waves - len(w.clients) {
			if err := w.dial(); err != nil {
				return err
			}
		}
		if err := w.pass(ctx, 25*time.Second/waves); err != nil {
			return err
		}
	}
	n := float64(w.o.N)
	r.RawSession = float64(live()-before)/n - r.BytesConn
	r.BytesSession = float64(heap()-before)/n - r.BytesConn
	w.say("%d joined; %.0f bytes of heap a session above the connection's %.0f", w.joined, r.BytesSession, r.BytesConn)
	quiet, beats := w.o.Time/2, w.beats
	cpu := cpuTime()
	if err := w.pass(ctx, quiet); err != nil {
		return err
	}
	r.PerBeat = (cpuTime() - cpu) / time.Duration(max(1, w.beats-beats))
	w.startChat()
	cpu, beats = cpuTime(), w.beats
	err := w.pass(ctx, w.o.Time-quiet)
	spent := cpuTime() - cpu - time.Duration(w.beats-beats)*r.PerBeat
	w.stopChat()
	if err == nil {
		err = w.pass(ctx, time.Second)
	}
	r.PerDelivery = spent / time.Duration(max(1, w.delivered))
	return err
}

// pass lets virtual time pass, in steps between which ctx is looked at.
func (w *world) pass(ctx context.Context, d time.Duration) error {
	for d > 0 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		step := min(d, 100*time.Millisecond)
		w.sim.Run(step)
		d -= step
	}
	return nil
}

// bareBytes is the heap that a connection takes without a session: both its
// ends, and the simulated client.
func bareBytes(n int) (float64, error) {
	sim := ioloop.NewSim(ioloop.SimConfig{})
	g, err := sim.NewGroup(ioloop.Config{Loops: 2, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return 0, err
	}
	if _, err := g.Listen("tcp", ":1", func(*ioloop.Conn) ioloop.Handler { return silent{} }); err != nil {
		return 0, err
	}
	if err := g.Start(); err != nil {
		return 0, err
	}
	w := &world{o: Options{N: n}, sim: sim, clients: make([]client, 0, n)}
	before := heap()
	for range n {
		if err := w.dial(); err != nil {
			return 0, err
		}
	}
	sim.Run(time.Second)
	bytes := float64(heap()-before) / float64(n)
	runtime.KeepAlive(w)
	return bytes, nil
}

// silent takes all and says nothing.
type silent struct{}

func (silent) OnData(_ *ioloop.Conn, p []byte) int { return len(p) }
func (silent) OnWritable(*ioloop.Conn)             {}
func (silent) OnClose(*ioloop.Conn, error)         {}

func newWorld(o Options) (*world, error) {
	w := &world{o: o, sim: ioloop.NewSim(ioloop.SimConfig{}), clients: make([]client, 0, o.N), serving: true}
	log := slog.New(slog.DiscardHandler)
	g, err := w.sim.NewGroup(ioloop.Config{Loops: 2, Logger: log})
	if err != nil {
		return nil, err
	}
	srv := sio.NewOn(g, sio.Config{Logger: log, MaxSessions: o.N + 1})
	type member struct {
		sio.Socket
		room string
	}
	all := sio.Of[member](srv, "/", nil)
	sio.On(all, "join", func(m *member, room string) { m.room = room; _ = m.Join(room) })
	sio.On2(all, "say", func(m *member, who, n int) { _ = all.To(m.room).Emit("said", who, n) })
	if _, err := srv.Listen("tcp", ":1"); err != nil {
		return nil, err
	}
	return w, srv.Start()
}

// heap is the size of the heap after a collection, live without one.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	return live()
}

func live() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func (w *world) say(format string, args ...any) {
	if w.o.Verbose != nil {
		fmt.Fprintf(w.o.Verbose, format+"\n", args...)
	}
}
