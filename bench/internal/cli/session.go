package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/compare"
	"github.com/tornadio/tornadio/bench/internal/peer"
	"github.com/tornadio/tornadio/bench/internal/proc"
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
	failed     map[string]string // peers that could not be built: why
	file       report.File
	left       int  // runs to come
	broken     bool // a server failed to do its part
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
	if c.rate > 0 {
		o.Rate = c.rate
	}
	if c.name == "polling" {
		o.Transport = client.Polling
	}
	return job{info, o, setting(o, s.tls), w.auto}
}

// setting names what is not as it is by default.
func setting(o scenario.Options, secure bool) string {
	var parts []string
	add := func(on bool, format string, args ...any) {
		if on {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(o.Proto != wire.EIO4, "%v", o.Proto)
	add(o.Transport != client.WebSocket && o.Scenario != "polling", "%v", o.Transport)
	add(o.Rate > 0, "%g/s", o.Rate)
	add(o.Inflight > 1, "%d in flight", o.Inflight)
	add(o.Storm, "storm")
	add(o.Rest, "between polls")
	add(o.Binary, "binary")
	add(o.Size != 20, "%d bytes", o.Size)
	add(o.Room != 50, "rooms of %d", o.Room)
	add(secure, "tls")
	add(o.Deflate, "deflate")
	return strings.Join(parts, " ")
}

// run makes all runs: of each scenario every repeat, and in each repeat every
// server, so that the machine's noise hits all of them alike.
func (s *session) run() error {
	jobs := s.jobs()
	s.left = len(jobs) * s.repeat * len(s.peers)
	for _, j := range jobs {
		results := make([]report.Result, len(s.peers))
		for i, name := range s.peers {
			results[i] = report.Result{Server: name, Scenario: j.o.Scenario, Op: j.info.Op, Setting: j.setting, Clients: j.o.N}
			results[i].Cannot = s.cannot(name, j)
			if results[i].Proto = j.o.Proto.String(); j.auto && s.built[name] != nil {
				results[i].Proto = s.built[name].Newest().String()
			}
		}
		for rep := range s.repeat {
			for k := range s.peers {
				i := (k + rep) % len(s.peers) // who is first changes
				s.left--
				if s.ctx.Err() != nil || results[i].Cannot != "" {
					continue
				}
				head := fmt.Sprintf("%s %s %d/%d", results[i].Server, results[i].Key(), rep+1, s.repeat)
				res, err := s.once(results[i].Server, j, head)
				if err != nil {
					s.line.Clear()
					fmt.Fprintf(s.out, "%s: %v\n", head, err)
					res.Note = "failed: " + err.Error()
					s.broken = true
				}
				results[i].Repeats = append(results[i].Repeats, res)
			}
		}
		for i := range results {
			results[i].Settle()
		}
		s.file.Results = append(s.file.Results, results...)
		if s.ctx.Err() != nil {
			return nil
		}
	}
	return nil
}

func (s *session) cannot(name string, j job) string {
	if s.url != "" {
		return ""
	}
	if why := s.failed[name]; why != "" {
		return why
	}
	if j.auto {
		j.o.Proto = s.built[name].Newest()
	}
	need := peer.Need{Scenario: j.o.Scenario, Proto: j.o.Proto, Transport: j.o.Transport, Binary: j.o.Binary, TLS: s.tls, Deflate: j.o.Deflate}
	if j.o.Scenario == "mixed" || j.o.Scenario == "soak" {
		need.Proto = wire.Rev1
		if why := s.built[name].Can(need); why != "" {
			return why
		}
		need.Proto = wire.EIO4
	}
	return s.built[name].Can(need)
}

// once makes one run against a server of its own.
func (s *session) once(name string, j job, head string) (scenario.Result, error) {
	o := j.o
	t, err := scenario.Target{}, error(nil)
	if s.url != "" {
		t, err = s.target()
		o.Path = s.options.Path
		if s.tls {
			o.TLS = &tls.Config{ServerName: hostOnly(t.Host), InsecureSkipVerify: t.Addr.Addr().IsLoopback()}
		}
	} else {
		if j.auto {
			o.Proto = s.built[name].Newest()
		}
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

func hostOnly(host string) string {
	name, _, _ := strings.Cut(host, ":")
	return name
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

// prepare builds the peers. One that can't be built is shown as such; ours must.
func (s *session) prepare() error {
	s.built, s.failed = map[string]*peer.Built{}, map[string]string{}
	s.file.Versions = map[string]string{}
	if s.url != "" {
		s.peers = []string{s.url}
		_, err := s.target()
		return err
	}
	if s.tls {
		var err error
		if s.certs, err = newCertificate(s.tmp); err != nil {
			return err
		}
	}
	for _, name := range s.peers {
		p, err := peer.Find(name)
		if err != nil {
			return err
		}
		s.line.Clear()
		fmt.Fprintf(s.out, "building %s\n", name)
		b, err := p.Build(s.ctx, s.bench, s.tmp)
		switch {
		case err == nil:
			s.built[name] = b
			s.file.Versions[name] = b.Version
		case strings.HasPrefix(name, "ours"):
			return err
		default:
			fmt.Fprintln(s.out, err)
			s.failed[name], _, _ = strings.Cut(err.Error(), "\n")
		}
	}
	return nil
}

// write reports: the table always, and the files that were asked for.
func (s *session) write() error {
	s.line.Clear()
	s.file.Table(s.out)
	var errs []error
	if s.json != "" {
		errs = append(errs, s.file.Write(s.json))
	}
	if s.html != "" {
		errs = append(errs, s.file.WriteHTML(s.html))
	}
	if s.svg != "" {
		errs = append(errs, s.file.WriteSVG(s.svg))
	}
	if s.md != "" {
		errs = append(errs, s.file.WriteMarkdown(s.md))
	}
	for _, name := range s.peers {
		if strings.HasPrefix(name, "ours@") {
			fmt.Fprintf(s.out, "\nfrom %s to ours:\n", name)
			compare.Print(s.out, compare.Within(&s.file, name, "ours"))
		}
	}
	if s.guard != "" {
		errs = append(errs, compare.Guard(s.out, &s.file, s.guard))
	}
	if s.broken {
		errs = append(errs, errors.New("some runs failed: see above"))
	}
	if slices.ContainsFunc(s.file.Results, func(r report.Result) bool { return r.Faults.Any() }) {
		errs = append(errs, errFaults)
	}
	return errors.Join(errs...)
}

var errFaults = errors.New("messages or connections were lost, doubled, reordered or corrupt: see above")

// pin gives the tool its CPUs.
func (s *session) pin() error {
	server, own := s.cpus()
	s.serverCPUs = server
	s.file.Machine = report.ThisMachine(server, own)
	if own == "" {
		return nil
	}
	cpus, err := parseCPUs(own)
	if err != nil {
		return err
	}
	return proc.Pin(cpus)
}

func newSession(ctx context.Context, set *settings, out io.Writer) (*session, error) {
	bench, err := benchDir()
	if err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	s := &session{settings: set, ctx: ctx, out: out, line: report.NewLine(os.Stderr), bench: bench, tmp: tmp}
	s.file.Date, s.file.Commit = time.Now().UTC().Truncate(time.Second), report.Commit(bench)
	return s, nil
}
