// Command recovery shows connection state recovery: a page breaks its
// connection, and what it has missed comes back.
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

// every is the time between two numbers.
const every = 200 * time.Millisecond

// Listener is a page. What it is in the server outlives its connection: its id,
// its rooms, and what SetData has kept.
type Listener struct {
	sio.Socket
	since time.Time
}

// OnOpen runs after a recovery too. The rooms are there then.
func (l *Listener) OnOpen(*sio.Handshake) error {
	if l.Recovered() {
		return l.DecodeData(&l.since)
	}
	l.since = time.Now()
	if err := l.SetData(l.since); err != nil {
		return err
	}
	return l.Join("numbers")
}

// Since tells since when the server knows this page, in Unix milliseconds.
func (l *Listener) Since() int64 { return l.since.UnixMilli() }

func newServer(keep time.Duration) *sio.Server {
	srv := sio.New(sio.Config{Recovery: &sio.Recovery{MaxDisconnection: keep}})
	all := sio.Of[Listener](srv, "/", nil)
	sio.Answer0(all, "since", (*Listener).Since)
	n := 0
	srv.Every(every, func() {
		n++
		// Each event carries an offset; the page names the last one that it
		// has got when it comes back.
		_ = all.To("numbers").Emit("number", n)
	})
	srv.Handle("/", pages(keep))
	return srv
}

func pages(keep time.Duration) *site.Site {
	s := site.New(files)
	s.Page("/{$}", "recovery.html", struct {
		site.Generation
		Keep int
	}{site.Today, int(keep.Seconds())})
	return s
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8001", "address to listen on")
	keep := flag.Duration("keep", 8*time.Second, "how long a page may stay away, and how long numbers are kept")
	flag.Parse()
	srv := newServer(*keep)
	at, err := srv.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/\n", at)
	if err := srv.Run(); err != nil { // until it is interrupted
		log.Fatal(err)
	}
}
