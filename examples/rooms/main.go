// Command rooms has rooms that clients make, join and leave: who is in, what is
// said, and who is typing.
package main

import (
	"embed"
	"flag"
	"fmt"
	"log"
	"strings"

	"github.com/tornadio/tornadio/examples/internal/site"
	"github.com/tornadio/tornadio/sio"
)

//go:embed page
var files embed.FS

// Guest is one client. Its callbacks never run at the same time: its own fields
// need no lock.
type Guest struct {
	sio.Socket
	hall *Hall
	name string
	room string // "" while in none
}

// topic is what a room is called in the server. Every socket is in a room named
// by its id, so names that clients choose must not be used as they are: one who
// joined another's id would hear what is meant for that one.
func topic(room string) string { return "room:" + room }

// Enter is the event "enter": who it is, and what rooms there are.
func (g *Guest) Enter(name string) string {
	if g.name == "" {
		g.name = clean(name, "Somebody")
		_ = g.Join("hall") // who sees the list of rooms
		g.hall.tell(g)
	}
	return g.name
}

// Move is the event "move": to a room, which is made if there is none, or to
// none. The answer is what is wrong, or "".
func (g *Guest) Move(room string) string {
	room = clean(room, "")
	if g.name == "" || room == g.room {
		return ""
	}
	if room != "" && !g.hall.add(room, g) {
		return "There are too many rooms."
	}
	g.leave()
	if room != "" {
		g.room = room
		_ = g.Join(topic(room))
		g.To(topic(room)).Emit("noticed", g.name+" came in") // To leaves out the socket itself
		g.hall.show(room)
	}
	return ""
}

func (g *Guest) leave() {
	if g.room == "" {
		return
	}
	g.Leave(topic(g.room))
	g.To(topic(g.room)).Emit("noticed", g.name+" left")
	g.hall.remove(g.room, g)
	g.room = ""
}

// Say is the event "say".
func (g *Guest) Say(text string) {
	if text = strings.TrimSpace(text); g.room != "" && text != "" && len(text) <= 2000 {
		g.Emit("said", "You", text)
		g.To(topic(g.room)).Emit("said", g.name, text)
	}
}

// Typing is the event "typing". Who reads too slowly may miss it: Volatile.
func (g *Guest) Typing(on bool) {
	if g.room != "" {
		g.To(topic(g.room)).Volatile().Emit("typing", g.name, on)
	}
}

// OnClose runs while the socket is still in its rooms.
func (g *Guest) OnClose(sio.Reason) { g.leave() }

// clean makes a name of what a client has sent.
func clean(s, otherwise string) string {
	if s = strings.Join(strings.Fields(s), " "); s == "" {
		return otherwise
	}
	return string([]rune(s)[:min(len([]rune(s)), 24)])
}

func newServer() *sio.Server {
	srv := sio.New(sio.Config{})
	hall := &Hall{rooms: map[string]map[string]string{}}
	guests := sio.Of(srv, "/", func(g *Guest) { g.hall = hall })
	hall.to = guests.To
	sio.Answer(guests, "enter", (*Guest).Enter)
	sio.Answer(guests, "move", (*Guest).Move)
	sio.On(guests, "say", (*Guest).Say)
	sio.On(guests, "typing", (*Guest).Typing)
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
