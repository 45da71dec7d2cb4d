package main

import (
	"sync"

	"github.com/tornadio/tornadio/sio"
)

// maxPoints is how many numbers the board remembers. Past it the oldest lines
// are forgotten: newcomers do not see them.
const maxPoints = 200_000

// Board is what the painters share. They live on several loops, so it has a
// lock; what happens on the board is sent under it, so that newcomers get each
// line whole, either with the board or after it.
type Board struct {
	all sio.Target

	mu     sync.Mutex
	last   int // painter's number
	here   int
	lines  map[key]*Line
	order  []key
	points int
}

type key struct{ by, line int }

// Line is a Part with the painter it is from.
type Line struct {
	By int `json:"by"`
	Part
}

func (b *Board) enter(p *Painter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	b.here++
	p.by = b.last
	for _, k := range b.order {
		p.Emit("draw", b.lines[k])
	}
	err := p.Join("board")
	b.all.Emit("here", b.here)
	return err
}

func (b *Board) leave(p *Painter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.here--
	b.all.Emit("here", b.here)
	b.all.Emit("gone", p.by)
}

func (b *Board) draw(p *Painter, part Part) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := key{p.by, part.Line}
	line := b.lines[k]
	if line == nil {
		line = &Line{p.by, Part{Line: part.Line, Colour: part.Colour, Width: part.Width}}
		b.lines[k] = line
		b.order = append(b.order, k)
	}
	line.Points = append(line.Points, part.Points...)
	b.points += len(part.Points)
	for b.points > maxPoints {
		b.points -= len(b.lines[b.order[0]].Points)
		delete(b.lines, b.order[0])
		b.order = b.order[1:]
	}
	p.To("board").Emit("draw", Line{p.by, part}) // encoded once for all
}

func (b *Board) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines, b.order, b.points = map[key]*Line{}, nil, 0
	b.all.Emit("cleared")
}
