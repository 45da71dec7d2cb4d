package sio_test

import (
	"context"
	"encoding/json"
	"errors"
	"expvar"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/tornadio/tornadio/flashpolicy"
	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// Functions that are told who comes and goes, as many as one likes.
func ExampleNamespace_OnConnection() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	ns.OnConnection(func(s *sio.Socket, h *sio.Handshake) {
		fmt.Println(h.Query("name"), "comes over", h.Transport())
		_ = s.Emit("welcome")
	})
	ns.OnUpgrade(func(s *sio.Socket) { fmt.Println("goes on over", s.Transport()) })
	ns.OnDisconnection(func(_ *sio.Socket, why sio.Reason) { fmt.Println("left:", why) })

	ann := w.Connect(siotest.Client{Transport: "upgrade", Query: map[string][]string{"name": {"ann"}}})
	ann.Wait("welcome")
	w.Until(func() bool { return ann.Transport() == "websocket" })
	ann.Close()
	w.Advance(time.Second)
	// Output:
	// ann comes over polling
	// goes on over websocket
	// left: client namespace disconnect
}

// The sockets themselves: those of a room, and the one with an id. The
// functions run on the sockets' loops.
func ExampleNamespace_Each() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	chat := sio.Of[Chat](w.Server(sio.Config{Loops: 1}), "/", nil)
	var ids []string
	for _, name := range []string{"ann", "bob"} {
		ids = append(ids, w.Connect(siotest.Client{Query: map[string][]string{"name": {name}}}).ID())
	}
	chat.Each(func(c *Chat) { fmt.Println(c.name, "is in the lobby") }, "lobby")
	chat.With(ids[1], func(c *Chat) { fmt.Println("the second is", c.name) })
	w.Advance(time.Second)
	// Output:
	// ann is in the lobby
	// bob is in the lobby
	// the second is bob
}

// What watches all namespaces of a server, whatever their clients' types are.
func ExampleUntyped() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	watch := func(e sio.Endpoint) {
		sio.Untyped(e).OnAny(func(c sio.Handler, event *sio.Event) {
			fmt.Println(e.Name(), event.Name(), sio.SocketOf(c).Generation())
		})
	}
	for _, e := range srv.Namespaces() {
		watch(e)
	}
	srv.OnNamespace(watch) // those to come
	sio.Of[Chat](srv, "/chat", nil)

	w.Connect(siotest.Client{}).Emit("hello")
	w.Connect(siotest.Client{Namespace: "/chat", Query: map[string][]string{"name": {"ann"}}}).Emit("say", "hi")
	w.Advance(time.Second)
	// Output:
	// / hello 4.x
	// /chat say 4.x
}

// A listener of all events of one socket, in front of the others, until it has
// seen enough.
func ExampleSocket_PrependAny() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	ns.OnConnection(func(s *sio.Socket, _ *sio.Handshake) {
		s.OnAny(func(e *sio.Event) { fmt.Println("second", e.Name()) })
		var off func()
		off = s.PrependAny(func(e *sio.Event) { fmt.Println("first", e.Name()); off() })
		s.OnAnyOutgoing(func(e *sio.Event) { fmt.Println("out", e.Name(), string(e.Raw())) })
		_ = s.Emit("welcome", 1)
	})
	k := w.Connect(siotest.Client{})
	k.Emit("a")
	k.Emit("b")
	w.Advance(time.Second)
	// Output:
	// out welcome 1
	// first a
	// second a
	// second b
}

// In a fleet of servers this one's clients alone, e.g. before it is shut down.
func ExampleTarget_Local() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	k := w.Connect(siotest.Client{})
	_ = ns.To().Local().Emit("restarting", "in a minute")
	fmt.Println(k.Wait("restarting").Text())
	// Output: in a minute
}

// Events that may get lost: while this client is between two polls, nothing
// waits for it.
func ExampleTarget_Volatile() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	k := w.Connect(siotest.Client{Transport: "polling"})
	k.Pause(true)
	w.Advance(time.Second)
	for i := range 3 {
		_ = ns.To().Volatile().Emit("position", i)
		w.Advance(time.Second)
	}
	k.Pause(false)
	w.Advance(time.Second)
	fmt.Println(len(k.Events()), "of 3 have come")
	// Output: 1 of 3 have come
}

