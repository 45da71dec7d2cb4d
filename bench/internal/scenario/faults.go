package scenario

import (
	"fmt"

	"github.com/tornadio/tornadio/bench/internal/check"
	"github.com/tornadio/tornadio/bench/internal/client"
)

// The first fault of a run ends it, and is told with where it was; what comes
// of it is only counted.

func (r *Run) tell(format string, args ...any) {
	if r.note == "" {
		r.note = fmt.Sprintf(format, args...)
	}
}

// corrupt counts what a client got and nobody sent to it.
func (r *Run) corrupt(c *client.Client, what string, b []byte) {
	r.faults.Corrupt++
	r.tell("client %d got %s %.100q, which is not what was sent", c.Index, what, b)
}

// see takes message seq of a sender's stream, and reports whether it is new.
func (r *Run) see(s *check.Stream, seq int, c *client.Client, what string, from int) bool {
	before := r.faults
	fresh := s.See(seq, &r.faults)
	switch {
	case r.faults == before:
	case fresh:
		r.tell("client %d got %s %d of client %d behind a later one", c.Index, what, seq, from)
	default:
		r.tell("client %d got %s %d of client %d twice", c.Index, what, seq, from)
	}
	return fresh
}

// end counts what of a sender's stream never came to a receiver.
func (r *Run) end(s *check.Stream, sent, receiver int, what string, from int) {
	if seq := s.Missing(sent); seq >= 0 {
		r.tell("client %d never got %s %d of client %d", receiver, what, seq, from)
	}
	s.End(sent, &r.faults)
}

// What streams carry.
const (
	aMessage = "message"
	anAnswer = "the answer to message"
)

// OnDown is what every scenario does when a connection ends: it fails the run.
func (r *Run) OnDown(c *client.Client, err error) {
	r.faults.Down++
	if r.cause == nil {
		r.cause = err
	}
	r.tell("client %d: %v", c.Index, err)
}
