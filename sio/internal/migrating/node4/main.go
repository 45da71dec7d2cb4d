// Command node4 is a server of Socket.IO 4 for Node, written with sio.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/tornadio/tornadio/sio"
)

var people = map[string]string{"t1": "ann", "t2": "bob"}

// findUser stands for a look at a database.
func findUser(_ context.Context, token string) (string, error) { return people[token], nil }

type nameKey struct{}

func authenticate(ctx context.Context, h *sio.Handshake) error { // io.use(async ...)
	var auth struct{ Token string }
	if err := h.Auth(&auth); err != nil {
		return err
	}
	name, err := findUser(ctx, auth.Token)
	if err != nil || name == "" {
		return &sio.RefusedError{Message: "not authorized", Data: map[string]int{"code": 401}}
	}
	h.SetValue(nameKey{}, name)
	return nil
}

type User struct {
	sio.Socket
	name string // socket.data.name
	io   *sio.Namespace[*User]
}

func (u *User) OnOpen(h *sio.Handshake) error { // io.on("connection", ...)
	u.name = h.Value(nameKey{}).(string)
	return u.SetData(u.name) // for fetchSockets
}

func (u *User) JoinRoom(room string) string {
	if err := u.Join(room); err != nil {
		return err.Error()
	}
	u.To(room).Emit("joined", u.name)
	return "ok" // callback("ok")
}

func (u *User) Say(room, text string) { u.io.To(room).Emit("said", u.name, text) }

func (u *User) Typing(room string) { u.To(room).Volatile().Emit("typing", u.name) }

func (u *User) Picture(b sio.Binary) int { return len(b) }

// Who waits, as its async function did: it is registered with sio.Concurrent.
func (u *User) Who(room string) []string {
	sockets, err := u.io.To(room).FetchSocketsWait(u.Context())
	if err != nil {
		return nil
	}
	names := make([]string, len(sockets))
	for i, s := range sockets {
		s.DecodeData(&names[i])
	}
	slices.Sort(names)
	return names
}

// Vote answers later.
func (u *User) Vote(e *sio.Event) {
	var room string
	if e.Decode(&room) != nil {
		return
	}
	u.To(room).Timeout(5*time.Second).EmitAck("vote?", func(answers []*sio.Ack, _ error) {
		votes := make([]string, len(answers))
		for i, a := range answers {
			a.Decode(&votes[i])
		}
		e.Reply(votes)
	})
}

func (u *User) OnClose(sio.Reason) { // "disconnecting": still in its rooms
	for _, room := range u.Rooms() {
		u.To(room).Emit("left", u.name)
	}
}

type Team struct{ sio.Socket }

func (t *Team) OnOpen(*sio.Handshake) error { return t.Emit("welcome", t.Namespace()) }

func app(srv *sio.Server) {
	var io *sio.Namespace[*User]
	io = sio.Of(srv, "/", func(u *User) { u.io = io })
	io.UseContext(authenticate)
	sio.Answer(io, "join", (*User).JoinRoom)
	sio.On2(io, "say", (*User).Say)
	sio.On(io, "typing", (*User).Typing)
	sio.Answer(io, "picture", (*User).Picture)
	sio.Answer(io, "who", (*User).Who, sio.Concurrent)
	io.OnRaw("vote", (*User).Vote)

	sio.OfMatch[Team](srv, regexp.MustCompile(`^/team-\d+$`), nil)

	srv.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "the page") }))
}

func main() {
	addr := flag.String("addr", "127.0.0.1:3000", "address to listen on")
	flag.Parse()
	srv := sio.New(sio.Config{MaxMessage: 1e5})
	app(srv)
	at, err := srv.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", at)
	if err := srv.Run(); err != nil {
		log.Fatal(err)
	}
}