// Data in the error that a refused client reads.
func ExampleRefusedError() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	w.Server(sio.Config{}).Of("/").Use(func(*sio.Handshake) error {
		return &sio.RefusedError{Message: "full", Data: map[string]int{"retryAfter": 30}}
	})
	var refused *siotest.RefusedError // as the client sees it
	if errors.As(w.Connect(siotest.Client{}).Err(), &refused) {
		fmt.Println(refused.Message, string(refused.Data))
	}
	// Output: full {"retryAfter":30}
}

// A handler that waits asks its client, and goes on with the answer.
func ExampleSocket_EmitAckWait() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.Answer(ns, "delete", func(s *sio.Socket, file string) string {
		a, err := s.EmitAckWait(s.Context(), "sure?", file)
		if err != nil {
			return err.Error() // no answer in time, or the client is gone
		}
		var yes bool
		if _ = a.Decode(&yes); yes {
			return "deleted " + file
		}
		return "kept " + file
	}, sio.Ordered)

	k := w.Connect(siotest.Client{OnEvent: func(e *siotest.Event) { e.Reply(true) }})
	var did string
	k.EmitAck("delete", "notes").Wait().Decode(&did)
	fmt.Println(did)
	// Output: deleted notes
}

// Some have not answered: the result has the others' answers.
func ExamplePartialError() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	w.Connect(siotest.Client{OnEvent: func(e *siotest.Event) { e.Reply("yes") }})
	w.Connect(siotest.Client{}) // says nothing
	_ = ns.To().Timeout(5*time.Second).EmitAck("ready?", func(all []*sio.Ack, err error) {
		var partial *sio.PartialError
		if errors.As(err, &partial) {
			fmt.Println(partial.Missing, "missing:", err)
		}
		for _, a := range all {
			var answer string
			_ = a.Decode(&answer)
			fmt.Println(answer, errors.Is(err, sio.ErrAckTimeout))
		}
	})
	w.Advance(6 * time.Second)
	// Output:
	// 1 missing: operation has timed out
	// yes true
}

// A listener that somebody else has opened, as systemd does.
func ExampleServer_Serve() {
	srv := sio.New(sio.Config{})
	srv.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "a page") })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- srv.Serve(ln) }()
	res, err := http.Get("http://" + ln.Addr().String() + "/")
	if err != nil {
		log.Fatal(err)
	}
	_ = res.Body.Close()
	_ = srv.Shutdown(context.Background())
	fmt.Println(res.Status, errors.Is(<-ended, sio.ErrServerClosed))
	// Output: 200 OK true
}

// A whole program: it serves until the process is told to end, and closes its
// clients in good order then.
func ExampleServer_Run() {
	srv := sio.New(sio.Config{})
	if _, err := srv.Listen("unix", "/run/app.sock"); err != nil { // beside the others
		log.Fatal(err)
	}
	if err := srv.Run(":8001", "[::1]:8002"); err != nil {
		log.Fatal(err)
	}
}

// The statistics as JSON, behind whatever access control one has, and among the
// variables of package expvar.
func ExampleServer_StatsHandler() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	stats := srv.StatsHandler()
	srv.HandleFunc("/stats", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		stats.ServeHTTP(w, r)
	})
	srv.PublishStats("chat") // below /debug/vars

	w.Connect(siotest.Client{})
	fmt.Println(w.HTTP().Get("/stats").Status)
	var got struct {
		Sessions int `json:"active_sessions"`
	}
	_ = json.Unmarshal(w.HTTP().Get("/stats", "Authorization: Bearer secret").Body, &got)
	fmt.Println(got.Sessions, strings.Contains(expvar.Get("chat").String(), `"active_sessions":1`))
	// Output:
	// 401
	// 1 true
}

// What Node's server does by default, where this one is more lenient; client
// files of one's own; compressed websockets; Flash's policy on its port.
func ExampleConfig_options() {
	srv := sio.New(sio.Config{
		DisableEIO3:       true,
		Transports:        []string{"polling", "websocket", "flashsocket"},
		NoClientFiles:     true,
		PerMessageDeflate: &sio.Deflate{Threshold: 4096},
		Cookie:            &sio.Cookie{Name: "node", SameSite: http.SameSiteStrictMode},
		FlashPolicy:       flashpolicy.Config{Addrs: []string{":843"}},
		OnConnectionError: func(e *sio.ConnectionError) { log.Println(e.Code, e.Message, e.Context) },
	})
	fmt.Println(srv.Err())
	// Output: <nil>
}
