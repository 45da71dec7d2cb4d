// Package cli is the load tool's command line.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/tornadio/tornadio/bench/internal/peer"
	"github.com/tornadio/tornadio/bench/internal/scenario"
)

const usage = `The load tool for Socket.IO servers of every generation.

  go run -C bench . -scenario echo -n 1000 -secs 10 -repeat 5 -peers floor,node4 -json out.json -html out.html
  go run -C bench . -url http://127.0.0.1:8001 -scenario echo
  go run -C bench . compare a.json b.json

Scenarios:
`

// settings are what the command line says.
type settings struct {
	cases   []testCase
	ns      []int
	repeat  int
	peers   []string
	url     string
	pid     int
	mine    bool
	json    string
	html    string
	svg     string
	md      string
	guard   string
	server  string // CPUs of the server
	client  string // and of the tool
	tls     bool
	ways    []way
	options scenario.Options
}

// Bounds of what can be asked for.
const (
	maxClients = 1_000_000
	maxSecs    = 7 * 24 * 3600
	maxRepeat  = 1000
	maxSize    = 900_000
	maxRate    = 10_000_000
)

func parse(args []string, out io.Writer) (*settings, error) {
	s := &settings{}
	o := &s.options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(out)
	scenarios := f.String("scenario", "echo", "scenarios, with commas between, each NAME, NAME:CLIENTS or NAME:CLIENTS@RATE; all: all but soak")
	ns := f.String("n", "", "clients, with commas between; the default depends on the scenario")
	secs := f.Float64("secs", 10, "seconds of measuring")
	warm := f.Float64("warm", 1, "seconds of traffic before it")
	f.IntVar(&s.repeat, "repeat", 1, "how often each run is made; medians are reported")
	peers := f.String("peers", "", "peers beside ours, with commas between: "+strings.Join(peer.Names(), " ")+"; ours@REV is the library at a git revision; all: all")
	ours := f.Bool("ours", true, "run our own server too")
	f.StringVar(&s.url, "url", "", "a server that runs already, instead of peers")
	f.IntVar(&s.pid, "pid", 0, "with -url: the server's process on this machine, for its CPU and memory")
	f.BoolVar(&s.mine, "i-own-this-server", false, "load an address that is not of this machine's loopback")
	f.StringVar(&s.json, "json", "", "write a report as JSON")
	f.StringVar(&s.html, "html", "", "write a report as a page")
	f.StringVar(&s.svg, "svg", "", "write a picture of it")
	f.StringVar(&s.md, "md", "", "write its tables as Markdown")
	f.StringVar(&s.guard, "guard", "", "fail if ours is past the figures of this file")
	f.StringVar(&s.server, "server-cpus", "auto", "CPUs of the servers, as of taskset; none: not bound")
	f.StringVar(&s.client, "client-cpus", "auto", "CPUs of the tool")
	f.Float64Var(&o.Rate, "rate", 0, "open loop: operations sent a second; 0: closed loop")
	f.IntVar(&o.Inflight, "inflight", 1, "closed loop: messages of a client on their way")
	f.IntVar(&o.Room, "room", 50, "members of a room")
	f.IntVar(&o.Size, "size", 20, "bytes of a message's text")
	f.Float64Var(&o.Slow, "slow", 0.1, "share of clients that never read, scenario slow")
	f.BoolVar(&o.Storm, "storm", false, "scenario connect: all clients at once")
	f.IntVar(&o.Dialling, "dialling", 64, "connections that are being made at a time")
	f.BoolVar(&o.Rest, "between-polls", false, "scenario idle over polling: clients between two polls, with no connection open")
	f.BoolVar(&o.Binary, "binary", false, "echo attachments")
	f.BoolVar(&s.tls, "tls", false, "over TLS; https in -url says so too")
	f.BoolVar(&o.Deflate, "deflate", false, "negotiate permessage-deflate")
	f.StringVar(&o.Path, "path", "/socket.io", "path of the server")
	proto := f.String("proto", "auto", "eio4 (clients 3.x, 4.x), eio3 (1.x, 2.x), rev1 (0.7 to 0.9), or auto: the newest that each peer speaks")
	transport := f.String("transport", "websocket", "websocket, polling, upgrade, jsonp; of rev1 htmlfile and flashsocket too; several with commas between, and each may name its protocol: rev1/htmlfile")
	f.Usage = func() {
		fmt.Fprint(out, usage)
		for _, i := range scenario.All {
			fmt.Fprintf(out, "  %-10s %s\n", i.Name, i.Text)
		}
		fmt.Fprint(out, "\nFlags:\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("what is %q? flags come with a dash", f.Arg(0))
	}
	o.Time, o.Warm = time.Duration(*secs*float64(time.Second)), time.Duration(*warm*float64(time.Second))
	var errs [3]error
	s.cases, errs[0] = caseList(*scenarios)
	s.ns, errs[1] = numberList(*ns)
	s.ways, errs[2] = wayList(*transport, *proto)
	s.peers = peerList(*peers, *ours)
	return s, errors.Join(errors.Join(errs[:]...), s.check())
}

// check bounds every number, so that each run ends.
func (s *settings) check() error {
	var errs []error
	bad := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	o := &s.options
	bad(o.Time > 0 && o.Time.Seconds() <= maxSecs, "-secs: write more than 0 and at most %d", maxSecs)
	bad(o.Warm >= 0 && o.Warm.Seconds() <= 3600, "-warm: write 0 to 3600")
	bad(s.repeat >= 1 && s.repeat <= maxRepeat, "-repeat: write 1 to %d", maxRepeat)
	bad(o.Rate >= 0 && o.Rate <= maxRate, "-rate: write 0 to %d", maxRate)
	bad(o.Inflight >= 1 && o.Inflight <= 100, "-inflight: write 1 to 100")
	bad(o.Room >= 1 && o.Room <= 100_000, "-room: write 1 to 100000")
	bad(o.Size >= 0 && o.Size <= maxSize, "-size: write 0 to %d", maxSize)
	bad(o.Slow > 0 && o.Slow < 1, "-slow: write a share between 0 and 1")
	bad(o.Dialling >= 1 && o.Dialling <= 10_000, "-dialling: write 1 to 10000")
	bad(s.pid == 0 || s.url != "", "-pid goes with -url")
	bad(s.url != "" || len(s.peers) > 0, "there is no server: name -peers, or leave -ours on")
	return errors.Join(errs...)
}

// cpus settles who runs where: the server has the first CPU for itself, the
// tool the others.
func (s *settings) cpus() (server, client string) {
	pick := func(text, auto string) string {
		switch {
		case text == "none" || text == "auto" && runtime.NumCPU() < 2:
			return ""
		case text == "auto":
			return auto
		}
		return text
	}
	return pick(s.server, "0"), pick(s.client, "1-"+strconv.Itoa(runtime.NumCPU()-1))
}

// parseCPUs reads a list as of taskset.
func parseCPUs(text string) ([]int, error) {
	var cpus []int
	for _, part := range list(text) {
		from, to, ranged := strings.Cut(part, "-")
		if !ranged {
			to = from
		}
		a, err1 := strconv.Atoi(from)
		b, err2 := strconv.Atoi(to)
		if err1 != nil || err2 != nil || a < 0 || b < a || b > 4095 {
			return nil, fmt.Errorf("%q is no list of CPUs: write 1 or 0-3 or 0,2", text)
		}
		for i := a; i <= b; i++ {
			cpus = append(cpus, i)
		}
	}
	return cpus, nil
}
