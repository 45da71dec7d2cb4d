// Command waiting has handlers that wait, in the two ways there are: Ordered
// holds a client's next events until the handler returns, Concurrent does not.
// Neither holds up anybody else.
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

// Kitchen is one client, who orders dishes.
type Kitchen struct {
	sio.Socket
	began time.Time // of the client's own clock, which the page draws
}

// Dish is what is ordered: a name, and how long it takes.
type Dish struct {
	Name string `json:"name"`
	Ms   int    `json:"ms"`
}

// Served tells when the handler ran, in milliseconds since the client came.
type Served struct {
	Name string `json:"name"`
	From int64  `json:"from"`
	To   int64  `json:"to"`
}

// OnOpen runs on the loop, before anything else of this client.
func (k *Kitchen) OnOpen(*sio.Handshake) error {
	k.began = time.Now()
	return nil
}

// Cook waits. It runs in a goroutine of its own, so that it may; its result
// goes back as the acknowledgement. When the client leaves meanwhile, its
// context ends.
func (k *Kitchen) Cook(d Dish) Served {
	from := time.Since(k.began)
	select {
	case <-time.After(time.Duration(min(max(d.Ms, 0), 5000)) * time.Millisecond): // a database, say
	case <-k.Context().Done():
	}
	return Served{Name: d.Name, From: from.Milliseconds(), To: time.Since(k.began).Milliseconds()}
}

func newServer() *sio.Server {
	srv := sio.New(sio.Config{})
	kitchen := sio.Of[Kitchen](srv, "/", nil)
	sio.Answer(kitchen, "ordered", (*Kitchen).Cook, sio.Ordered)
	sio.Answer(kitchen, "concurrent", (*Kitchen).Cook, sio.Concurrent)
	// A handler without an option runs on the loop: it must not wait, and is
	// never held up by those that do.
	sio.Answer(srv.Of("/bell"), "ring", func(*sio.Socket, int) string { return "ding" })
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
	if err := srv.Run(); err != nil {
		log.Fatal(err)
	}
}
