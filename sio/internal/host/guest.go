package host

import (
	"context"
	"fmt"
)

// Guest serves a transport that does not come over the host's own connections,
// in a package beside that most programs do not link.
type Guest interface {
	// Start begins to serve. The loops run.
	Start() error
	// Refuse lets no further session begin: a shutdown has begun.
	Refuse()
	// Drain waits until the sessions, which were told to close, have sent what
	// they had to say, and ends what the guest has opened. When ctx ends first
	// the rest is cut. The loops still run, if they ever did.
	Drain(ctx context.Context) error
}

// guests are a host's, guarded by its lock.
type guests struct {
	all    []Guest
	wanted map[string]string // by the Config, by transport; what to write for it
	served map[string]bool
}

// Expect says that the Config names a transport that a guest has to serve;
// remedy is what to write for that.
func (h *Host) Expect(transport, remedy string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.guests.wanted == nil {
		h.guests.wanted = make(map[string]string)
	}
	h.guests.wanted[transport] = remedy
}

// Join takes in the guest that serves a transport, and starts it with the
// loops, or now.
func (h *Host) Join(transport string, g Guest) error {
	if err := h.Err(); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.guests.wanted[transport]; !ok {
		return fmt.Errorf("%s: %q is not on: name it in Config.Transports, beside the others that shall be", h.name, transport)
	}
	if h.closing {
		return ErrServerClosed
	}
	if h.guests.served == nil {
		h.guests.served = make(map[string]bool)
	}
	if h.started {
		if err := g.Start(); err != nil {
			return err
		}
	}
	h.guests.served[transport] = true
	h.guests.all = append(h.guests.all, g)
	return nil
}

// missing is an error if a transport is on that nobody serves.
func (g *guests) missing(name string) error {
	for transport, remedy := range g.wanted {
		if !g.served[transport] {
			return fmt.Errorf("%s: Config.Transports has %q, which nothing serves: %s, or leave it out", name, transport, remedy)
		}
	}
	return nil
}

func (g *guests) start() error {
	for _, guest := range g.all {
		if err := guest.Start(); err != nil {
			return err
		}
	}
	return nil
}

// The packages whose servers are built on hosts say here how to find the host
// of a server, for packages beside them: a method of the server would be its
// user's too.
var finders []func(server any) *Host

// Find adds a way to find the host of a server. It is called by init functions.
func Find(f func(server any) *Host) { finders = append(finders, f) }

// Of is the host of a server, nil if it has none.
func Of(server any) *Host {
	for _, f := range finders {
		if h := f(server); h != nil {
			return h
		}
	}
	return nil
}
