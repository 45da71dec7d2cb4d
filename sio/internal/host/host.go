package host

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/web"
)

// ErrServerClosed is what the listening calls return after Shutdown.
var ErrServerClosed = http.ErrServerClosed

// Host is a server around its protocol. Its methods are safe from any
// goroutine. One that was not given a reactor only says what is wrong with it.
type Host struct {
	name string // of the package whose server it is: "sio"
	log  *slog.Logger
	mux  *http.ServeMux

	group    *ioloop.Group
	front    *web.Front
	managers []*session.Manager
	hooks    Hooks

	fault atomic.Pointer[error]

	mu       sync.Mutex
	mistakes []error
	started  bool
	closing  bool
	guests   guests
	closed   chan struct{} // when Shutdown has ended
}

// New makes a host for a server of the package with this name, which lies
// beside or above this one.
func New(name string, log *slog.Logger) *Host {
	return &Host{name: name, log: log, mux: http.NewServeMux(), closed: make(chan struct{})}
}

// Use gives the host what it runs.
func (h *Host) Use(group *ioloop.Group, front *web.Front, managers []*session.Manager, hooks Hooks) {
	h.group, h.front, h.managers, h.hooks = group, front, managers, hooks
}

// Group is the reactor, nil if the Config was wrong.
func (h *Host) Group() *ioloop.Group { return h.group }

// Front is the HTTP side.
func (h *Host) Front() *web.Front { return h.front }

// Mux has the ordinary routes.
func (h *Host) Mux() *http.ServeMux { return h.mux }

// Broken records an error that keeps the server from being made.
func (h *Host) Broken(err error) {
	h.log.Error(err.Error())
	h.mu.Lock()
	h.mistakes = append(h.mistakes, err)
	h.mu.Unlock()
}

// Mistake records what a user of the package did wrong, and says so at once.
func (h *Host) Mistake(format string, args ...any) {
	err := fmt.Errorf(h.name+": "+format, args...)
	where := h.caller()
	h.log.Error(err.Error(), "at", where)
	h.mu.Lock()
	h.mistakes = append(h.mistakes, fmt.Errorf("%w (at %s)", err, where))
	h.mu.Unlock()
}

// Fault records something beside the user's calls that keeps the server from
// listening. The first one counts: there may be many, at the peers' will.
func (h *Host) Fault(err error) {
	h.log.Error(err.Error())
	h.fault.CompareAndSwap(nil, &err)
}

// caller is the place outside the server's package that called into it.
func (h *Host) caller() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if !h.inside(f.Function) || !more {
			return fmt.Sprintf("%s:%d", f.File, f.Line)
		}
	}
}

const root = "github.com/tornadio/tornadio/"

// inside reports whether a function belongs to this package or the server's.
func (h *Host) inside(function string) bool {
	path, ok := strings.CutPrefix(function, root)
	if !ok {
		return false
	}
	path = path[strings.LastIndexByte(path, '/')+1:]
	return strings.HasPrefix(path, h.name+".") || strings.HasPrefix(path, "host.")
}

// Err reports what was wrong with the Config or the calls so far.
func (h *Host) Err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := errors.Join(h.mistakes...)
	if f := h.fault.Load(); f != nil {
		err = errors.Join(err, *f)
	}
	return err
}

// Handle registers an ordinary HTTP handler, as http.ServeMux does.
func (h *Host) Handle(pattern string, handler http.Handler) {
	defer func() {
		if v := recover(); v != nil {
			h.Mistake("Handle(%q): %v", pattern, v)
		}
	}()
	h.mux.Handle(pattern, handler)
}

// HandleFunc is Handle for a function.
func (h *Host) HandleFunc(pattern string, f func(http.ResponseWriter, *http.Request)) {
	if f == nil {
		h.Mistake("HandleFunc(%q): the handler is nil", pattern)
		return
	}
	h.Handle(pattern, http.HandlerFunc(f))
}

// Listen begins to listen, at once if the server has started.
func (h *Host) Listen(network, addr string) (net.Addr, error) {
	if err := h.Err(); err != nil {
		return nil, err
	}
	return h.group.Listen(network, addr, h.front.Accept)
}

// Start runs the loops. It returns once they run.
func (h *Host) Start() error {
	if err := h.Err(); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing {
		return ErrServerClosed
	}
	if h.started {
		return nil
	}
	if f := h.hooks.Starting; f != nil {
		if err := f(); err != nil {
			return err
		}
	}
	if err := h.guests.missing(h.name); err != nil {
		return err
	}
	h.started = true
	if err := h.group.Start(); err != nil {
		return err
	}
	return h.guests.start()
}

// Started reports whether the loops have begun to run.
func (h *Host) Started() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.started
}

// ListenAndServe listens on a TCP address and serves until Shutdown.
func (h *Host) ListenAndServe(addr string) error {
	if _, err := h.Listen("tcp", addr); err != nil {
		return err
	}
	return h.Wait()
}

// Serve serves connections that the listeners accept, until Shutdown.
func (h *Host) Serve(listeners ...net.Listener) error {
	if err := h.Err(); err != nil {
		return err
	}
	for _, ln := range listeners {
		if err := h.group.ListenOn(ln, h.front.Accept); err != nil {
			return err
		}
	}
	return h.Wait()
}

// Wait starts the server if need be, and waits for its end.
func (h *Host) Wait() error {
	if err := h.Start(); err != nil {
		return err
	}
	<-h.group.Done()
	h.mu.Lock()
	closing := h.closing
	h.mu.Unlock()
	if closing {
		<-h.closed
		return ErrServerClosed
	}
	return h.group.Err()
}
