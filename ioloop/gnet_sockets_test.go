//go:build !windows

package ioloop

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"bufio"

	"golang.org/x/sys/unix"
)

// gnet: an error of accept(2), as for the lack of descriptors, ends the engine
// and closes every connection. Here something else in the process has eaten
// them all, so that no cap on connections can help.
func TestFactDescriptorsEatenElsewhere(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "IOLOOP_TEST_ROLE=hog")
	cmd.Stderr = os.Stderr
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close(); _ = cmd.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	addr := strings.TrimSpace(line)

	old := dial(t, addr)
	// The engine goes on with a duplicate and closes the first descriptor a
	// little later: eaten before that, one would be free again, and a second
	// connection be accepted that there is then no duplicate of.
	eventually(t, "the duplicate is closed", func() bool {
		send(t, old, "settled")
		var answer [3]byte
		_, err := io.ReadFull(old, answer[:])
		return err == nil && string(answer[:]) == "yes"
	})
	send(t, old, "eat")
	want(t, old, "eaten")
	waiting := dial(t, addr) // the kernel takes it; accept(2) fails
	send(t, waiting, "hello")
	for range 20 {
		send(t, old, "alive")
		want(t, old, "alive")
	}
	send(t, old, "free")
	want(t, old, "freed")
	want(t, waiting, "hello")
	send(t, old, "alive")
	want(t, old, "alive")
}

func init() { roles["hog"] = hog }

// hog is a server which eats all descriptors on demand.
func hog() int {
	limit := syscall.Rlimit{Cur: 64, Max: 64}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1
	}
	var eaten []*os.File
	var alone atomic.Int64 // open descriptors without any connection
	h := &funcs{data: func(c *Conn, p []byte) int {
		switch string(p) {
		case "settled":
			if int64(openFiles()) == alone.Load()+1 {
				c.Write([]byte("yes"))
			} else {
				c.Write([]byte("no."))
			}
		case "eat":
			for f, err := os.Open(os.DevNull); err == nil; f, err = os.Open(os.DevNull) {
				eaten = append(eaten, f)
			}
			c.Write([]byte("eaten"))
		case "free":
			for _, f := range eaten {
				_ = f.Close()
			}
			c.Write([]byte("freed"))
		default:
			c.Write(p)
		}
		return len(p)
	}}
	g, err := NewGroup(Config{Loops: 2, MaxConns: 1000, Logger: quietLog()})
	if err != nil {
		return 1
	}
	addr, err := g.Listen("tcp", "127.0.0.1:0", func(*Conn) Handler { return h })
	if err != nil || g.Start() != nil {
		return 1
	}
	alone.Store(int64(openFiles()))
	fmt.Println(addr)
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

func openFiles() int {
	list, _ := os.ReadDir("/proc/self/fd")
	return len(list)
}

func TestUnixSocket(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s")
	accept, conns := accepted(echoing(nil))
	g := newTestGroup(t, Config{Loops: 2})
	addr, err := g.Listen("unix", path, accept)
	if err != nil || addr.String() != path {
		t.Fatal(addr, err)
	}
	start(t, g)
	peer, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	send(t, peer, "hello")
	want(t, peer, "hello")
	c := receive(t, "accept", conns)
	if c.RemoteAddr() != (netip.AddrPort{}) || c.LocalAddr().String() != path {
		t.Errorf("addresses %v, %v", c.RemoteAddr(), c.LocalAddr())
	}
	// Whether somebody still listens is asked by connecting.
	if _, err := g.Listen("unix", path, accept); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("listening twice: %v", err)
	}
	moved := make(chan error, 1)
	onLoop(t, c.Loop(), func() {
		_ = c.Move(g.Loop(1-c.Loop().Index()), func(_ *Conn, err error) { moved <- err })
	})
	if err := receive(t, "the move", moved); err != nil {
		t.Error(err)
	}
	send(t, peer, "moved")
	want(t, peer, "moved")
	stopGroup(t, g)
	wantEOF(t, peer)
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the socket is left: %v", err)
	}
}

