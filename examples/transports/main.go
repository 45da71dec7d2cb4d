// Command transports has all transports on that there ever were, for clients
// from 0.7 to 4.x, and a page on which one chooses both and watches the wire.
package main

import (
	"flag"
	"fmt"
	"log"
	"slices"
	"strings"

	"github.com/tornadio/tornadio/examples/internal/wire"
	"github.com/tornadio/tornadio/flashpolicy"
	"github.com/tornadio/tornadio/sio"
)

// Guest is a client of any age, over any transport: nothing below asks which.
type Guest struct {
	sio.Socket
	version string
}

// Where is the event "where": a client says its version and hears how the
// server sees it. After an upgrade it hears something else.
func (g *Guest) Where(version string) string {
	g.version = version
	return g.Generation().String() + " over " + g.Transport()
}

// Say is the event "say". Everyone else hears it, whatever client they have;
// what the method returns is the acknowledgement.
func (g *Guest) Say(text string) string {
	g.Broadcast().Emit("said", "Client "+g.version, text)
	return fmt.Sprintf("%q came over %s", text, g.Transport())
}

// Reverse is the event "reverse": bytes come, and go, as they are. Clients of
// 0.7 to 0.9 know only text; their page does not offer it.
func (g *Guest) Reverse(b []byte) sio.Binary {
	slices.Reverse(b)
	return b
}

func newServer(policyPorts []string) *sio.Server {
	srv := sio.New(sio.Config{
		// These are on by default. Old clients try theirs in this order, so one
		// that has a websocket does not poll.
		Transports: []string{"websocket", "flashsocket", "htmlfile", "xhr-polling", "jsonp-polling", "polling"},
		// With flashsocket on, Flash gets its policy on the server's own port.
		// It asks at port 843 first, which only root may open on most systems.
		FlashPolicy: flashpolicy.Config{Addrs: policyPorts},
	})
	guests := sio.Of[Guest](srv, "/", nil)
	sio.Answer(guests, "where", (*Guest).Where)
	sio.Answer(guests, "say", (*Guest).Say)
	sio.Answer(guests, "reverse", (*Guest).Reverse)
	srv.Handle("/", wire.Site("Every client, every transport"))
	return srv
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8001", "address to listen on")
	policy := flag.String("policy", "", "more addresses for Flash's policy, such as :843,:10843")
	flag.Parse()
	srv := newServer(strings.FieldsFunc(*policy, func(r rune) bool { return r == ',' }))
	at, err := srv.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Socket.IO, every client  http://%s/\n", at)
	if err := srv.Run(); err != nil {
		log.Fatal(err)
	}
}
