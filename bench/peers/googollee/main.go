// Command googollee is github.com/googollee/go-socket.io as a peer of the load
// tool, used as its README tells. It speaks with clients 1.x and 2.x alone. What
// it speaks with the tool is told in package peer of the module bench.
package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"

	socketio "github.com/googollee/go-socket.io"
)

type message struct {
	From int    `json:"from"`
	Seq  int    `json:"seq"`
	Text string `json:"text"`
}

func main() {
	io := socketio.NewServer(nil)
	io.OnConnect("/", func(socketio.Conn) error { return nil })
	io.OnError("/", func(socketio.Conn, error) {})
	io.OnDisconnect("/", func(socketio.Conn, string) {})
	io.OnEvent("/", "echo", func(_ socketio.Conn, m message) message { return m })
	io.OnEvent("/", "join", func(c socketio.Conn, room string) bool {
		c.SetContext(room)
		c.Join(room)
		return true
	})
	tell := func(event string) func(socketio.Conn, message) bool {
		return func(c socketio.Conn, m message) bool { return io.BroadcastToRoom("/", c.Context().(string), event, m) }
	}
	io.OnEvent("/", "talk", func(c socketio.Conn, m message) { tell("talk")(c, m) })
	io.OnEvent("/", "all", func(_ socketio.Conn, m message) { io.BroadcastToNamespace("/", "all", m) })
	// Presence: comings and goings are told to the room.
	io.OnEvent("/", "enter", func(c socketio.Conn, m message) bool {
		c.Join("inner" + c.Context().(string))
		return tell("entered")(c, m)
	})
	io.OnEvent("/", "exit", func(c socketio.Conn, m message) bool {
		c.Leave("inner" + c.Context().(string))
		return tell("exited")(c, m)
	})
	go func() { log.Fatal(io.Serve()) }()
	http.Handle("/socket.io/", io)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening", l.Addr())
	go control()
	log.Fatal(http.Serve(l, nil))
}

// control answers the tool, and ends with it.
func control() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		switch in.Text() {
		case "gc":
			debug.FreeOSMemory()
		case "collect":
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Println(m.HeapAlloc, m.Mallocs, m.NumGC, m.PauseTotalNs)
	}
	os.Exit(0)
}
