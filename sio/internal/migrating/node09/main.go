// Command node09 is a server of Socket.IO 0.9 for Node, written with sio.
package main

import (
	"errors"
	"log"
	"net/http"

	"github.com/tornadio/tornadio/sio"
)

type Session struct {
	sio.Socket
	nickname string // socket.set('nickname', ...)
}

func (s *Session) OnOpen(*sio.Handshake) error {
	s.Emit("news", map[string]string{"hello": "world"})
	return s.Join("lobby")
}

func (s *Session) SetNickname(name string) bool {
	s.nickname = name
	return true // fn(true)
}

func (s *Session) Say(text string) {
	s.Emit("said", s.nickname, text)
	s.To("lobby").Emit("said", s.nickname, text) // socket.broadcast.to('lobby')
}

func (s *Session) OnClose(sio.Reason) { s.Broadcast().Emit("left", s.nickname) }

func app(srv *sio.Server) {
	sockets := sio.Of[Session](srv, "/", nil)  // io.sockets
	sockets.Use(func(h *sio.Handshake) error { // io.set('authorization', ...)
		if h.Cookie("sid") == "" {
			return errors.New("handshake unauthorized")
		}
		return nil
	})
	sio.Answer(sockets, "set nickname", (*Session).SetNickname)
	sio.On(sockets, "say", (*Session).Say)
	srv.Handle("/", http.FileServer(http.Dir("public")))
}

func main() {
	srv := sio.New(sio.Config{})
	app(srv)
	if err := srv.Run(":80"); err != nil {
		log.Fatal(err)
	}
}
