// Command before is the program of sio/MIGRATING.md that uses
// zishang520/socket.io, before it moves.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/zishang520/socket.io/servers/socket/v3"
)

func handlers(io *socket.Server) {
	io.Use(func(s *socket.Socket, next func(*socket.ExtendedError)) {
		name, _ := s.Handshake().Auth["name"].(string)
		if name == "" {
			next(socket.NewExtendedError("who are you?", map[string]any{"code": 401}))
			return
		}
		s.SetData(name)
		next(nil)
	})
	io.On("connection", func(clients ...any) {
		s := clients[0].(*socket.Socket)
		name := s.Data().(string)
		s.On("join", func(args ...any) {
			room := socket.Room(args[0].(string))
			s.Join(room)
			s.To(room).Emit("joined", name)
			args[1].(socket.Ack)([]any{"ok"}, nil)
		})
		s.On("say", func(args ...any) {
			io.To(socket.Room(args[0].(string))).Emit("said", name, args[1])
		})
		s.On("disconnecting", func(...any) {
			for _, room := range s.Rooms().Keys() {
				s.To(room).Emit("left", name)
			}
		})
	})
}

func main() {
	addr := flag.String("addr", "127.0.0.1:3000", "address to listen on")
	flag.Parse()
	io := socket.NewServer(nil, nil)
	handlers(io)
	http.Handle("/socket.io/", io.ServeHandler(nil))
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", ln.Addr())
	log.Fatal(http.Serve(ln, nil))
}
