package sio_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tornadio/tornadio/flashpolicy"
	"github.com/tornadio/tornadio/sio"
)

// The process that TestRunEndsOnSignal starts: this binary, as a program whose
// main is Run.
const runProgram = "SIO_TEST_RUN_PROGRAM"

func init() {
	if os.Getenv(runProgram) == "" {
		return
	}
	srv := sio.New(sio.Config{
		ShutdownTimeout: 10 * time.Second,
		FlashPolicy:     flashpolicy.Config{Addrs: []string{os.Getenv(runProgram)}, Required: true},
	})
	srv.HandleFunc("/pid", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, os.Getpid()) })
	ns := sio.Of[lastWords](srv, "/", nil)
	sio.On0(ns, "wait", func(c *lastWords) { <-c.Context().Done(); fmt.Println("handler ended") }, sio.Ordered)
	addr, err := srv.Listen("tcp", "127.0.0.1:0")
	fmt.Println(addr, err)
	fmt.Println("run:", srv.Run())
	os.Exit(0)
}

type lastWords struct{ sio.Socket }

func (c *lastWords) OnClose(why sio.Reason) { fmt.Println("closed:", why) }

// TestRunEndsOnSignal: a real process that is told to end closes its clients
// in order, lets its handlers return, and ends without an error.
func TestRunEndsOnSignal(t *testing.T) {
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(self)
		policy := freePort(t)
		cmd.Env = append(os.Environ(), runProgram+"="+policy)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(60*time.Second, func() { _ = cmd.Process.Kill() })
		lines := bufio.NewScanner(out)
		lines.Scan()
		addr, _, _ := strings.Cut(lines.Text(), " ")
		body := waitingClient(t, "http://"+addr)
		for _, port := range []string{policy, addr} {
			if got := askPolicy(t, port); !strings.HasSuffix(got, "</cross-domain-policy>\x00") {
				t.Errorf("Flash's policy from %s: %q", port, got)
			}
		}
		if err := cmd.Process.Signal(sig); err != nil {
			t.Error(err)
		}
		var said []string
		for lines.Scan() {
			said = append(said, lines.Text())
		}
		err = cmd.Wait()
		kill.Stop()
		want := "handler ended, closed: server shutting down, run: <nil>"
		if got := strings.Join(said, ", "); err != nil || got != want {
			t.Errorf("%v: %v, it said %q, want %q", sig, err, got, want)
		}
		if got := <-body; !strings.Contains(got, "6") && !strings.Contains(got, "1") {
			t.Errorf("%v: the open poll got %q", sig, got)
		}
	}
}

// freePort is an address that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// askPolicy does what Flash does.
func askPolicy(t *testing.T, addr string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = io.WriteString(c, flashpolicy.Request)
	b, _ := io.ReadAll(c)
	return string(b)
}

// waitingClient joins over polling, makes a handler wait, and leaves a poll
// open, whose answer it gives in the end.
func waitingClient(t *testing.T, base string) <-chan string {
	t.Helper()
	read := func(res *http.Response, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var b strings.Builder
		_, _ = bufio.NewReader(res.Body).WriteTo(&b)
		return b.String()
	}
	target := base + "/socket.io/?EIO=4&transport=polling"
	_, rest, _ := strings.Cut(read(http.Get(target)), `"sid":"`)
	sid, _, _ := strings.Cut(rest, `"`)
	target += "&sid=" + sid
	read(http.Post(target, "text/plain", strings.NewReader("40")))
	if got := read(http.Get(target)); !strings.HasPrefix(got, "40") {
		t.Fatalf("joining: %q", got)
	}
	read(http.Post(target, "text/plain", strings.NewReader(`42["wait"]`)))
	got := make(chan string, 1)
	res := make(chan struct{})
	go func() {
		close(res)
		r, err := http.Get(target)
		if err != nil {
			got <- err.Error()
			return
		}
		defer r.Body.Close()
		var b strings.Builder
		_, _ = bufio.NewReader(r.Body).WriteTo(&b)
		got <- b.String()
	}()
	<-res
	return got
}
