package host

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tornadio/tornadio/sio/internal/session"
)

// Hooks are what the server of a host does besides. Each may be nil.
type Hooks struct {
	Starting func() error                // before the loops run
	Draining func(context.Context) error // in a shutdown, while they still run
	Stopped  func() error                // once they have ended
}

// Shutdown stops listening, closes the sessions in the words of their protocol,
// flushes what is queued for them, waits for ordinary requests and for what
// Hooks.Draining waits for, and returns when all is closed. When ctx ends first
// what is left is cut, and ctx's error returned.
func (h *Host) Shutdown(ctx context.Context) error {
	if h.group == nil {
		return nil
	}
	h.mu.Lock()
	again := h.closing
	h.closing = true
	all := h.guests.all
	h.mu.Unlock()
	if again {
		select {
		case <-h.closed:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer close(h.closed)
	err := h.group.StopListening()
	for _, g := range all {
		g.Refuse()
	}
	for _, m := range h.managers {
		_ = m.Loop().Post(func() { m.All(func(s *session.Session) { s.Close(session.ShuttingDown) }) })
	}
	err = errors.Join(err, h.front.CloseHandlers(ctx))
	if f := h.hooks.Draining; f != nil {
		err = errors.Join(err, f(ctx))
	}
	for _, g := range all {
		err = errors.Join(err, g.Drain(ctx))
	}
	err = errors.Join(err, h.group.Stop(ctx))
	if f := h.hooks.Stopped; f != nil {
		err = errors.Join(err, f())
	}
	return err
}

// Run is a whole program's main: it listens on TCP addresses, serves, and shuts
// down within d when the process is told to end (SIGINT or SIGTERM; a second
// one ends it at once). It returns nil after a shutdown, else what went wrong.
func (h *Host) Run(d time.Duration, addrs ...string) error {
	for _, addr := range addrs {
		if _, err := h.Listen("tcp", addr); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- h.Wait() }()
	select {
	case err := <-ended:
		if errors.Is(err, ErrServerClosed) {
			return nil
		}
		return err
	case <-ctx.Done():
		stop() // from now on a signal has its usual effect
		return h.shutdownWithin(d)
	}
}

func (h *Host) shutdownWithin(d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	if err := h.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
