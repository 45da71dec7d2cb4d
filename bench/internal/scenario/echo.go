package scenario

import (
	"bytes"

	"github.com/tornadio/tornadio/bench/internal/client"
)

// echo has every client send events that ask for an acknowledgement with the
// same argument. An acknowledgement's id is the message's number, and both come
// back in order.
type echo struct {
	quiet
	by  []echoer
	buf []byte
}

type echoer struct {
	sent, got int
	since     []int64 // of the messages that are on their way
}

func newEcho(r *Run) traffic { return &echo{quiet: quiet{r}, by: make([]echoer, r.N)} }

var placeholder = []byte(`{"_placeholder":true,"num":0}`)

func (e *echo) start() {
	if e.r.Rate > 0 {
		e.r.pace(func(k int, due int64) { e.send(e.r.clients[k%e.r.N], due) })
		return
	}
	for _, c := range e.r.clients {
		for range e.r.Inflight {
			e.send(c, now())
		}
	}
}

func (e *echo) send(c *client.Client, since int64) {
	s := &e.by[c.Index]
	s.since = append(s.since, since)
	if e.r.Binary {
		c.Emit(s.sent, "echoBinary", placeholder, e.r.msgs.Binary(c.Index, s.sent))
	} else {
		e.buf = e.r.msgs.Append(e.buf[:0], c.Index, s.sent)
		c.Emit(s.sent, "echo", e.buf)
	}
	s.sent++
}

// OnAck checks an answer.
func (e *echo) OnAck(c *client.Client, id int, args []byte, bin [][]byte) {
	s := &e.by[c.Index]
	f := &e.r.faults
	switch {
	case id < s.got:
		f.Doubled++
		return
	case id >= s.sent:
		f.Corrupt++
		return
	case id > s.got:
		f.Reordered++
		return
	case !e.intact(c.Index, id, args, bin):
		f.Corrupt++
	}
	s.got++
	since := s.since[0]
	if s.since = s.since[1:]; len(s.since) == 0 {
		s.since = s.since[:0:cap(s.since)]
	}
	e.r.done(since)
	if e.r.Rate == 0 && !e.r.stopping {
		e.send(c, now())
	}
}

func (e *echo) intact(from, seq int, args []byte, bin [][]byte) bool {
	if e.r.Binary {
		return len(bin) == 1 && bytes.Equal(bin[0], e.r.msgs.Binary(from, seq))
	}
	f, s, ok := e.r.msgs.Parse(args)
	return ok && f == from && s == seq
}

func (e *echo) owed() int {
	n := 0
	for i := range e.by {
		n += e.by[i].sent - e.by[i].got
	}
	return n
}

func (e *echo) finish() { e.r.faults.Lost += e.owed() }
