// Command whiteboard is a board on which everybody draws at the same time: many
// small events, to all the others.
package main

import (
	"embed"
	"flag"
	"fmt"
	"log"

	"github.com/tornadio/tornadio/examples/internal/site"
	"github.com/tornadio/tornadio/sio"
)

//go:embed page
var files embed.FS

// Painter is one client.
type Painter struct {
	sio.Socket
	board *Board
	by    int // this painter's number
}

// Part is a piece of a line as a page sends it, sixty times a second: what the
// pointer did since the one before.
type Part struct {
	Line   int   `json:"line"` // the page counts its lines
	Colour int   `json:"colour"`
	Width  int   `json:"width"`
	Points []int `json:"points"` // x, y, x, y, ... in ten-thousandths of the board
}

// ok is the server's judgement: what a client sends is kept and passed on.
func (p *Part) ok() bool {
	n := len(p.Points)
	for _, v := range p.Points {
		if v < -10_000 || v > 20_000 {
			return false
		}
	}
	return 0 < n && n <= 400 && n%2 == 0 && 0 <= p.Colour && p.Colour < 6 && 0 < p.Width && p.Width <= 40
}

// OnOpen shows the newcomer what is on the board.
func (p *Painter) OnOpen(*sio.Handshake) error {
	return p.board.enter(p)
}

// Draw is the event "draw".
func (p *Painter) Draw(part Part) {
	if part.ok() {
		p.board.draw(p, part)
	}
}

// At is the event "at": where the painter's pointer is. Only the latest counts,
// so it is not kept for who reads slowly: Volatile.
func (p *Painter) At(x, y int) { p.To("board").Volatile().Emit("at", p.by, x, y) }

// Clear is the event "clear".
func (p *Painter) Clear() { p.board.clear() }

// OnClose tells the others whose pointer to take away.
func (p *Painter) OnClose(sio.Reason) { p.board.leave(p) }

func newServer() *sio.Server {
	srv := sio.New(sio.Config{})
	board := &Board{lines: map[key]*Line{}}
	painters := sio.Of(srv, "/", func(p *Painter) { p.board = board })
	board.all = painters.To("board")
	sio.On(painters, "draw", (*Painter).Draw)
	sio.On2(painters, "at", (*Painter).At)
	sio.On0(painters, "clear", (*Painter).Clear)
	srv.Handle("/", site.New(files))
	return srv
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8001", "address to listen on")
	flag.Parse()
	srv := newServer()
	at, err := srv.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Socket.IO 4.x  http://%s/\nSocket.IO 0.9  http://%s/legacy\n", at, at)
	if err := srv.Run(); err != nil {
		log.Fatal(err)
	}
}
