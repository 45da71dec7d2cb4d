// Command before is the program of sio/MIGRATING.md that uses
// googollee/go-socket.io, before it moves.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"

	socketio "github.com/googollee/go-socket.io"
)

type Message struct {
	Room string `json:"room"`
	Text string `json:"text"`
}

func handlers(server *socketio.Server) {
	server.OnConnect("/", func(s socketio.Conn) error {
		u := s.URL()
		s.SetContext(u.Query().Get("name"))
		return nil
	})
	server.OnEvent("/", "join", func(s socketio.Conn, room string) string {
		s.Join(room)
		server.BroadcastToRoom("/", room, "joined", s.Context())
		return "ok"
	})
	server.OnEvent("/", "say", func(s socketio.Conn, m Message) {
		server.BroadcastToRoom("/", m.Room, "said", s.Context(), m.Text)
	})
	server.OnEvent("/", "who", func(_ socketio.Conn, room string) []string {
		names := []string{}
		server.ForEach("/", room, func(c socketio.Conn) { names = append(names, c.Context().(string)) })
		return names
	})
	server.OnEvent("/chat", "msg", func(s socketio.Conn, msg string) string {
		s.Emit("reply", "have "+msg)
		return "recv " + msg
	})
	server.OnEvent("/", "bye", func(s socketio.Conn) {
		s.Emit("bye", s.Context())
		s.Close()
	})
	server.OnDisconnect("/", func(s socketio.Conn, _ string) {
		server.BroadcastToNamespace("/", "left", s.Context())
	})
	server.OnError("/", func(_ socketio.Conn, err error) { log.Println(err) })
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8000", "address to listen on")
	flag.Parse()
	server := socketio.NewServer(nil)
	handlers(server)
	go server.Serve()
	defer server.Close()

	http.Handle("/socket.io/", server)
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", ln.Addr())
	log.Fatal(http.Serve(ln, nil))
}
