// Command googollee is a server made with googollee/go-socket.io, written with
// sio.
package main

import (
	"flag"
	"fmt"
	"log"

	"github.com/tornadio/tornadio/sio"
)

type Message struct {
	Room string `json:"room"`
	Text string `json:"text"`
}

type Conn struct {
	sio.Socket
	name string // s.SetContext, s.Context
	all  *sio.Namespace[*Conn]
}

func (c *Conn) OnOpen(h *sio.Handshake) error { // server.OnConnect
	c.name = h.Query("name")
	return c.SetData(c.name) // for who asks about others
}

func (c *Conn) JoinRoom(room string) string {
	c.Join(room)
	c.all.To(room).Emit("joined", c.name) // server.BroadcastToRoom
	return "ok"
}

func (c *Conn) Say(m Message) { c.all.To(m.Room).Emit("said", c.name, m.Text) }

// Who is server.ForEach: the members may live on other loops, so it waits for
// what they are, with sio.Concurrent.
func (c *Conn) Who(room string) []string {
	members, _ := c.all.To(room).FetchSocketsWait(c.Context())
	names := make([]string, len(members))
	for i, m := range members {
		m.DecodeData(&names[i])
	}
	return names
}

func (c *Conn) Bye() {
	c.Emit("bye", c.name)
	c.Disconnect() // s.Close()
}

func (c *Conn) OnClose(sio.Reason) { // server.OnDisconnect
	c.Broadcast().Emit("left", c.name)
}

type Chat struct{ sio.Socket }

func (c *Chat) Msg(msg string) string {
	c.Emit("reply", "have "+msg)
	return "recv " + msg
}

func handlers(srv *sio.Server) {
	var all *sio.Namespace[*Conn]
	all = sio.Of(srv, "/", func(c *Conn) { c.all = all })
	sio.Answer(all, "join", (*Conn).JoinRoom)
	sio.On(all, "say", (*Conn).Say)
	sio.Answer(all, "who", (*Conn).Who, sio.Concurrent)
	sio.On0(all, "bye", (*Conn).Bye)

	chat := sio.Of[Chat](srv, "/chat", nil)
	sio.Answer(chat, "msg", (*Chat).Msg)
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8000", "address to listen on")
	flag.Parse()
	srv := sio.New(sio.Config{})
	handlers(srv)
	at, err := srv.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", at)
	if err := srv.Run(); err != nil {
		log.Fatal(err)
	}
}
