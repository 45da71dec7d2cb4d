package sio_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// What is known of a client that joins: its request, and what it gives as auth.
func ExampleHandshake_Auth() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	ns.Use(func(h *sio.Handshake) error {
		var auth struct{ Token string }
		if err := h.Auth(&auth); err != nil {
			return err
		}
		if auth.Token != "123" {
			return &sio.RefusedError{Message: "who are you?", Data: map[string]string{"see": "/login"}}
		}
		fmt.Println(h.Query("room"), h.Header("X-Lang"), h.Cookie("c"), h.Generation(), h.Namespace(), h.Secure())
		return nil
	})

	w.Connect(siotest.Client{
		Auth:   map[string]string{"token": "123"},
		Query:  url.Values{"room": {"a"}},
		Header: http.Header{"X-Lang": {"de"}, "Cookie": {"c=d"}},
	})
	fmt.Println(w.Connect(siotest.Client{}).Err())
	// Output:
	// a de d 4.x / false
	// siotest: refused: who are you?
}

// Rooms of a client; its id is a room of its own.
func ExampleSocket_Join() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.Answer(ns, "join", func(s *sio.Socket, room string) []string {
		_ = s.Join(room, "all")
		s.Leave("lobby")
		return slices.Sorted(slices.Values(s.Rooms()))
	})

	c := w.Connect(siotest.Client{})
	var rooms []string
	c.EmitAck("join", "blue").Wait().Decode(&rooms)
	_ = ns.To("blue").Emit("to the room")
	_ = ns.To(c.ID()).Emit("to the id")
	fmt.Println(rooms, c.Wait("to the room").Name, c.Wait("to the id").Name)
	// Output: [all blue] to the room to the id
}

// Everyone but the sender; and what may get lost where a client is slow.
func ExampleSocket_Broadcast() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.On2(ns, "draw", func(s *sio.Socket, x, y int) {
		_ = s.Broadcast().Volatile().Emit("drawn", x, y)
		_ = s.Compress(false).Emit("noted")
	})

	ann, bob := w.Connect(siotest.Client{}), w.Connect(siotest.Client{})
	ann.Emit("draw", 1, 2)
	var x, y int
	bob.Wait("drawn").Decode(&x, &y)
	ann.Wait("noted")
	w.Advance(time.Second)
	fmt.Println(x, y, len(ann.Events()), len(bob.Events()))
	// Output: 1 2 1 1
}

// Data of a socket that others can ask for, see Target.FetchSockets.
func ExampleSocket_SetData() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	type user struct{ Name string }
	ns := w.Server(sio.Config{}).Of("/")
	sio.On(ns, "name", func(s *sio.Socket, name string) { _ = s.SetData(user{name}) })
	sio.Answer0(ns, "who", func(s *sio.Socket) string {
		var u user
		_ = s.DecodeData(&u)
		return u.Name
	})

	c := w.Connect(siotest.Client{})
	c.Emit("name", "ann")
	var name string
	c.EmitAck("who").Wait().Decode(&name)
	fmt.Println(name)
	// Output: ann
}

// Ended notes how its client went.
type Ended struct{ sio.Socket }

func (e *Ended) OnClose(why sio.Reason) {
	fmt.Printf("%v, from %v: %v\n", why, e.Rooms(), e.CloseCause())
}

// Closing one namespace, or the whole connection; and who broke a rule. OnClose
// still sees the rooms.
func ExampleSocket_CloseCause() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := sio.Of[Ended](w.Server(sio.Config{}), "/", nil)
	sio.On0(ns, "close me", func(e *Ended) { _ = e.Join("a"); e.Close() })
	sio.On0(ns, "disconnect me", func(e *Ended) { e.Disconnect() })

	w.Connect(siotest.Client{}).Emit("close me")
	w.Advance(time.Second)
	w.Connect(siotest.Client{}).Emit("disconnect me")
	w.Advance(time.Second)
	w.Connect(siotest.Client{}).SendPacket("2[")
	w.Advance(time.Second)
	// Output:
	// server namespace disconnect, from [a]: <nil>
	// server namespace disconnect, from []: <nil>
	// parse error, from []: packet: unexpected end of JSON at offset 2
}

// Listeners and middlewares of one socket.
func ExampleSocket_Use() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.On0(ns, "watch", func(s *sio.Socket) {
		s.OnAny(func(e *sio.Event) { fmt.Println("in:", e.Name()) })
		s.OnAnyOutgoing(func(e *sio.Event) { fmt.Println("out:", e.Name()) })
		s.Use(func(e *sio.Event) error {
			if strings.HasPrefix(e.Name(), "admin") {
				return fmt.Errorf("no")
			}
			return nil
		})
	})
	sio.On0(ns, "hello", func(s *sio.Socket) { _ = s.Emit("welcome") })

	c := w.Connect(siotest.Client{})
	c.Emit("watch")
	c.Emit("hello")
	c.Emit("admin:stop")
	w.Advance(time.Second)
	// Output:
	// in: hello
	// out: welcome
	// in: admin:stop
}
