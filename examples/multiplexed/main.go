// Command multiplexed has two namespaces on one connection: a chat, and a clock
// that tells the time to whoever asks for it.
package main

import (
	"embed"
	"flag"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/tornadio/tornadio/examples/internal/site"
	"github.com/tornadio/tornadio/sio"
)

//go:embed page
var files embed.FS

// Chat is a client in the namespace "/chat". A client that is in both
// namespaces has one connection and two objects, this one and a Clock; each is
// opened and closed by itself.
type Chat struct {
	sio.Socket
	name string
}

// OnOpen is called when the client joins "/chat".
func (c *Chat) OnOpen(*sio.Handshake) error {
	c.name = "Guest " + c.ID()[:4]
	return c.Join("talk")
}

// Say is the event "say".
func (c *Chat) Say(text string) {
	if text = strings.TrimSpace(text); text != "" && len(text) <= 1000 {
		c.Emit("said", "You", text)
		c.To("talk").Emit("said", c.name, text)
	}
}

// OnClose is called when the client leaves "/chat", or is gone altogether.
func (c *Chat) OnClose(sio.Reason) { c.To("talk").Emit("said", c.name, "left") }

// Clock is a client in the namespace "/clock".
type Clock struct {
	sio.Socket
	ticking *sio.Timer
}

// OnOpen tells the time four times a second, until the client leaves.
func (c *Clock) OnOpen(*sio.Handshake) error {
	c.ticking = c.Every(250*time.Millisecond, func() { c.Emit("time", time.Now().Format("15:04:05.0")) })
	return nil
}

// Hold is the event "hold": the answer is whether the clock stands still now.
func (c *Clock) Hold(still bool) bool {
	c.ticking.Stop()
	if !still {
		_ = c.OnOpen(nil)
	}
	return still
}

func newServer() *sio.Server {
	srv := sio.New(sio.Config{})
	chat := sio.Of[Chat](srv, "/chat", nil)
	sio.On(chat, "say", (*Chat).Say)
	clock := sio.Of[Clock](srv, "/clock", nil)
	sio.Answer(clock, "hold", (*Clock).Hold)
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
