package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
)

// The exit codes.
const (
	exitFailed      = 1   // a run, or something of the tool
	exitUsage       = 2   // a command line that can't be
	exitInterrupted = 130 // as of a program that SIGINT has ended
)

// Main is the program. It returns the exit code.
func Main(args []string) int {
	if len(args) > 0 && args[0] == "compare" {
		return compareMain(args[1:])
	}
	if len(args) > 0 && args[0] == "simulate" {
		return simulateMain(args[1:])
	}
	set, err := parse(args, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitUsage
	}
	tmp, err := os.MkdirTemp("", "bench")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	defer os.RemoveAll(tmp)
	ctx, stop := interruptible(os.Stderr, func() {
		_ = os.RemoveAll(tmp)
		os.Exit(exitInterrupted) // peers end with their standard input
	})
	defer stop()
	if err = runSession(ctx, set, args, tmp, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return exitCode(err)
}

func exitCode(err error) int {
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	}
	return exitFailed
}

// interruptible is a context that ends with the first signal; the second calls
// now.
func interruptible(out io.Writer, now func()) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			case <-signals:
			}
			if n > 0 {
				now()
				return
			}
			fmt.Fprintln(out, "\ninterrupted: what there is is reported; once more ends it at once")
			cancel()
		}
	}()
	return ctx, func() { signal.Stop(signals); close(done); cancel() }
}

func runSession(ctx context.Context, set *settings, args []string, tmp string, out io.Writer) error {
	s, err := newSession(ctx, set, tmp, out)
	if err != nil {
		return err
	}
	s.file.Command = "go run -C bench ."
	for _, a := range args {
		if filepath.IsAbs(a) {
			a = filepath.Base(a) // where it lies here says nothing to a reader
		}
		s.file.Command += " " + a
	}
	if err := s.feasible(); err != nil {
		return usageError{err}
	}
	if err := s.prepare(); err != nil {
		return err
	}
	if err := s.pin(); err != nil {
		return err
	}
	// The tool's own collections must not be taken for the server's latency.
	debug.SetGCPercent(800)
	s.run()
	return s.write()
}

// benchDir is the folder with the peers: where `go run -C bench .` runs, or
// below.
func benchDir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		for _, try := range []string{at, filepath.Join(at, "bench")} {
			if _, err := os.Stat(filepath.Join(try, "peers", "ours", "main.go")); err == nil {
				return try, nil
			}
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("there are no peers in %s or above: run it by `go run -C bench .`", dir)
		}
	}
}
