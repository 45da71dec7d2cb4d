package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/tornadio/tornadio/bench/internal/simulate"
)

const simulateUsage = `A server and its clients in one process, on a simulated network: what the
library itself takes, without sockets.

  go run -C bench . simulate -n 1000000

Flags:
`

func simulateMain(args []string) int {
	f := flag.NewFlagSet("simulate", flag.ContinueOnError)
	o := simulate.Options{Verbose: os.Stdout}
	f.IntVar(&o.N, "n", 1_000_000, "sessions, up to 10 000 000")
	secs := f.Float64("secs", 60, "virtual seconds with all of them")
	f.Float64Var(&o.Chat, "chat", 0.01, "share of the clients that talk")
	f.IntVar(&o.Room, "room", 10, "members of their rooms")
	f.DurationVar(&o.Every, "every", 10*time.Second, "virtual time from one message of a client to its next")
	f.DurationVar(&o.Limit, "limit", 10*time.Minute, "real time")
	f.IntVar(&o.GOGC, "gogc", 0, "GOGC of the process; 0: as it is")
	f.Int64Var(&o.MemMax, "memlimit", 0, "GOMEMLIMIT of the process in bytes; 0: none")
	f.Usage = func() { fmt.Fprint(os.Stderr, simulateUsage); f.PrintDefaults() }
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if o.N < 1 || o.N > 10_000_000 || o.Room < 1 || *secs <= 0 || o.Chat < 0 || o.Chat > 1 || o.Every < time.Millisecond || f.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "simulate: -n 1 to 10000000, -room 1 or more, -secs above 0, -chat 0 to 1, -every 1ms or more")
		return 2
	}
	o.Time = time.Duration(*secs * float64(time.Second))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r, err := simulate.Run(ctx, o)
	printSimulation(r)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if r.Joined != r.Sessions || r.Closed+r.Bad > 0 || r.Deliveries != r.Expected {
		return 1
	}
	return 0
}

func printSimulation(r simulate.Report) {
	fmt.Printf("%d sessions, %d joined, %d closed, %d bad messages\n", r.Sessions, r.Joined, r.Closed, r.Bad)
	fmt.Printf("heap a session: %.0f bytes after a collection, %.0f before, above the connection's %.0f\n", r.BytesSession, r.RawSession, r.BytesConn)
	fmt.Printf("%d heartbeats, %v of CPU each; %d of %d deliveries, %v each (clients included)\n", r.Beats, r.PerBeat, r.Deliveries, r.Expected, r.PerDelivery)
	fmt.Printf("CPU %.1f s in %.1f s\n", r.CPU.Seconds(), r.Real.Seconds())
	g := r.GC
	fmt.Printf("collector: %d cycles; %d pauses, p50 %v, p99 %v, longest %v; heap %d MB, goal %d MB\n",
		g.Cycles, g.Pauses, g.P50, g.P99, g.Longest, g.Heap>>20, g.Goal>>20)
}
