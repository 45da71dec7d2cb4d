package peer

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Server is a peer that runs.
type Server struct {
	Addr netip.AddrPort
	PID  int

	mu  sync.Mutex // of a question and its answer
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// Start starts a peer that was built, bound to the CPUs of the list (as of
// taskset; "" for none), with more variables in its environment.
func (b *Built) Start(cpus string, env ...string) (*Server, error) {
	argv := b.argv
	if cpus != "" {
		argv = append([]string{"taskset", "-c", cpus}, argv...)
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = b.dir
	cmd.Stderr = os.Stderr
	// Ctrl-C is the tool's: it ends its peers when it has its figures.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Env = append(os.Environ(), env...)
	if b.delay != "" {
		cmd.Env = append(cmd.Env, "BENCH_WRITE_DELAY="+b.delay)
	}
	if b.typed {
		cmd.Env = append(cmd.Env, "BENCH_TYPED=1")
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("peer %s: %w", b.Name, err)
	}
	s := &Server{PID: cmd.Process.Pid, cmd: cmd, in: in, out: bufio.NewReader(out)}
	line, err := s.line(30 * time.Second)
	if err == nil {
		if s.Addr, err = netip.ParseAddrPort(strings.TrimPrefix(line, "listening ")); err != nil {
			err = fmt.Errorf("it said %q", line)
		}
	}
	if err != nil {
		s.Stop()
		return nil, fmt.Errorf("peer %s did not come up: %w", b.Name, err)
	}
	return s, nil
}

// line reads one line, or kills a peer that does not answer.
func (s *Server) line(limit time.Duration) (string, error) {
	t := time.AfterFunc(limit, func() { _ = s.cmd.Process.Kill() })
	defer t.Stop()
	line, err := s.out.ReadString('\n')
	return strings.TrimSpace(line), err
}

// Memory is what a peer says of its own memory.
type Memory struct {
	Heap   int64
	Allocs int64 // allocations so far; -1: unknown
	GCs    int64 // collections so far, and how long they held the program up;
	Pause  time.Duration
}

// Stat asks for it.
func (s *Server) Stat() (Memory, error) { return s.ask("stat") }

// GC has the peer collect all garbage and give the memory back.
func (s *Server) GC() (Memory, error) { return s.ask("gc") }

// Collect has it collect all garbage.
func (s *Server) Collect() (Memory, error) { return s.ask("collect") }

// ask asks one question after the other. Any goroutine.
func (s *Server) ask(what string) (m Memory, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := fmt.Fprintln(s.in, what); err != nil {
		return m, err
	}
	line, err := s.line(60 * time.Second)
	if err != nil {
		return m, err
	}
	return parseMemory(line)
}

func parseMemory(line string) (m Memory, err error) {
	var pause int64
	f := strings.Fields(line)
	for i, to := range []*int64{&m.Heap, &m.Allocs, &m.GCs, &pause} {
		if i >= len(f) && i >= 2 {
			break
		}
		if i >= len(f) {
			return m, fmt.Errorf("%q is no answer to stat", line)
		}
		if *to, err = strconv.ParseInt(f[i], 10, 64); err != nil {
			return m, err
		}
	}
	m.Pause = time.Duration(pause)
	return m, nil
}

// Stop ends the peer, and waits for its end.
func (s *Server) Stop() {
	_ = s.in.Close()
	t := time.AfterFunc(3*time.Second, func() { _ = s.cmd.Process.Kill() })
	_ = s.cmd.Wait()
	t.Stop()
}

// Built is a peer ready to start.
type Built struct {
	Peer
	argv    []string
	dir     string
	Version string
}

// Build makes a peer ready: programs are compiled into tmp, packages installed
// by their lock files. bench is the tool's own folder.
func (p Peer) Build(ctx context.Context, bench, tmp string) (*Built, error) {
	base := strings.FieldsFunc(p.Name, func(r rune) bool { return r == '@' || r == '+' })[0]
	b := &Built{Peer: p, dir: filepath.Join(bench, "peers", base)}
	var err error
	switch p.kind {
	case inModule, ownModule:
		err = b.buildGo(ctx, bench, tmp)
	case node:
		err = b.buildNode(ctx)
	case python:
		err = b.buildPython(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("peer %s: %w", p.Name, err)
	}
	return b, nil
}

func run(ctx context.Context, dir string, argv ...string) (string, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}
