package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/compare"
	"github.com/tornadio/tornadio/bench/internal/peer"
	"github.com/tornadio/tornadio/bench/internal/proc"
	"github.com/tornadio/tornadio/bench/internal/report"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// What is done before the first run. What can't be is found out here, and not
// after an hour.

// usageError is a command line that can't be.
type usageError struct{ error }

// newSession is a session that may keep files in tmp.
func newSession(ctx context.Context, set *settings, tmp string, out io.Writer) (*session, error) {
	bench, err := benchDir()
	if err != nil && set.url == "" {
		return nil, err
	}
	s := &session{settings: set, ctx: ctx, out: out, line: report.NewLine(os.Stderr), bench: bench, tmp: tmp,
		built: map[string]*peer.Built{}, failed: map[string]string{}, found: map[client.Transport]wire.Proto{}}
	s.file.Date, s.file.Versions = time.Now().UTC().Truncate(time.Second), map[string]string{}
	if bench != "" {
		s.file.Commit = report.Commit(bench)
	}
	return s, nil
}

// feasible looks at what the command line names outside of itself.
func (s *session) feasible() error {
	seen := map[string]string{}
	for _, f := range []struct{ name, path string }{{"-json", s.json}, {"-html", s.html}, {"-svg", s.svg}, {"-md", s.md}} {
		if f.path == "" {
			continue
		}
		if other, twice := seen[f.path]; twice {
			return fmt.Errorf("%s and %s would both write %s", other, f.name, f.path)
		}
		seen[f.path] = f.name
		if err := report.Writable(f.path); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if s.guard != "" {
		if _, err := compare.ReadLimits(s.guard); err != nil {
			return fmt.Errorf("-guard: %w", err)
		}
	}
	if s.url != "" {
		if _, err := s.target(); err != nil {
			return err
		}
	}
	if s.pid != 0 {
		if _, err := proc.ReadCPU(s.pid); err != nil {
			return fmt.Errorf("-pid: there is no process %d", s.pid)
		}
	}
	return s.files(proc.RaiseFiles())
}

// prepare builds the peers, or looks what the server of -url speaks. A peer that
// can't be built is shown as such; ours must be.
func (s *session) prepare() error {
	if s.url != "" {
		s.peers = []string{s.url}
		return s.probe()
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
		case s.ctx.Err() != nil:
			return errInterrupted
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

// pin gives the tool its CPUs.
func (s *session) pin() error {
	server, own := s.cpus()
	if s.url != "" {
		server = "" // it was there before
	}
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
