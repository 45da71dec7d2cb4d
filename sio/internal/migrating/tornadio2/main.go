// Command tornadio2 is the chat of TornadIO2's page, written with sio.
package main

import (
	"log"
	"net/http"

	"github.com/tornadio/tornadio/sio"
)

type ChatConnection struct {
	sio.Socket
}

func (c *ChatConnection) OnOpen(*sio.Handshake) error {
	return c.Send("Welcome from the server.")
}

func (c *ChatConnection) OnMessage(m sio.Message) {
	c.Send(m.Text())
	c.Broadcast().Send(m.Text())
}

func (c *ChatConnection) OnClose(sio.Reason) {
	c.Broadcast().Send("A user has left.")
}

func routes(srv *sio.Server) {
	sio.Of[ChatConnection](srv, "/", nil)
	srv.Handle("/", http.FileServer(http.Dir("page")))
}

func main() {
	srv := sio.New(sio.Config{})
	routes(srv)
	if err := srv.Run(":8001"); err != nil {
		log.Fatal(err)
	}
}
