package main

import (
	"bufio"
	"bytes"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// runServer is the server's process: an echo of raw arguments, and pages that
// tell about its memory. It ends with its standard input.
func runServer(loops int) {
	srv := sio.New(sio.Config{Loops: loops})
	srv.Of("/").OnRaw("echo", func(s *sio.Socket, e *sio.Event) { _ = e.Reply(raw(e.Raw())) })
	srv.HandleFunc("/gc", func(w http.ResponseWriter, _ *http.Request) {
		debug.FreeOSMemory()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Fprint(w, m.HeapAlloc)
	})
	srv.HandleFunc("/mallocs", func(w http.ResponseWriter, _ *http.Request) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Fprint(w, m.Mallocs)
	})
	profile(srv)
	addr, err := srv.Listen("tcp", "127.0.0.1:0")
	check(err)
	clients := addr
	if overTLS {
		clients, err = srv.ListenTLS("tcp", "127.0.0.1:0", certificate())
		check(err)
	}
	fmt.Println(addr, clients)
	go func() {
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		os.Exit(0)
	}()
	log.Fatal(srv.Wait())
}

// server is the handle of that process.
type server struct {
	addr  string // the clients'
	pages string // the address of the pages about memory
	cmd   *exec.Cmd
	in    interface{ Close() error }
}

func startServer(loops int) *server {
	exe, err := os.Executable()
	check(err)
	cmd := exec.Command(exe, "-serve", "-loops", strconv.Itoa(loops), "-tls="+strconv.FormatBool(overTLS))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	check(err)
	out, err := cmd.StdoutPipe()
	check(err)
	check(cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	check(err)
	pages, addr, _ := strings.Cut(strings.TrimSpace(line), " ")
	return &server{addr: addr, pages: pages, cmd: cmd, in: in}
}

func (s *server) stop() {
	_ = s.in.Close()
	_ = s.cmd.Wait()
}

func (s *server) number(path string) int {
	resp, err := http.Get("http://" + s.pages + path)
	check(err)
	defer resp.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(resp.Body)
	check(err)
	n, err := strconv.Atoi(b.String())
	check(err)
	return n
}

// gc has the server collect, and returns its heap in bytes.
func (s *server) gc() int      { return s.number("/gc") }
func (s *server) mallocs() int { return s.number("/mallocs") }

// rss is the resident size in bytes.
func (s *server) rss() int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid))
	check(err)
	pages, err := strconv.Atoi(strings.Fields(string(b))[1])
	check(err)
	return pages * os.Getpagesize()
}

// cpu is the time that the process has used.
func (s *server) cpu() (user, system time.Duration) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	check(err)
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+2:]))
	tick := func(i int) time.Duration {
		n, err := strconv.Atoi(f[i])
		check(err)
		return time.Duration(n) * 10 * time.Millisecond
	}
	return tick(11), tick(12)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
