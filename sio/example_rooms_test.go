package sio_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// Rooms: who is in, who is left out, and messages that may get lost.
func ExampleSocket_To() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.Answer(ns, "join", func(s *sio.Socket, room string) bool { return s.Join(room) == nil })
	sio.On2(ns, "say", func(s *sio.Socket, room, text string) {
		_ = s.To(room).Except("muted").Emit("said", text) // not to s itself
		_ = s.To(room).Volatile().Emit("typing", false)   // not worth waiting for
	})

	ann, bob := w.Connect(siotest.Client{}), w.Connect(siotest.Client{})
	ann.EmitAck("join", "tea").Wait()
	bob.EmitAck("join", "tea").Wait()
	ann.Emit("say", "tea", "milk?")
	var text string
	bob.Wait("said").Decode(&text)
	fmt.Println(text, len(ann.Events()))
	// Output: milk? 0
}

// A question to everyone in a room: with the time-out come the answers that
// there are.
func ExampleTarget_EmitAck() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	for i := range 3 {
		w.Connect(siotest.Client{OnEvent: func(e *siotest.Event) {
			if i < 2 { // the third one is silent
				e.Reply(20 + i)
			}
		}})
	}
	_ = ns.To().Timeout(time.Second).EmitAck("age?", func(answers []*sio.Ack, err error) {
		for _, a := range answers {
			var age int
			_ = a.Decode(&age)
			fmt.Println(age)
		}
		var partial *sio.PartialError
		if errors.As(err, &partial) {
			fmt.Println(partial.Missing, "missing:", err)
		}
	})
	w.Advance(2 * time.Second)
	// Unordered output:
	// 20
	// 21
	// 1 missing: operation has timed out
}

// Who is in a room, on all servers of a fleet, and orders to them.
func ExampleTarget_FetchSockets() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.Answer(ns, "I am", func(s *sio.Socket, name string) bool {
		return s.SetData(name) == nil && s.Join("lobby") == nil
	})
	for _, name := range []string{"ann", "bob"} {
		w.Connect(siotest.Client{}).EmitAck("I am", name).Wait()
	}
	_ = ns.To("lobby").FetchSockets(func(all []sio.RemoteSocket, err error) {
		var names []string
		for _, s := range all {
			var name string
			_ = s.DecodeData(&name)
			names = append(names, name)
			if name == "bob" {
				_ = s.Emit("hello")
				_ = s.Join("friends")
			}
		}
		slices.Sort(names)
		fmt.Println(names, err)
	})
	w.Advance(time.Second)
	// Output: [ann bob] <nil>
}

// Handlers that wait, and other goroutines, have forms that wait.
func ExampleTarget_FetchSocketsWait() {
	srv := sio.New(sio.Config{Loops: 1})
	fmt.Println(srv.Start())
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	all, err := srv.Of("/").To("lobby").FetchSocketsWait(ctx)
	fmt.Println(len(all), err)
	fmt.Println(srv.Shutdown(ctx))
	// Output:
	// <nil>
	// 0 <nil>
	// <nil>
}

// All members of a room are moved to another one, and later sent away.
func ExampleTarget_SocketsJoin() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.Answer(ns, "join", func(s *sio.Socket, room string) bool { return s.Join(room) == nil })
	c := w.Connect(siotest.Client{})
	c.EmitAck("join", "old").Wait()

	_ = ns.To("old").SocketsJoin("new")
	_ = ns.To("old").SocketsLeave("old")
	_ = ns.To("new").Emit("moved")
	fmt.Println(c.Wait("moved").Name)
	_ = ns.To("new").DisconnectSockets(true)
	fmt.Println(c.WaitClosed())
	// Output:
	// moved
	// io server disconnect
}

// What happens to rooms can be watched.
func ExampleNamespace_OnCreateRoom() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	ns.OnCreateRoom(func(room string) { fmt.Println("created", room) })
	ns.OnDeleteRoom(func(room string) { fmt.Println("deleted", room) })
	sio.Answer(ns, "join", func(s *sio.Socket, room string) bool { return s.Join(room) == nil })
	c := w.Connect(siotest.Client{})
	c.EmitAck("join", "tea").Wait()
	w.Advance(time.Second)
	c.Close()
	w.Advance(time.Second)
	// Output:
	// created tea
	// deleted tea
}

// A connection that breaks comes back with its rooms, its data, and what it
// missed.
func ExampleRecovery() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{Recovery: &sio.Recovery{MaxDisconnection: time.Minute}}).Of("/")
	sio.Answer(ns, "join", func(s *sio.Socket, room string) bool { return s.Join(room) == nil })
	sio.Answer(ns, "recovered?", func(s *sio.Socket, _ any) bool { return s.Recovered() })

	c := w.Connect(siotest.Client{})
	c.EmitAck("join", "news").Wait()
	c.Drop() // the network fails
	w.Advance(time.Second)
	_ = ns.To("news").Emit("news", "it rains")
	w.Advance(time.Second)

	c = w.Connect(siotest.Client{Auth: c.Resume()}) // real clients do it by themselves
	var news string
	var recovered bool
	c.Wait("news").Decode(&news)
	c.EmitAck("recovered?", nil).Wait().Decode(&recovered)
	fmt.Println(news, recovered)
	// Output: it rains true
}

// Without a fleet there is no other server to hear it.
func ExampleNamespace_ServerSideEmitAck() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	ns.OnServerSide("load?", func(e *sio.ServerEvent) { _ = e.Reply(0.5) })
	w.Connect(siotest.Client{})
	_ = ns.ServerSideEmitAck("load?", time.Second, func(answers []*sio.Ack, err error) {
		fmt.Println(len(answers), err)
	})
	w.Advance(time.Second)
	// Output: 0 <nil>
}
