package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/loop"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// probeTime bounds the attempt with one protocol.
const probeTime = 5 * time.Second

// Probe finds the newest protocol in which one client can join by the transport
// of o.
func Probe(ctx context.Context, t Target, o Options) (wire.Proto, error) {
	errs := []error{errors.New("no client of any generation could join (is -path right?)")}
	for _, p := range []wire.Proto{wire.EIO4, wire.EIO3, wire.Rev1} {
		if o.Proto = p; !o.Transport.Of(p) {
			continue
		}
		err := probe(ctx, t, o)
		switch {
		case err == nil || ctx.Err() != nil:
			return p, ctx.Err()
		case errors.Is(err, unix.ECONNREFUSED):
			return 0, err
		}
		errs = append(errs, fmt.Errorf("  %v: %w", p, err))
	}
	return 0, errors.Join(errs...)
}

func probe(ctx context.Context, t Target, o Options) error {
	l, err := loop.New()
	if err != nil {
		return err
	}
	defer l.Close()
	r := &Run{Options: o, target: t, ctx: ctx, loop: l}
	r.traffic = &quiet{r}
	c, err := client.Dial(l, r.clientOptions(o), r.source(0), 0, r)
	if err != nil {
		return err
	}
	defer c.Close()
	joined, err := l.Run(time.Now().Add(probeTime), func() bool { return r.ready > 0 || r.over() })
	switch {
	case err != nil:
		return err
	case r.cause != nil:
		return r.cause
	case !joined:
		return fmt.Errorf("no answer in %v", probeTime)
	}
	return nil
}
