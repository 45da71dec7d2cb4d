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
	joined  int
	started bool
	total   int // deliveries that are due
	got     int
	buf     []byte
}

func newRooms(r *Run) traffic {
	return &rooms{quiet: quiet{r}, streams: make([][]check.Stream, r.N), sent: make([]int, r.N), times: make([]ring, r.N)}
}

// members is the count of members of a client's room; the last may be smaller.
func (r *Run) members(i int) int { return min(r.Room, r.N-i/r.Room*r.Room) }

// OnReady joins the client's room.
func (s *rooms) OnReady(c *client.Client) {
	s.streams[c.Index] = make([]check.Stream, s.r.members(c.Index))
	c.Emit(0, "join", fmt.Appendf(nil, `"room%d"`, c.Index/s.r.Room))
}

// OnAck is the answer to the join.
func (s *rooms) OnAck(*client.Client, int, []byte, [][]byte) {
	s.joined++
	s.begin()
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
		s.r.faults.Corrupt++
		return
	}
	if !s.streams[c.Index][from%s.r.Room].See(seq, &s.r.faults) {
		return
	}
	s.got++
	s.r.done(s.times[from].at(seq))
	if from == c.Index && s.r.Rate == 0 && !s.r.stopping {
		s.send(c, now())
	}
}

func (s *rooms) owed() int { return s.total - s.got }

func (s *rooms) finish() {
	for i := range s.streams {
		for j := range s.streams[i] {
			s.streams[i][j].End(s.sent[i/s.r.Room*s.r.Room+j], &s.r.faults)
		}
	}
}
