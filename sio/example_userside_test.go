package sio_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// Visitor asks for a name and a cookie, and echoes what it is sent.
type Visitor struct {
	sio.Socket
	name string
}

func (v *Visitor) OnOpen(h *sio.Handshake) error {
	v.name = h.Query("name")
	if v.name == "" || h.Cookie("session") == "" {
		return errors.New("not signed in") // refused
	}
	fmt.Printf("%s is here, from an address: %v\n", v.name, h.RemoteAddr().IsValid())
	return nil
}

func (v *Visitor) OnMessage(m sio.Message) {
	if m.IsText() {
		fmt.Println("text:", m.Text())
		return
	}
	var order struct{ Tea int }
	_ = m.Decode(&order)
	fmt.Println("JSON: tea for", order.Tea)
}

func (v *Visitor) OnClose(why sio.Reason) { fmt.Println(v.name, "left:", why) }

// A connection class: what it sees of the request, texts and JSON, and the end.
func ExampleHandler() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	sio.Of[Visitor](w.Server(sio.Config{}), "/", nil)

	c := w.Connect(siotest.Client{
		Generation: sio.Legacy,
		Query:      url.Values{"name": {"ann"}},
		Header:     http.Header{"Cookie": {"session=1"}},
	})
	c.Send("hello")
	c.Send(map[string]int{"tea": 2})
	c.SendPacket("0::") // the old client's goodbye
	w.Advance(time.Second)
	fmt.Println(w.Connect(siotest.Client{}).Err())
	// Output:
	// ann is here, from an address: true
	// text: hello
	// JSON: tea for 2
	// ann left: client namespace disconnect
	// siotest: refused: not signed in
}

// Acknowledgements both ways: the result of a handler answers the client, and
// a function takes the client's answer.
func ExampleSocket_EmitAck() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.Answer2(ns, "add", func(s *sio.Socket, a, b int) int {
		_ = s.EmitAck("color?", func(a *sio.Ack) {
			var color string
			if err := a.Decode(&color); err != nil { // ErrAckTimeout, ErrClosed
				fmt.Println(err)
			}
			fmt.Println("the client says", color)
		})
		return a + b
	})

	c := w.Connect(siotest.Client{})
	var sum int
	c.EmitAck("add", 2, 3).Wait().Decode(&sum)
	fmt.Println("the server says", sum)
	c.Wait("color?").Reply("blue")
	w.Advance(time.Second)
	// Output:
	// the server says 5
	// the client says blue
}

// SendAck tells when a message has arrived.
func ExampleSocket_SendAck() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	sio.On0(w.Server(sio.Config{}).Of("/"), "hi", func(s *sio.Socket) {
		_ = s.SendAck("hi yourself", func(a *sio.Ack) { fmt.Println("arrived:", a.Err() == nil) })
	})
	c := w.Connect(siotest.Client{Generation: sio.Legacy})
	c.Emit("hi")
	w.Advance(time.Second)
	// Output: arrived: true
}

// Endpoints: each is an object of its own, on one connection.
func ExampleOf_endpoints() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	for _, name := range []string{"/", "/clock", "/game"} {
		sio.Of(srv, name, func(c *Endpoint) { c.what = strings.Trim(name, "/") })
	}
	c := w.Connect(siotest.Client{Generation: sio.Legacy})
	c.Join("/clock", nil)
	c.Join("/game", nil)
	c.SendPacket("0::")
	w.Advance(time.Second)
	// Output:
	// open ""
	// open "clock"
	// open "game"
	// close "game"
	// close "clock"
	// close ""
}

// Endpoint says when it opens and closes.
type Endpoint struct {
	sio.Socket
	what string
}

func (e *Endpoint) OnOpen(*sio.Handshake) error {
	fmt.Printf("open %q\n", e.what)
	return nil
}

func (e *Endpoint) OnClose(sio.Reason) { fmt.Printf("close %q\n", e.what) }

