package scenario

import (
	"fmt"

	"github.com/tornadio/tornadio/bench/internal/check"
	"github.com/tornadio/tornadio/bench/internal/client"
)

// rooms puts clients into rooms in which all talk, and all hear everyone,
// themselves too. Saturated, a client talks again when it hears itself.
type rooms struct {
	quiet
	streams [][]check.Stream // by receiver, then by the sender's place in the room
	sent    []int
	times   []ring
	in      []bool // who has joined its room
	joined  int
	started bool
	total   int // deliveries that are due
	got     int
	buf     []byte
}

func newRooms(r *Run) traffic {
	return &rooms{quiet: quiet{r}, streams: make([][]check.Stream, r.N), sent: make([]int, r.N), times: make([]ring, r.N), in: make([]bool, r.N)}
}

// members is the count of members of a client's room; the last may be smaller.
func (r *Run) members(i int) int { return min(r.Room, r.N-i/r.Room*r.Room) }

// OnReady joins the client's room.
func (s *rooms) OnReady(c *client.Client) {
	s.streams[c.Index] = make([]check.Stream, s.r.members(c.Index))
	c.Emit(0, "join", fmt.Appendf(nil, `"room%d"`, c.Index/s.r.Room))
}

// OnAck is the answer to the join.
func (s *rooms) OnAck(c *client.Client, id int, args []byte, _ [][]byte) {
	if s.join(c, id, args) {
		s.begin()
	}
}

func (s *rooms) join(c *client.Client, id int, args []byte) bool {
	if id != 0 || s.in[c.Index] {
		s.r.corrupt(c, fmt.Sprintf("the acknowledgement %d", id), args)
		return false
	}
	s.in[c.Index] = true
	s.joined++
	return true
}

func (s *rooms) start() {
	s.started = true
	s.begin()
}

func (s *rooms) begin() {
	if !s.started || s.joined != s.r.N {
		return
	}
	if s.r.Rate > 0 {
		s.r.pace(func(k int, due int64) { s.send(s.r.clients[k%s.r.N], due) })
		return
	}
	for _, c := range s.r.clients {
		for range s.r.Inflight {
			s.send(c, now())
		}
	}
}

func (s *rooms) send(c *client.Client, since int64) {
	i := c.Index
	s.times[i].put(s.sent[i], since)
	s.buf = s.r.msgs.Append(s.buf[:0], i, s.sent[i])
	c.Emit(-1, "talk", s.buf)
	s.sent[i]++
	s.total += s.r.members(i)
}

// OnEvent checks a delivery.
func (s *rooms) OnEvent(c *client.Client, name, args []byte, _ [][]byte) {
	from, seq, ok := s.r.msgs.Parse(args)
	if !ok || string(name) != "talk" || from >= s.r.N || from/s.r.Room != c.Index/s.r.Room || seq >= s.sent[from] {
		s.r.corrupt(c, string(name), args)
		return
	}
	if !s.r.see(&s.streams[c.Index][from%s.r.Room], seq, c, aMessage, from) {
		return
	}
	s.got++
	s.r.done(s.times[from].at(seq))
	if from == c.Index && s.r.Rate == 0 && !s.r.stopping {
		s.send(c, now())
	}
}

func (s *rooms) owed() int { return s.total - s.got + s.r.N - s.joined }

func (s *rooms) finish() {
	s.r.faults.Lost += s.r.N - s.joined
	for i := range s.streams {
		if !s.in[i] {
			s.r.tell("client %d never got the acknowledgement of its join", i)
		}
		for j := range s.streams[i] {
			from := i/s.r.Room*s.r.Room + j
			s.r.end(&s.streams[i][j], s.sent[from], i, aMessage, from)
		}
	}
}
