package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tornadio/tornadio/bench/internal/liar"
	"github.com/tornadio/tornadio/bench/internal/report"
)

// against runs the tool against a server that runs already.
func against(ctx context.Context, t *testing.T, addr fmt.Stringer, line string) (code int, text string) {
	t.Helper()
	args := append(strings.Fields("-client-cpus none -warm 0 -n 6 -url http://"+addr.String()), strings.Fields(line)...)
	var out bytes.Buffer
	set, err := parse(args, &out)
	if err != nil {
		t.Fatal(err)
	}
	set.options.Patience = 300 * time.Millisecond
	if err = runSession(ctx, set, args, t.TempDir(), &out); err != nil {
		fmt.Fprintln(&out, err)
	}
	return exitCode(err), out.String()
}

// TestBrokenServers: a user whose server is at fault reads how, and a script
// sees it in the exit code.
func TestBrokenServers(t *testing.T) {
	for _, c := range []struct {
		lie, line, say string
		code           int
	}{
		{"", "", "p50", 0},
		{"lose", "-rate 500", "never got the answer to message", exitFailed},
		{"double", "", "twice (1 doubled", exitFailed},
		{"swap", "-rate 500", "behind a later one (1 reordered", exitFailed},
		{"corrupt", "-scenario rooms", "which is not what was sent (1 corrupt)", exitFailed},
		{"break", "", "(1 connections down)", exitFailed},
		{"stall", "-rate 500", "p50", 0},
		{"503", "-proto eio4", "status 503", exitFailed},
		{"503", "", "no client of any generation could join", exitFailed},
		{"redirect", "", "status 302", exitFailed},
		{"refuse", "-proto eio4", "not you", exitFailed},
		{"close", "-proto eio4", "ended the connection", exitFailed},
	} {
		t.Run(c.lie+c.line, func(t *testing.T) {
			addr := (&liar.Liar{Lie: c.lie, Nth: 20, Stall: 100 * time.Millisecond}).Start(t)
			code, text := against(context.Background(), t, addr, "-secs 0.7 "+c.line)
			if code != c.code || !strings.Contains(text, c.say) {
				t.Errorf("code %d\n%s", code, text)
			}
		})
	}
}

func TestNoServer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = ln.Close()
	code, text := against(context.Background(), t, ln.Addr(), "-secs 0.3")
	if code != exitFailed || strings.Count(text, "connection refused") != 1 {
		t.Errorf("code %d\n%s", code, text)
	}
}

// ending is a report's writer that ends the run once a text was written.
type ending struct {
	bytes.Buffer
	at     string
	cancel context.CancelFunc
}

func (e *ending) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(e.at)) {
		e.cancel()
	}
	return e.Buffer.Write(b)
}

// TestInterruptedEarly: one who ends it before the first run gets no table.
func TestInterruptedEarly(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	out := &ending{at: "building", cancel: cancel}
	set, err := parse([]string{"-client-cpus", "none"}, out)
	if err != nil {
		t.Fatal(err)
	}
	err = runSession(ctx, set, nil, t.TempDir(), out)
	if !errors.Is(err, errInterrupted) || exitCode(err) != exitInterrupted || strings.Contains(out.String(), "p50") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestInterrupted: later ones get what there is: the runs before, and the part
// of the one that was ended.
func TestInterrupted(t *testing.T) {
	addr := (&liar.Liar{}).Start(t)
	ctx, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond)
	defer cancel()
	path := filepath.Join(t.TempDir(), "out.json")
	code, text := against(ctx, t, addr, "-scenario echo,rooms -secs 3600 -json "+path)
	if code != exitInterrupted || !strings.Contains(text, "s of measuring") || !strings.Contains(text, "1 of 2 runs") {
		t.Errorf("code %d\n%s", code, text)
	}
	f, err := report.Read(path)
	if err != nil || len(f.Results) != 1 || !f.Results[0].Interrupted || f.Results[0].Ops == 0 {
		t.Errorf("%+v %v", f, err)
	}
}

// TestSignals: the first ends the context, the second all.
func TestSignals(t *testing.T) {
	ended := make(chan struct{})
	ctx, stop := interruptible(io.Discard, func() { close(ended) })
	defer stop()
	for _, then := range []<-chan struct{}{ctx.Done(), ended} {
		if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		<-then
	}
}
