// Command zishang is github.com/zishang520/socket.io v3 as a peer of the load
// tool, used as its README tells. What it speaks with the tool is told in
// package peer of the module bench.
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

	"github.com/zishang520/socket.io/servers/socket/v3"
)

func main() {
	io := socket.NewServer(nil, nil)
	_ = io.On("connection", func(clients ...any) { serve(io, clients[0].(*socket.Socket)) })
	http.Handle("/socket.io/", io.ServeHandler(nil))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening", l.Addr())
	go control()
	log.Fatal(http.Serve(l, nil))
}

func serve(io *socket.Server, c *socket.Socket) {
	var room socket.Room
	on := func(name string, f func(x any, answer socket.Ack)) {
		_ = c.On(name, func(args ...any) {
			answer, _ := args[len(args)-1].(socket.Ack)
			f(args[0], answer)
		})
	}
	on("echo", func(x any, answer socket.Ack) { answer([]any{x}, nil) })
	on("echoBinary", func(x any, answer socket.Ack) { answer([]any{x}, nil) })
	on("join", func(x any, answer socket.Ack) {
		room = socket.Room(x.(string))
		c.Join(room)
		answer(nil, nil)
	})
	on("talk", func(x any, _ socket.Ack) { _ = io.To(room).Emit("talk", x) })
	on("all", func(x any, _ socket.Ack) { _ = io.Emit("all", x) })
	// Presence: comings and goings are told to the room.
	on("enter", func(x any, answer socket.Ack) {
		c.Join("inner" + room)
		_ = io.To(room).Emit("entered", x)
		answer(nil, nil)
	})
	on("exit", func(x any, answer socket.Ack) {
		c.Leave("inner" + room)
		_ = io.To(room).Emit("exited", x)
		answer(nil, nil)
	})
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
