package ioloop

import (
	"fmt"
	"log/slog"
	"runtime"
	"time"
)

// Config sets up a Group. The zero value works. It is copied when the group is
// made.
type Config struct {
	// Loops is how many loops run. 0: runtime.GOMAXPROCS(0).
	Loops int

	// MaxConns bounds the open connections of the group; one more is closed as
	// soon as it is accepted. 0: what the limit of open files allows, less a
	// reserve for everything else in the process that opens files.
	MaxConns int

	// Logger gets what goes wrong here. nil: slog.Default().
	Logger *slog.Logger

	// OnPanic is told, on the loop, of a panic in a callback, after it was
	// recovered and logged with its stack. May be nil.
	OnPanic func(Panic)

	// SlowCallback is how long one callback may run before it is reported: a
	// loop that is busy in one callback serves nobody else. 0: 250 ms;
	// negative: no watchdog.
	SlowCallback time.Duration

	// OnSlow is told of such a callback while it still runs, from the
	// watchdog's goroutine: the loop's index, the name last given to
	// Loop.SetName, and for how long it has run so far. It is logged as well.
	// May be nil.
	OnSlow func(loop int, name string, d time.Duration)

	// CloseTimeout bounds how long Conn.Close waits for queued bytes to leave,
	// and how long Conn.CloseLinger waits for the peer to close. 0: 5 s. A big
	// backlog gets more: a second for each 64 KiB queued when Close is called,
	// so that a long answer on a slow line is not cut, and a peer which reads
	// nothing still costs a bounded time.
	CloseTimeout time.Duration

	// KeepAlive is the idle time of a TCP connection before the kernel probes
	// the peer. 0: 15 s; negative: no probes. The kernel counts in seconds.
	KeepAlive time.Duration

	// MaxHandshakes is how many TLS handshakes are under way at most, each in a
	// goroutine. Those above it wait in line, without one, for as long as
	// HandshakeTimeout lets them. Only half of the processors compute for
	// handshakes, however many there are, so that the loops have the others. 0:
	// 1000.
	MaxHandshakes int

	// HandshakeTimeout is how long a TLS handshake may take, from accept on and
	// with the time in line; after it the connection is reset. 0: 10 s.
	HandshakeTimeout time.Duration

	// TaskBudget is how many posted tasks a loop runs before input gets its
	// turn again. 0: 256.
	TaskBudget int
}

const maxLoops = 1024 // more loops than any machine has cores is a mistake

func (c Config) validate() error {
	switch {
	case c.Loops < 0 || c.Loops > maxLoops:
		return fmt.Errorf("ioloop: Config.Loops is %d; want 1 to %d, or 0 for one a CPU", c.Loops, maxLoops)
	case c.MaxConns < 0:
		return fmt.Errorf("ioloop: Config.MaxConns is %d; want a positive bound, or 0 for what the limit of open files allows", c.MaxConns)
	case c.CloseTimeout < 0:
		return fmt.Errorf("ioloop: Config.CloseTimeout is %v; want a positive duration, or 0 for 5s", c.CloseTimeout)
	case c.KeepAlive > 0 && c.KeepAlive < time.Second:
		return fmt.Errorf("ioloop: Config.KeepAlive is %v; want a second or more, 0 for 15s, or a negative value for none", c.KeepAlive)
	case c.MaxHandshakes < 0:
		return fmt.Errorf("ioloop: Config.MaxHandshakes is %d; want a positive bound, or 0 for 1000", c.MaxHandshakes)
	case c.HandshakeTimeout < 0:
		return fmt.Errorf("ioloop: Config.HandshakeTimeout is %v; want a positive duration, or 0 for 10s", c.HandshakeTimeout)
	case c.TaskBudget < 0:
		return fmt.Errorf("ioloop: Config.TaskBudget is %d; want a positive count, or 0 for 256", c.TaskBudget)
	}
	return nil
}

// withDefaults gives c with its zero fields filled in, but for MaxConns, which
// is the backend's to know.
func (c Config) withDefaults() Config {
	if c.Loops == 0 {
		c.Loops = min(runtime.GOMAXPROCS(0), maxLoops)
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.SlowCallback == 0 {
		c.SlowCallback = 250 * time.Millisecond
	}
	if c.CloseTimeout == 0 {
		c.CloseTimeout = 5 * time.Second
	}
	if c.KeepAlive == 0 {
		c.KeepAlive = 15 * time.Second
	}
	if c.MaxHandshakes == 0 {
		c.MaxHandshakes = 1000
	}
	if c.HandshakeTimeout == 0 {
		c.HandshakeTimeout = 10 * time.Second
	}
	if c.TaskBudget == 0 {
		c.TaskBudget = 256
	}
	return c
}
