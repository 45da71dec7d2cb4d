// Command ping measures the way to the server and back, from a page with
// today's client and from one with that of 2011 to 2014.
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

// Answer is what a page gets back: when the server saw the question, in Unix
// milliseconds, and by which transport it came.
type Answer struct {
	At        float64 `json:"at"`
	Transport string  `json:"transport"`
}

// ask is the event "ask". What a handler returns is the acknowledgement.
func ask(s *sio.Socket, _ int) Answer {
	return Answer{At: float64(time.Now().UnixMicro()) / 1000, Transport: s.Transport()}
}

func newServer() *sio.Server {
	srv := sio.New(sio.Config{})
	sio.Answer(srv.Of("/"), "ask", ask)
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
	fmt.Printf("Socket.IO 4.x  http://%s/\nSocket.IO 0.9  http://%s/legacy\n", at, at)
	if err := srv.Run(); err != nil { // until it is interrupted
		log.Fatal(err)
	}
}
