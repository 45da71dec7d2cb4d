// Command engine counts who is there and passes on what they type, over
// Engine.IO alone: no events, no rooms, only text in both directions.
package main

import (
	"embed"
	"flag"
	"fmt"
	"log"

	"github.com/tornadio/tornadio/examples/internal/site"
	"github.com/tornadio/tornadio/sio/engine"
)

//go:embed page
var files embed.FS

// Guest is a connection, with its name beside it.
type Guest struct {
	engine.Socket
	name string
}

// OnOpen refuses guests without a name: they read why.
func (g *Guest) OnOpen(h *engine.Handshake) error {
	if g.name = h.Query("name"); g.name == "" {
		return fmt.Errorf("a name is missing: /engine.io/?name=")
	}
	g.tell("%s has come, %d here", g.name, g.Server().Len())
	return nil
}

// OnMessage passes a text on to everyone, and sends data back.
func (g *Guest) OnMessage(m engine.Message) {
	if !m.IsText() {
		_ = g.SendBinary(m.Raw())
		return
	}
	g.tell("%s: %s", g.name, m.Text())
}

// OnClose tells the others.
func (g *Guest) OnClose(why engine.Reason) {
	g.tell("%s has left (%v), %d here", g.name, why, g.Server().Len())
}

func (g *Guest) tell(format string, args ...any) {
	_ = g.Server().Send(fmt.Sprintf(format, args...)) // encoded once, for all
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8001", "address to listen on")
	flag.Parse()
	srv := engine.New(engine.Config{})
	engine.Accept[Guest](srv, nil)
	pages := site.New(files)
	pages.Page("/{$}", "index.html", nil)
	srv.Handle("/", pages)
	at, err := srv.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/\n", at)
	if err := srv.Run(); err != nil { // until it is interrupted
		log.Fatal(err)
	}
}
