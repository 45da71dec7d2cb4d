package sio

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Run is a whole program's main: it listens on TCP addresses (beside those of
// [Server.Listen] and [Server.ListenTLS] before), serves, and shuts
// down when the process is told to end (SIGINT or SIGTERM; a second one ends it
// at once). Clients get up to Config.ShutdownTimeout to take what is queued for
// them. It returns nil after a shutdown, else what went wrong.
func (s *Server) Run(addrs ...string) error {
	for _, addr := range addrs {
		if _, err := s.Listen("tcp", addr); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- s.Wait() }()
	select {
	case err := <-ended:
		if errors.Is(err, ErrServerClosed) {
			return nil
		}
		return err
	case <-ctx.Done():
		stop() // from now on a signal has its usual effect
		return s.shutdownWithin(s.cfg.ShutdownTimeout)
	}
}

func (s *Server) shutdownWithin(d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
