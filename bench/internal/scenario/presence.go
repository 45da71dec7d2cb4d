package scenario

import (
	"fmt"

	"github.com/tornadio/tornadio/bench/internal/check"
	"github.com/tornadio/tornadio/bench/internal/client"
)

// presence: half of each room's members come and go, as those do who open and
// close a page, and everyone in the room is told, in order. A message with an
// even number is a coming, one with an odd number a going.
type presence struct {
	*rooms
	acks []check.Stream // by mover, of the answers to its moves
}

func newPresence(r *Run) traffic {
	return &presence{newRooms(r).(*rooms), make([]check.Stream, r.N)}
}

func (p *presence) start() {
	p.started = true
	p.begin()
}

// OnAck is the answer to the join, number 0, or to a coming or going.
func (p *presence) OnAck(c *client.Client, id int, args []byte, _ [][]byte) {
	if id == 0 {
		if p.rooms.join(c, id, args) {
			p.begin()
		}
		return
	}
	if id > p.sent[c.Index] {
		p.r.corrupt(c, fmt.Sprintf("the acknowledgement %d", id), args)
		return
	}
	if p.r.see(&p.acks[c.Index], id-1, c, anAnswer, c.Index) && p.r.Rate == 0 && !p.r.stopping {
		p.move(c, now())
	}
}

func (p *presence) begin() {
	if !p.started || p.joined != p.r.N {
		return
	}
	var movers []*client.Client
	for i, c := range p.r.clients {
		if i%2 == 1 {
			movers = append(movers, c)
		}
	}
	if p.r.Rate > 0 {
		p.r.pace(func(k int, due int64) { p.move(movers[k%len(movers)], due) })
		return
	}
	for _, c := range movers {
		p.move(c, now())
	}
}

var presenceNames = [2][2]string{{"enter", "entered"}, {"exit", "exited"}}

func (p *presence) move(c *client.Client, since int64) {
	i := c.Index
	seq := p.sent[i]
	p.times[i].put(seq, since)
	p.buf = p.r.msgs.Append(p.buf[:0], i, seq)
	p.sent[i]++
	p.total += p.r.members(i)
	c.Emit(p.sent[i], presenceNames[seq%2][0], p.buf)
}

// OnEvent checks what the room is told.
func (p *presence) OnEvent(c *client.Client, name, args []byte, _ [][]byte) {
	from, seq, ok := p.r.msgs.Parse(args)
	if !ok || from >= p.r.N || from/p.r.Room != c.Index/p.r.Room || seq >= p.sent[from] || string(name) != presenceNames[seq%2][1] {
		p.r.corrupt(c, string(name), args)
		return
	}
	if p.r.see(&p.streams[c.Index][from%p.r.Room], seq, c, aMessage, from) {
		p.got++
		p.r.done(p.times[from].at(seq))
	}
}

func (p *presence) owed() int {
	n := p.rooms.owed()
	for i := range p.acks {
		n += p.acks[i].Outstanding(p.sent[i])
	}
	return n
}

func (p *presence) finish() {
	p.rooms.finish()
	for i := range p.acks {
		p.r.end(&p.acks[i], p.sent[i], i, anAnswer, i)
	}
}
