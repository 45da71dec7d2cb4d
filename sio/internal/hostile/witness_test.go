package hostile

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// witness is a well-behaved client that is connected while others misbehave,
// and asks for an echo every few milliseconds.
type witness struct {
	*socket
	form   string // of the event, with %d for the number
	beat   [2]string
	stop   chan struct{}
	done   chan struct{}
	echoes atomic.Int64
	err    error
}

// slowest is how long an echo may take while another client misbehaves. It is
// generous because the machine is shared; an event loop that is held up for as
// long fails it.
const slowest = 3 * time.Second

// watched runs f while a client of each generation is connected, and fails if
// one of them noticed.
func (g *rig) watched(f func()) {
	g.t.Helper()
	ws := []*witness{
		{socket: g.modern("witness"), form: `42["echo",%d]`, beat: [2]string{"2", "3"}},
		{socket: g.legacy("witness"), form: `5:::{"name":"echo","args":[%d]}`, beat: [2]string{"2::", "2::"}},
	}
	for _, w := range ws {
		w.stop, w.done = make(chan struct{}), make(chan struct{})
		go w.run()
	}
	defer func() {
		for _, w := range ws {
			close(w.stop)
			<-w.done
			if w.err != nil {
				g.t.Errorf("a well-behaved client noticed: %v", w.err)
			}
			_ = w.Close()
		}
	}()
	f()
	for _, w := range ws { // and life goes on afterwards
		n := w.echoes.Load()
		eventually(g.t, "an echo after the attack", func() bool {
			return w.echoes.Load() > n+1 || w.isDone()
		})
	}
}

func (w *witness) isDone() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

func (w *witness) run() {
	defer close(w.done)
	rest := time.NewTicker(5 * time.Millisecond)
	defer rest.Stop()
	for n := 1; w.err == nil; n++ {
		w.err = w.echo(fmt.Sprintf(w.form, n))
		w.echoes.Add(1)
		select {
		case <-w.stop:
			return
		case <-rest.C:
		}
	}
}

func (w *witness) echo(text string) error {
	begin := time.Now()
	_ = w.SetDeadline(begin.Add(slowest))
	if _, err := w.Write(frame(wsproto.OpText, true, text)); err != nil {
		return err
	}
	for {
		op, got, err := w.tryNext()
		switch {
		case err != nil:
			return fmt.Errorf("after %v: %w", time.Since(begin), err)
		case got == w.beat[0]:
			if _, err := w.Write(frame(wsproto.OpText, true, w.beat[1])); err != nil {
				return err
			}
		case op == wsproto.OpText && got == text:
			return nil
		default:
			return fmt.Errorf("got %.100q for %q", got, text)
		}
	}
}
