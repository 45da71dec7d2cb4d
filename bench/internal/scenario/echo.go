package scenario

import (
	"bytes"
	"fmt"

	"github.com/tornadio/tornadio/bench/internal/check"
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
	sent   int
	stream check.Stream
	first  int     // the number of the oldest in since
	since  []int64 // of the messages from there on, 0 once answered
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
	if id < 0 || id >= s.sent || !e.intact(c.Index, id, args, bin) {
		e.r.corrupt(c, fmt.Sprintf("the acknowledgement %d", id), args)
		return
	}
	if !e.r.see(&s.stream, id, c, anAnswer, c.Index) {
		return
	}
	e.r.done(s.take(id))
	if e.r.Rate == 0 && !e.r.stopping {
		e.send(c, now())
	}
}

// take returns when message id was sent, and forgets it.
func (s *echoer) take(id int) int64 {
	since := s.since[id-s.first]
	s.since[id-s.first] = 0
	for len(s.since) > 0 && s.since[0] == 0 {
		s.since = s.since[1:]
		s.first++
	}
	if len(s.since) == 0 {
		s.since = s.since[:0:cap(s.since)]
	}
	return since
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
		n += e.by[i].stream.Outstanding(e.by[i].sent)
	}
	return n
}

func (e *echo) finish() {
	for i := range e.by {
		e.r.end(&e.by[i].stream, e.by[i].sent, i, anAnswer, i)
	}
}
