package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"

	"github.com/tornadio/tornadio/bench/internal/proc"
)

// Main is the program. It returns the exit code: 0, 1 if something failed, 2
// for a command line that can't be understood.
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
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
	if err := runSession(ctx, set, args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func runSession(ctx context.Context, set *settings, args []string) error {
	s, err := newSession(ctx, set, os.Stdout)
	if err != nil {
		return err
	}
	defer os.RemoveAll(s.tmp)
	s.file.Command = "go run -C bench ."
	for _, a := range args {
		if filepath.IsAbs(a) {
			a = filepath.Base(a) // where it lies here says nothing to a reader
		}
		s.file.Command += " " + a
	}
	proc.RaiseFiles()
	if err := s.prepare(); err != nil {
		return err
	}
	if err := s.pin(); err != nil {
		return err
	}
	// The tool's own collections must not be taken for the server's latency.
	debug.SetGCPercent(800)
	return errors.Join(s.run(), s.write())
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
