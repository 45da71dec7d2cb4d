package scenario

import (
	"github.com/tornadio/tornadio/bench/internal/client"
)

// connect has clients come, join, send one event and go when it is answered.
// In a closed loop N of them are at it all the time; a storm is all N at once,
// again when the last has gone; paced, Rate of them come a second.
type connect struct {
	quiet
	count int // clients so far, for their numbers
	open  map[*client.Client]int64
	buf   []byte
}

func newConnect(r *Run) traffic {
	return &connect{quiet: quiet{r}, open: map[*client.Client]int64{}}
}

func (s *connect) start() {
	if s.r.Rate > 0 {
		s.r.pace(func(_ int, due int64) { s.come(due) })
		return
	}
	for range s.r.N {
		s.come(now())
	}
}

// sources is how many source addresses take turns, so that ports that rest
// after a connection (TIME_WAIT) do not run out.
const sources = 100

func (s *connect) come(since int64) {
	i := s.count
	s.count++
	c, err := client.Dial(s.r.loop, s.r.opts[i%len(s.r.opts)], s.r.source(i%sources*perSource), i, s.r)
	if err != nil {
		s.r.tell("client %d: %v", i, err)
		return
	}
	s.open[c] = since
}

// OnReady sends the first event.
func (s *connect) OnReady(c *client.Client) {
	s.buf = s.r.msgs.Append(s.buf[:0], c.Index, 0)
	c.Emit(0, "echo", s.buf)
}

// OnAck checks its answer, and lets the next come.
func (s *connect) OnAck(c *client.Client, id int, args []byte, _ [][]byte) {
	from, seq, ok := s.r.msgs.Parse(args)
	if !ok || from != c.Index || seq != 0 || id != 0 {
		s.r.corrupt(c, "an acknowledgement", args)
		return
	}
	s.r.done(s.open[c])
	delete(s.open, c)
	c.Close()
	switch {
	case s.r.Rate > 0 || s.r.stopping:
	case !s.r.Storm:
		s.come(now())
	case len(s.open) == 0:
		s.start()
	}
}

func (s *connect) owed() int { return len(s.open) }

func (s *connect) finish() {
	s.r.faults.Lost += len(s.open)
	for c := range s.open {
		s.r.tell("client %d never got its answer (joined: %v)", c.Index, c.Ready())
		c.Close()
	}
}
