// Package cli is the load tool's command line.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/tornadio/tornadio/bench/internal/peer"
	"github.com/tornadio/tornadio/bench/internal/scenario"
)

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
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(out)
	w := s.define(f)
	f.Usage = func() { printUsage(out, f) }
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("what is %q? flags come with a dash", f.Arg(0))
	}
	o := &s.options
	o.Time, o.Warm = time.Duration(w.secs*float64(time.Second)), time.Duration(w.warm*float64(time.Second))
	var errs [3]error
	s.cases, errs[0] = caseList(w.scenarios)
	s.ns, errs[1] = numberList(w.ns)
	s.ways, errs[2] = wayList(w.transport, w.proto)
	s.peers = peerList(w.peers, w.ours)
	if err := errors.Join(append(errs[:], s.check())...); err != nil {
		return nil, err
	}
	return s, s.contradictions(f)
}

// words are flags that are lists, or numbers of another unit.
type words struct {
	scenarios, ns, peers, proto, transport string
	secs, warm                             float64
	ours                                   bool
}

func (s *settings) define(f *flag.FlagSet) *words {
	w, o := &words{}, &s.options
	f.StringVar(&w.scenarios, "scenario", "echo", "`names` with commas between, each NAME, NAME:CLIENTS or NAME:CLIENTS@RATE; all: all but soak")
	f.StringVar(&w.ns, "n", "", "clients, `numbers` with commas between; the default is the scenario's")
	f.Float64Var(&w.secs, "secs", 10, "`seconds` of measuring")
	f.Float64Var(&w.warm, "warm", 1, "`seconds` of traffic before it")
	f.IntVar(&s.repeat, "repeat", 1, "how `often` each run is made; medians are reported")
	f.StringVar(&w.peers, "peers", "", "`names` of peers beside ours; all: all of them")
	f.BoolVar(&w.ours, "ours", true, "run our own server too; -ours=false: peers alone")
	f.StringVar(&s.url, "url", "", "load the server at this `address` instead, which runs already")
	f.IntVar(&s.pid, "pid", 0, "with -url: the server's `process` on this machine, for its CPU and memory")
	f.BoolVar(&s.mine, "i-own-this-server", false, "with -url: load an address that is not of this machine's loopback")
	f.StringVar(&o.Path, "path", "/socket.io", "`path` of the server")
	f.StringVar(&s.json, "json", "", "write all figures to this `file`; bench compare reads it")
	f.StringVar(&s.html, "html", "", "write a page with plots to this `file`")
	f.StringVar(&s.svg, "svg", "", "write a picture to this `file`")
	f.StringVar(&s.md, "md", "", "write the tables as Markdown to this `file`")
	f.StringVar(&s.guard, "guard", "", "fail if ours is past the figures of this `file`")
	f.StringVar(&s.server, "server-cpus", "auto", "CPUs of the servers, a `list` as of taskset; auto: the first; none: not bound")
	f.StringVar(&s.client, "client-cpus", "auto", "CPUs of the tool, a `list`; auto: the others")
	f.Float64Var(&o.Rate, "rate", 0, "open loop: `operations` sent a second, by all clients together; 0: closed loop")
	f.IntVar(&o.Inflight, "inflight", 1, "closed loop: `messages` of a client on their way")
	f.IntVar(&o.Room, "room", 50, "`members` of a room")
	f.IntVar(&o.Size, "size", 20, "`bytes` of a message's text")
	f.Float64Var(&o.Slow, "slow", 0.1, "scenario slow: `share` of the clients that never read")
	f.BoolVar(&o.Storm, "storm", false, "scenario connect: all clients at once")
	f.IntVar(&o.Dialling, "dialling", 64, "`connections` that are being made at a time")
	f.BoolVar(&o.Rest, "between-polls", false, "scenario idle over polling: no poll is open, and no connection")
	f.BoolVar(&o.Binary, "binary", false, "scenarios echo and polling: attachments instead of text")
	f.BoolVar(&s.tls, "tls", false, "over TLS; https in -url says so too")
	f.BoolVar(&o.Deflate, "deflate", false, "offer permessage-deflate")
	f.StringVar(&w.proto, "proto", "auto", "`protocol`: eio4 (clients 3.x, 4.x), eio3 (1.x, 2.x), rev1 (0.7 to 0.9); auto: the newest that the server speaks")
	f.StringVar(&w.transport, "transport", "websocket", "`names` of websocket, polling, upgrade, jsonp, of rev1 htmlfile and flashsocket too; each may name its protocol: rev1/htmlfile")
	return w
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
	bad(s.url != "" || len(s.peers) > 0, "there is no server: name -peers, or leave -ours on")
	for _, name := range s.peers {
		if _, err := peer.Find(name); err != nil {
			errs = append(errs, err)
		}
	}
	for _, text := range []string{s.server, s.client} {
		if text != "auto" && text != "none" {
			_, err := parseCPUs(text)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