// A server that was killed leaves its socket; the next one takes its place.
func TestStaleUnixSocket(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	ln.(*net.UnixListener).SetUnlinkOnClose(false)
	ln.Close()
	g := newTestGroup(t, Config{Loops: 1})
	if _, err := g.Listen("unix", path, echoing); err != nil {
		t.Error(err)
	}
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Listen("unix", file, echoing); err == nil {
		t.Error("listening in place of a file")
	}
	if b, _ := os.ReadFile(file); string(b) != "precious" {
		t.Error("the file is gone")
	}
}

// wrapped is a listener whose connections are not sockets to us.
type wrapped struct{ net.Listener }

func (w wrapped) Accept() (net.Conn, error) {
	c, err := w.Listener.Accept()
	return struct{ net.Conn }{c}, err
}

func TestListenOn(t *testing.T) {
	t.Parallel()
	g := newTestGroup(t, Config{Loops: 2})
	start(t, g)
	var addrs []string
	for _, wrap := range []bool{false, true} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addrs = append(addrs, ln.Addr().String())
		if wrap {
			ln = wrapped{ln}
		}
		if err := g.ListenOn(ln, echoing); err != nil {
			t.Fatal(err)
		}
	}
	c := dial(t, addrs[0])
	send(t, c, "hello")
	want(t, c, "hello")
	wantEOF(t, dial(t, addrs[1]))
	if err := g.StopListening(); err != nil {
		t.Error(err)
	}
	if err := g.StopListening(); err != nil {
		t.Errorf("again: %v", err)
	}
	if c, err := net.Dial("tcp", addrs[0]); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("it still listens: %v, %v", c, err)
	}
	send(t, c, "still")
	want(t, c, "still")
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	g := newTestGroup(t, Config{Loops: 1})
	start(t, g)
	ln, _ := net.Listen("tcp", "127.0.0.1:0")
	defer ln.Close()
	_, udp := g.Listen("udp", ":0", echoing)
	_, noAccept := g.Listen("tcp", ":0", nil)
	_, badAddr := g.Listen("tcp", "no port", echoing)
	for name, err := range map[string]error{
		"udp": udp, "no accept": noAccept, "bad address": badAddr,
		"no listener": g.ListenOn(nil, echoing), "ListenOn without accept": g.ListenOn(ln, nil),
		"second Start": g.Start(),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for field, cfg := range map[string]Config{
		"Loops": {Loops: -1}, "MaxConns": {MaxConns: -1}, "CloseTimeout": {CloseTimeout: -1},
		"KeepAlive": {KeepAlive: 1}, "TaskBudget": {TaskBudget: -1},
	} {
		if _, err := NewGroup(cfg); err == nil || !strings.Contains(err.Error(), "Config."+field+" is") {
			t.Errorf("%s: %v", field, err)
		}
	}
	onLoop(t, g.Loop(0), func() {
		if err := g.Stop(t.Context()); err != ErrOnLoop {
			t.Errorf("Stop on a loop: %v", err)
		}
	})
}

// A socket has the same options after a move, which goes through package net.
func TestSocketOptions(t *testing.T) {
	t.Parallel()
	for _, probes := range []bool{true, false} {
		cfg := Config{Loops: 2}
		if !probes {
			cfg.KeepAlive = -1
		}
		accept, conns := accepted(&funcs{})
		g, addr := serve(t, cfg, accept)
		dial(t, addr)
		c := receive(t, "accept", conns)
		checkOptions(t, c, probes)
		moved := make(chan error, 1)
		onLoop(t, c.Loop(), func() {
			_ = c.Move(g.Loop(1-c.Loop().Index()), func(_ *Conn, err error) { moved <- err })
		})
		if err := receive(t, "the move", moved); err != nil {
			t.Error(err)
		}
		checkOptions(t, c, probes)
	}
}

func checkOptions(t *testing.T, c *Conn, probes bool) {
	t.Helper()
	onLoop(t, c.Loop(), func() {
		fd := c.stream.(gnetStream).gc.Fd()
		keep, err1 := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE)
		delay, err2 := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY)
		if err1 != nil || err2 != nil || (keep != 0) != probes || delay == 0 {
			t.Errorf("keep-alive %d, no-delay %d; %v %v", keep, delay, err1, err2)
		}
	})
}
