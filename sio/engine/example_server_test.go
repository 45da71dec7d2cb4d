package engine_test

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/tornadio/tornadio/sio/engine"
	"github.com/tornadio/tornadio/sio/siotest"
)

// Who may begin a session, what pages of other origins may use it, and what a
// refused client reads.
func ExampleConfig() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	w.Engine(engine.Config{
		Path: "/socket",
		CORS: &engine.CORS{Origins: []string{"https://example.com"}, Credentials: true},
		AllowRequest: func(r *http.Request) error { // it may wait
			if r.URL.Query().Get("token") != "secret" {
				return errors.New("no token")
			}
			return nil
		},
	})
	fmt.Println(string(w.HTTP().Get("/socket/?EIO=4&transport=polling").Body))
	answer := w.HTTP().Get("/socket/?EIO=4&transport=polling&token=secret", "Origin: https://example.com")
	fmt.Println(answer.Status, answer.Header.Get("Access-Control-Allow-Origin"))
	// Output:
	// {"code":4,"message":"no token"}
	// 200 https://example.com
}

// Ordinary routes beside the sessions, and a whole program's main.
func ExampleServer_Run() {
	srv := engine.New(engine.Config{})
	srv.Handle("/", http.FileServer(http.Dir("page")))
	srv.OnMessage(func(c *engine.Socket, m engine.Message) { _ = c.Send(m.Text()) })
	if err := srv.Run(":8001"); err != nil {
		log.Fatal(err)
	}
}

// All sessions, and the one with an id. The functions run on the sessions'
// loops.
func ExampleServer_Each() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Engine(engine.Config{})
	id := ""
	srv.OnOpen(func(c *engine.Socket, _ *engine.Handshake) error { id = c.ID(); return nil })
	k := w.HTTP()
	k.Upgrade("/engine.io/?EIO=4&transport=websocket")
	k.Text() // the open packet
	srv.Each(func(c *engine.Socket) { fmt.Println("over", c.Transport()) })
	srv.With(id, func(c *engine.Socket) { _ = c.Send("you alone") })
	fmt.Println(k.Text(), srv.Stats().Sessions)
	// Output:
	// over websocket
	// 4you alone 1
}

// Timers run on the session's loop, until it closes.
func ExampleSocket_Every() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Engine(engine.Config{})
	srv.OnOpen(func(c *engine.Socket, _ *engine.Handshake) error {
		n := 0
		tick := c.Every(time.Second, func() { n++; _ = c.Send(fmt.Sprint(n)) })
		c.After(2500*time.Millisecond, tick.Stop)
		return nil
	})
	k := w.HTTP()
	k.Upgrade("/engine.io/?EIO=4&transport=websocket")
	k.Text()
	w.Advance(10 * time.Second)
	fmt.Println(k.Text(), k.Text(), len(k.Bytes()))
	// Output: 41 42 0
}
