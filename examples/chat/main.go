// Command chat is one room for two generations of Socket.IO: a page with
// today's client, a page with the client of 2011 to 2014, and this server.
package main

import (
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"log"
	"maps"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// Chat is one connection. Its callbacks never run at the same time, so its own
// fields need no locks. Embedding sio.Socket brings Emit, Join, Close and the
// rest.
type Chat struct {
	sio.Socket
	room *Room
	me   Person // zero until the client has entered
}

// Person is somebody in the room, as the pages see them.
type Person struct {
	ID         int    `json:"id"`
	Name       string `json:"name"`
	Generation string `json:"generation"` // "4.x", "1.x/2.x" or "0.x"
	Transport  string `json:"transport"`
}

// Room is what all connections share. They live on several event loops, so
// here a lock is needed.
type Room struct {
	everyone, modern, legacy sio.Target // values: made once, used from anywhere

	mu     sync.Mutex
	lastID int
	here   map[int]Person
}

// Welcome is the answer to "enter". What the answer of a handler is, the
// client gets as the acknowledgement.
type Welcome struct {
	You    int      `json:"you"`
	Name   string   `json:"name"`
	People []Person `json:"people"`
}

// Enter is the event "enter": the client says who it is.
func (c *Chat) Enter(name string) Welcome {
	if c.me.ID == 0 {
		c.me = Person{Name: cleanName(name), Generation: c.Generation().String(), Transport: c.Transport()}
		c.room.add(&c.me)
		// One room for everybody, and one for each generation, for what must
		// look different to each of them.
		if err := c.Join("lobby", c.me.Generation); err != nil {
			log.Print(err)
		}
		c.To("lobby").Emit("joined", c.me) // To leaves out the socket itself
	}
	return Welcome{You: c.me.ID, Name: c.me.Name, People: c.room.people()}
}

// Said is a text as the pages get it.
type Said struct {
	From       int    `json:"from"`
	Name       string `json:"name"`
	Generation string `json:"generation"`
	At         int64  `json:"at"` // Unix milliseconds
	Text       string `json:"text,omitempty"`
}

// Say is the event "say".
func (c *Chat) Say(text string) {
	if c.me.ID == 0 || strings.TrimSpace(text) == "" || len(text) > 8000 {
		return
	}
	c.room.everyone.Emit("said", c.said(text))
}

func (c *Chat) said(text string) Said {
	return Said{c.me.ID, c.me.Name, c.me.Generation, time.Now().UnixMilli(), text}
}

// Typing is the event "typing".
func (c *Chat) Typing(on bool) {
	if c.me.ID != 0 {
		c.To("lobby").Emit("typing", map[string]any{"from": c.me.ID, "on": on})
	}
}

// Moved is the event "moved": the client has upgraded its transport.
func (c *Chat) Moved() {
	if c.me.ID != 0 {
		c.me.Transport = c.Transport()
		c.room.set(c.me)
		c.room.everyone.Emit("changed", c.me)
	}
}

// Upload is a picture on its way in. Data is binary from a 1.x to 4.x client and
// base64 text from a 0.x client: both decode into a []byte.
type Upload struct {
	Title string `json:"title"`
	Data  []byte `json:"data"`
}

// Picture is a picture on its way out.
type Picture struct {
	Said
	Title string `json:"title"`
	Type  string `json:"type"`
	Data  any    `json:"data"`
}

// Show is the event "picture". Its answer is what is wrong, or "".
func (c *Chat) Show(up Upload) string {
	kind := http.DetectContentType(up.Data)
	switch {
	case c.me.ID == 0:
		return "Enter first."
	case !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, kind):
		return "That is no picture which this room can show."
	}
	p := Picture{Said: c.said(""), Title: cut(up.Title, 100), Type: kind}
	// Clients of 0.x know no binary data: they get a data URL.
	p.Data = sio.Binary(up.Data)
	c.room.modern.Emit("picture", p)
	p.Data = "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(up.Data)
	c.room.legacy.Emit("picture", p)
	return ""
}

// OnClose is called once for each connection, whatever ended it.
func (c *Chat) OnClose(why sio.Reason) {
	if c.me.ID != 0 {
		c.room.remove(c.me.ID)
		c.To("lobby").Emit("left", c.me)
	}
}

func newServer() *sio.Server {
	srv := sio.New(sio.Config{}) // the zero Config works
	room := &Room{here: map[int]Person{}}
	chat := sio.Of(srv, "/", func(c *Chat) { c.room = room })
	room.everyone, room.modern, room.legacy = chat.To("lobby"), chat.To("4.x", "1.x/2.x"), chat.To("0.x")

	sio.Answer(chat, "enter", (*Chat).Enter) // answers
	sio.Answer(chat, "picture", (*Chat).Show)
	sio.On(chat, "say", (*Chat).Say) // does not
	sio.On(chat, "typing", (*Chat).Typing)
	sio.On0(chat, "moved", (*Chat).Moved)

	srv.Handle("/", pages()) // ordinary HTTP beside it, any http.Handler
	return srv
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8001", "address to listen on")
	flag.Parse()
	if err := run(*addr); err != nil {
		log.Fatal(err)
	}
}

// run serves until it is interrupted, then tells the clients and ends.
func run(addr string) error {
	srv := newServer()
	at, err := srv.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Printf("Socket.IO 4.x  http://%s/\nSocket.IO 0.9  http://%s/legacy\n", at, at)

	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(interrupted, func() {
		soon, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := srv.Shutdown(soon); err != nil {
			log.Print(err)
		}
	})
	if err := srv.Wait(); !errors.Is(err, sio.ErrServerClosed) {
		return err
	}
	return nil
}

// add gives p an id and a place.
func (r *Room) add(p *Person) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastID++
	p.ID = r.lastID
	r.here[p.ID] = *p
}

func (r *Room) set(p Person) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.here[p.ID] = p
}

func (r *Room) remove(id int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.here, id)
}

// people is everyone, in the order they came.
func (r *Room) people() []Person {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.SortedFunc(maps.Values(r.here), func(a, b Person) int { return a.ID - b.ID })
}

func cleanName(name string) string {
	name = cut(strings.Join(strings.Fields(name), " "), 24)
	if name == "" {
		return "Somebody"
	}
	return name
}

// cut shortens s to n characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
