// Command zishang is a server made with zishang520/socket.io, written with sio.
package main

import (
	"flag"
	"fmt"
	"log"

	"github.com/tornadio/tornadio/sio"
)

type User struct {
	sio.Socket
	name string // s.SetData, s.Data
	io   *sio.Namespace[*User]
}

func (u *User) OnOpen(h *sio.Handshake) error { // io.Use and io.On("connection") in one
	var auth struct{ Name string }
	h.Auth(&auth)
	if auth.Name == "" {
		return &sio.RefusedError{Message: "who are you?", Data: map[string]any{"code": 401}}
	}
	u.name = auth.Name
	return nil
}

func (u *User) JoinRoom(room string) string {
	u.Join(room)
	u.To(room).Emit("joined", u.name)
	return "ok" // args[1].(socket.Ack)([]any{"ok"}, nil)
}

func (u *User) Say(room, text string) { u.io.To(room).Emit("said", u.name, text) }

func (u *User) OnClose(sio.Reason) { // "disconnecting"
	for _, room := range u.Rooms() {
		u.To(room).Emit("left", u.name)
	}
}

func handlers(srv *sio.Server) {
	var io *sio.Namespace[*User]
	io = sio.Of(srv, "/", func(u *User) { u.io = io })
	sio.Answer(io, "join", (*User).JoinRoom)
	sio.On2(io, "say", (*User).Say)
}

func main() {
	addr := flag.String("addr", "127.0.0.1:3000", "address to listen on")
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
