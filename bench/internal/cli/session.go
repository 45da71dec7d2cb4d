package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/peer"
	"github.com/tornadio/tornadio/bench/internal/report"
	"github.com/tornadio/tornadio/bench/internal/scenario"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// session is one use of the tool: all its runs.
type session struct {
	*settings
	ctx        context.Context
	out        io.Writer
	line       *report.Line
	bench, tmp string
	serverCPUs string
	certs      *certificate
	built      map[string]*peer.Built
	failed     map[string]string               // peers that could not be built: why
	found      map[client.Transport]wire.Proto // what the server of -url speaks
	file       report.File
	all        int // runs
	left       int // runs to come
	made       int // runs that were made
}

// job is a scenario with a number of clients.
type job struct {
	info    scenario.Info
	o       scenario.Options
	setting string
	auto    bool // in the newest protocol of the peer
}

func (s *session) jobs() []job {
	var jobs []job
	for _, c := range s.cases {
		info, _ := scenario.Find(c.name)
		ns := s.ns
		switch {
		case c.n > 0:
			ns = []int{c.n}
		case len(ns) == 0:
			ns = []int{info.N}
		}
		for _, n := range ns {
			for _, w := range s.ways {
				jobs = append(jobs, s.job(info, c, n, w))
			}
		}
	}
	return jobs
}

func (s *session) job(info scenario.Info, c testCase, n int, w way) job {
	o := s.options
	o.Scenario, o.N, o.Proto, o.Transport = c.name, n, w.proto, w.transport
	o.Storm, o.Rest, o.Binary = o.Storm && info.Uses("storm"), o.Rest && info.Uses("between-polls"), o.Binary && info.Uses("binary")
	if c.rate > 0 {
		o.Rate = c.rate
	}
	if c.name == "polling" {
		o.Transport = client.Polling
	}
	j := job{info: info, o: o, auto: w.auto}
	j.o.Alone = isMixed(j) && !w.auto
	j.setting = setting(info, j.o, s.tls)
	return j
}

// setting names what is not as it is by default.
func setting(info scenario.Info, o scenario.Options, secure bool) string {
	var parts []string
	add := func(on bool, format string, args ...any) {
		if on {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	uses := info.Uses
	add(o.Proto != wire.EIO4 || o.Alone, "%v", o.Proto)
	add(o.Transport != client.WebSocket && o.Scenario != "polling", "%v", o.Transport)
	add(uses("rate") && o.Rate > 0, "%g/s", o.Rate)
	add(uses("inflight") && o.Inflight > 1, "%d in flight", o.Inflight)
	add(uses("storm") && o.Storm, "storm")
	add(uses("between-polls") && o.Rest, "between polls")
	add(uses("binary") && o.Binary, "binary")
	add(uses("size") && o.Size != 20, "%d bytes", o.Size)
	add(uses("room") && o.Room != 50, "rooms of %d", o.Room)
	add(uses("slow") && o.Slow != 0.1, "%g slow", o.Slow)
	add(secure, "tls")
	add(o.Deflate, "deflate")
	return strings.Join(parts, " ")
}

// run makes all runs: of each scenario every repeat, and in each repeat every
// server, so that the machine's noise hits all of them alike.
func (s *session) run() {
	jobs := s.jobs()
	s.all = len(jobs) * s.repeat * len(s.peers)
	s.left = s.all
	for _, j := range jobs {
		results := s.empty(j)
		for rep := range s.repeat {
			for k := range s.peers {
				i := (k + rep) % len(s.peers) // who is first changes
				s.left--
				if s.ctx.Err() == nil && results[i].Cannot == "" {
					s.repeatOnce(&results[i], j, rep)
				}
			}
		}
		for i := range results {
			if r := &results[i]; len(r.Repeats) > 0 || r.Cannot != "" {
				r.Settle()
				s.file.Results = append(s.file.Results, *r)
			}
		}
		if s.ctx.Err() != nil {
			return
		}
	}
}

// empty are the results of a job before there are any.
func (s *session) empty(j job) []report.Result {
	results := make([]report.Result, len(s.peers))
	for i, name := range s.peers {
		results[i] = report.Result{Server: name, Scenario: j.o.Scenario, Op: j.info.Op, Setting: j.setting, Clients: j.o.N}
		results[i].Cannot = s.cannot(name, j)
		results[i].Proto = s.proto(name, j).String()
	}
	return results
}

// proto is the protocol in which a server is spoken to.
func (s *session) proto(name string, j job) wire.Proto {
	switch {
	case !j.auto || isMixed(j):
		return j.o.Proto
	case s.url != "":
		return s.found[j.o.Transport]
	case s.built[name] != nil:
		return s.built[name].Newest()
	}
	return j.o.Proto
}

// isMixed: the scenario has clients of several protocols by itself.
func isMixed(j job) bool { return j.o.Scenario == "mixed" || j.o.Scenario == "soak" }

// repeatOnce makes one run more for a result.
func (s *session) repeatOnce(r *report.Result, j job, rep int) {
	head := fmt.Sprintf("%s %s %d/%d", r.Server, r.Key(), rep+1, s.repeat)
	res, err := s.once(r.Server, j, head)
	if err != nil {
		s.line.Clear()
		fmt.Fprintf(s.out, "%s: %v\n", head, err)
		if res.Note == "" {
			res.Note = err.Error()
		}
	}
	s.made++
	r.Repeats = append(r.Repeats, res)
}

func (s *session) cannot(name string, j job) string {
	if s.url != "" {
		return ""
	}
	if why := s.failed[name]; why != "" {
		return why
	}
	p := s.built[name]
	need := peer.Need{Scenario: j.o.Scenario, Proto: s.proto(name, j), Transport: j.o.Transport, Binary: j.o.Binary, TLS: s.tls, Deflate: j.o.Deflate}
	if isMixed(j) && !j.o.Alone {
		need.Proto = wire.Rev1
		if why := p.Can(need); why != "" {
			return why
		}
		need.Proto = wire.EIO4
	}
	return p.Can(need)
}

// once makes one run against a server of its own, or that of -url.
func (s *session) once(name string, j job, head string) (scenario.Result, error) {
	o := j.o
	o.Proto = s.proto(name, j)
	var t scenario.Target
	var err error
	if s.url != "" {
		if t, err = s.target(); err == nil {
			o = s.towards(t, o)
		}
	} else {
		var srv *peer.Server
		if srv, err = s.built[name].Start(s.serverCPUs, s.env(o)...); err == nil {
			defer srv.Stop()
			t = scenario.Target{Addr: srv.Addr, Host: srv.Addr.String(), PID: srv.PID, Server: srv}
		}
		if s.tls {
			o.TLS = s.certs.client()
		}
	}
	if err != nil {
		return scenario.Result{}, err
	}
	each := o.Time + o.Warm + time.Second
	return scenario.Execute(s.ctx, t, o, func(p scenario.Progress) {
		s.line.Show(head, p, p.Left+time.Duration(s.left)*each)
	})
}

func (s *session) env(o scenario.Options) []string {
	var env []string
	if s.tls {
		env = append(env, "BENCH_CERT="+s.certs.certFile, "BENCH_KEY="+s.certs.keyFile)
	}
	if o.Deflate {
		env = append(env, "BENCH_DEFLATE=1")
	}
	return env
}
