// Command stats shows a server's statistics while it works, over Socket.IO
// itself.
package main

import (
	"embed"
	"flag"
	"fmt"
	"log"
	"time"

	"github.com/tornadio/tornadio/examples/internal/site"
	"github.com/tornadio/tornadio/sio"
)

//go:embed page
var files embed.FS

// every is how often the statistics go out.
const every = time.Second

func newServer() *sio.Server {
	srv := sio.New(sio.Config{})

	// Who watches joins "/stats". What is sent there is encoded once for all.
	watchers := srv.Of("/stats").To()
	srv.Every(every, func() { watchers.Emit("stats", srv.Stats()) })

	// Something to count: whoever joins "/" may talk to all the others there.
	talk := srv.Of("/")
	sio.On(talk, "say", func(s *sio.Socket, n int) { s.Broadcast().Emit("said", n) })

	srv.Handle("/stats.json", srv.StatsHandler()) // the same for a monitor
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
	fmt.Printf("Socket.IO 4.x  http://%s/\nSocket.IO 0.9  http://%s/legacy\nJSON           http://%s/stats.json\n", at, at, at)
	if err := srv.Run(); err != nil {
		log.Fatal(err)
	}
}
