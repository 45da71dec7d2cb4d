// Command tornadio is a chat of TornadIO 1, which knew no events, written with
// sio.
package main

import (
	"log"

	"github.com/tornadio/tornadio/sio"
)

type Chat struct {
	sio.Socket
	nick string
}

func (c *Chat) OnMessage(m sio.Message) {
	var in struct{ Join, Text string }
	if err := m.Decode(&in); err != nil {
		return // not the JSON that we speak
	}
	if in.Join != "" {
		c.nick = in.Join
		c.Send(map[string]string{"text": "Welcome, " + c.nick})
		return
	}
	out := map[string]string{"nick": c.nick, "text": in.Text}
	c.Send(out)
	c.Broadcast().Send(out)
}

func chat(srv *sio.Server) { sio.Of[Chat](srv, "/", nil) }

func main() {
	srv := sio.New(sio.Config{Path: "chat"}) // resource='chat'
	chat(srv)
	if err := srv.Run(":8001"); err != nil {
		log.Fatal(err)
	}
}