// Decide is TornadIO2's get_endpoint.
func ExampleServer_Decide() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	room := srv.Of("/room")
	sio.Answer0(room, "where", func(s *sio.Socket) string { return s.Namespace() })
	srv.Decide(func(name string) sio.Endpoint {
		if strings.HasPrefix(name, "/room-") {
			return room
		}
		return nil
	})
	var where string
	w.Connect(siotest.Client{Namespace: "/room-7"}).EmitAck("where").Wait().Decode(&where)
	fmt.Println(where)
	// Output: /room-7
}

// Timers run on the client's loop, where its own fields are safe to touch, and
// end with the client.
func ExampleSocket_Every() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	sio.On0(w.Server(sio.Config{}).Of("/"), "count", func(s *sio.Socket) {
		n := 0
		tick := s.Every(time.Second, func() { n++ })
		s.After(3500*time.Millisecond, func() {
			tick.Stop()
			_ = s.Emit("counted", n)
		})
	})
	c := w.Connect(siotest.Client{})
	c.Emit("count")
	var n int
	c.Wait("counted").Decode(&n)
	fmt.Println(n)
	// Output: 3
}

// Do brings what another goroutine has found out back to the client's loop.
func ExampleSocket_Do() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	found := make(chan string)
	sio.On0(srv.Of("/"), "find", func(s *sio.Socket) {
		go func() {
			answer := <-found
			s.Do(func() { _ = s.Emit("found", answer) }) // not run if the client has left
		}()
	})
	c := w.Connect(siotest.Client{})
	c.Emit("find")
	w.Advance(time.Second)
	found <- "it"
	fmt.Println(c.Wait("found").Text())
	// Output: it
}

// The server's own loop, for what belongs to no client.
func ExampleServer_Every() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	w.Connect(siotest.Client{})
	minutes := 0
	tick := srv.Every(time.Minute, func() { minutes++ })
	w.Advance(3*time.Minute + time.Second)
	tick.Stop()
	w.Advance(time.Hour)
	fmt.Println(minutes)
	// Output: 3
}

// Handlers that wait learn by their context that the server shuts down, which
// waits for them.
func ExampleServer_Shutdown() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	begun := make(chan struct{})
	sio.On0(srv.Of("/"), "wait", func(s *sio.Socket) {
		close(begun)
		<-s.Context().Done()
		fmt.Println("the handler returns")
	}, sio.Ordered)
	c := w.Connect(siotest.Client{})
	c.Emit("wait")
	w.Until(func() bool { return srv.Stats().Waiting == 1 })
	<-begun
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	fmt.Println(srv.Shutdown(ctx))
	// Output:
	// the handler returns
	// <nil>
}

// Statistics, by TornadIO2's names and as a struct.
func ExampleServer_Stats() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	srv.Handle("/stats", srv.StatsHandler()) // JSON
	w.Connect(siotest.Client{})
	w.Connect(siotest.Client{Generation: sio.Legacy, Transport: "xhr-polling"})
	s := srv.Stats()
	fmt.Println(s.Sessions, s.Transports, s.Generations)
	dump := s.Dump()
	for _, name := range []string{"active_sessions", "max_sessions", "active_connections", "max_connections"} {
		fmt.Println(name, dump[name])
	}
	// Output:
	// 2 map[websocket:1 xhr-polling:1] map[0.x:1 4.x:1]
	// active_sessions 2
	// max_sessions 2
	// active_connections 2
	// max_connections 2
}

// Behind a proxy the client's address is the one that the proxy has written.
func ExampleConfig_proxies() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	})
	srv.Of("/").Use(func(h *sio.Handshake) error {
		fmt.Println(h.RemoteAddr().Addr(), h.Secure())
		return nil
	})
	w.Connect(siotest.Client{Header: http.Header{
		"X-Forwarded-For":   {"6.6.6.6, 192.0.2.1"}, // the first is the client's own claim
		"X-Forwarded-Proto": {"https"},
	}})
	// Output: 192.0.2.1 true
}
