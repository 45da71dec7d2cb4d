package sio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// Chat is one client of a chat: its own state needs no locks.
type Chat struct {
	sio.Socket
	name string
}

func (c *Chat) OnOpen(h *sio.Handshake) error {
	if c.name = h.Query("name"); c.name == "" {
		return errors.New("say who you are")
	}
	return c.Join("lobby")
}

func (c *Chat) Say(text string) { _ = c.To("lobby").Emit("said", c.name, text) }

func (c *Chat) Rename(name string) string {
	c.name = name
	return "you are " + name
}

// A server for clients of every generation. In a program the last lines are
// log.Fatal(srv.ListenAndServe(":8001")).
func Example() {
	w := siotest.New(nil, siotest.Options{}) // a simulated network
	defer w.Close()
	srv := w.Server(sio.Config{})
	chat := sio.Of[Chat](srv, "/", nil)
	sio.On(chat, "say", (*Chat).Say)
	sio.Answer(chat, "rename", (*Chat).Rename)

	today := w.Connect(siotest.Client{Query: map[string][]string{"name": {"ada"}}})
	of2012 := w.Connect(siotest.Client{Generation: sio.Legacy, Query: map[string][]string{"name": {"grace"}}})
	var answer, who, text string
	today.EmitAck("rename", "lovelace").Wait().Decode(&answer)
	fmt.Println(answer)
	today.Emit("say", "hello")
	of2012.Wait("said").Decode(&who, &text)
	fmt.Println(who, "said", text)
	// Output:
	// you are lovelace
	// lovelace said hello
}

// Functions as handlers, for namespaces whose clients need no state.
func ExampleServer_Of() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	sio.On2(srv.Of("/math"), "add", func(s *sio.Socket, a, b int) { _ = s.Emit("sum", a+b) })

	c := w.Connect(siotest.Client{Namespace: "/math"})
	c.Emit("add", 2, 3)
	var sum int
	c.Wait("sum").Decode(&sum)
	fmt.Println(sum)
	// Output: 5
}

// A middleware refuses clients before they join.
func ExampleNamespace_Use() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	admin := srv.Of("/admin")
	admin.Use(func(h *sio.Handshake) error {
		var auth struct{ Token string }
		if err := h.Auth(&auth); err != nil || auth.Token != "secret" {
			return &sio.RefusedError{Message: "not authorized", Data: map[string]int{"code": 7}}
		}
		return nil
	})

	var refused *siotest.RefusedError
	errors.As(w.Connect(siotest.Client{Namespace: "/admin"}).Err(), &refused)
	fmt.Println(refused.Message, string(refused.Data))
	ok := w.Connect(siotest.Client{Namespace: "/admin", Auth: map[string]string{"token": "secret"}})
	fmt.Println(ok.Joined())
	// Output:
	// not authorized {"code":7}
	// true
}

// The server asks a client, which has some time to answer.
func ExampleSocket_EmitAckTimeout() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	done := make(chan string, 2)
	sio.On0(srv.Of("/"), "ready", func(s *sio.Socket) {
		ask := func(a *sio.Ack) {
			var color string
			if err := a.Decode(&color); err != nil {
				color = err.Error()
			}
			done <- color
		}
		_ = s.EmitAckTimeout(time.Second, "color?", ask)
		_ = s.EmitAckTimeout(time.Second, "shape?", ask)
	})

	c := w.Connect(siotest.Client{})
	c.Emit("ready")
	c.Wait("color?").Reply("teal")
	w.Advance(2 * time.Second)
	fmt.Println(<-done)
	fmt.Println(<-done)
	// Output:
	// teal
	// operation has timed out
}

// An event that goes to many clients at many times is encoded once.
func ExampleEncode() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	tick, err := sio.Encode("tick", map[string]string{"every": "second"})
	if err != nil {
		fmt.Println(err)
	}
	all := srv.Of("/").To() // a Target is a value: it can be kept
	c := w.Connect(siotest.Client{})
	_ = all.EmitPacket(tick)
	_ = all.Except("quiet").Volatile().EmitPacket(tick)
	c.Wait("tick")
	c.Wait("tick")
	fmt.Println(len(c.Events()))
	// Output: 2
}

// OnRaw gets the bytes as the client wrote them, and may answer later.
func ExampleNamespace_OnRaw() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	srv.Of("/").OnRaw("later", func(s *sio.Socket, e *sio.Event) {
		fmt.Printf("%d arguments: %s\n", e.Len(), e.Raw())
		s.After(time.Minute, func() { _ = e.Reply("now") })
	})
	c := w.Connect(siotest.Client{})
	ack := c.EmitAck("later", 1.50, "x")
	w.Advance(time.Minute + time.Second)
	var answer string
	ack.Decode(&answer)
	fmt.Println(answer)
	// Output:
	// 2 arguments: 1.5,"x"
	// now
}

// A handler that waits runs in a goroutine, and its client's next events wait
// behind it.
func ExampleOption() {
	srv := sio.New(sio.Config{Loops: 1})
	query := func(s *sio.Socket, q string) string {
		select {
		case <-time.After(time.Millisecond): // a database, say
			return "rows for " + q
		case <-s.Context().Done(): // the client has left
			return ""
		}
	}
	sio.Answer(srv.Of("/"), "query", query, sio.Ordered)
	fmt.Println(srv.Err())
	// Output: <nil>
}

// Ordinary routes live beside Socket.IO's.
func ExampleServer_Handle() {
	srv := sio.New(sio.Config{Loops: 1})
	srv.Handle("/", http.FileServer(http.Dir("page")))
	srv.Handle("/stats", srv.StatsHandler())
	srv.HandleFunc("POST /hook", func(w http.ResponseWriter, r *http.Request) {
		_ = srv.Of("/").To().Emit("hook", r.FormValue("what"))
	})
	addr, err := srv.Listen("tcp", "127.0.0.1:0")
	fmt.Println(addr != nil, err, srv.Start())
	fmt.Println(srv.Shutdown(context.Background()))
	// Output:
	// true <nil> <nil>
	// <nil>
}

// Namespaces that come into being when a client asks for them.
func ExampleServer_OfMatch() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	docs := srv.OfMatch(regexp.MustCompile(`^/doc-\d+$`))
	sio.On(docs, "edit", func(s *sio.Socket, text string) {
		_ = s.To().Emit("edited", s.Namespace(), text) // the others in this document
	})

	ada := w.Connect(siotest.Client{Namespace: "/doc-1"})
	grace := w.Connect(siotest.Client{Namespace: "/doc-1"})
	other := w.Connect(siotest.Client{Namespace: "/doc-2"})
	ada.Emit("edit", "hello")
	var where, text string
	grace.Wait("edited").Decode(&where, &text)
	fmt.Println(where, text)
	_ = docs.To().Emit("backup") // all documents
	other.Wait("backup")
	fmt.Println(w.Connect(siotest.Client{Namespace: "/doc-x"}).Err())
	// Output:
	// /doc-1 hello
	// siotest: refused: Invalid namespace
}

// Who is let in may depend on what the client gave.
func ExampleOfFunc() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	teams := map[string]string{"/team-red": "r3d"}
	sio.OfFunc[Chat](srv, func(name string, h *sio.Handshake) bool {
		var auth struct{ Password string }
		return h.Auth(&auth) == nil && teams[name] != "" && teams[name] == auth.Password
	}, func(c *Chat) { c.name = "?" })

	c := w.Connect(siotest.Client{
		Namespace: "/team-red",
		Auth:      map[string]string{"password": "r3d"},
		Query:     map[string][]string{"name": {"ada"}},
	})
	fmt.Println(c.Joined(), w.Connect(siotest.Client{Namespace: "/team-red"}).Joined())
	// Output: true false
}

// A middleware that asks a database, off the loop.
func ExampleNamespace_UseContext() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	find := func(ctx context.Context, token string) (string, error) { // a query, say
		if token == "t1" {
			return "ada", ctx.Err()
		}
		return "", errors.New("not authorized")
	}
	srv.Of("/").UseContext(func(ctx context.Context, h *sio.Handshake) error {
		_, err := find(ctx, h.Query("token"))
		return err
	})

	fmt.Println(w.Connect(siotest.Client{Query: map[string][]string{"token": {"t1"}}}).Joined())
	fmt.Println(w.Connect(siotest.Client{}).Err())
	// Output:
	// true
	// siotest: refused: not authorized
}

// Listeners of all events, and a middleware for each.
func ExampleNamespace_OnAny() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	chat := sio.Of[Chat](srv, "/", nil)
	sio.On(chat, "say", (*Chat).Say)
	chat.OnAny(func(c *Chat, e *sio.Event) { fmt.Println(c.name, "sent", e.Name(), string(e.Raw())) })
	chat.OnAnyOutgoing(func(c *Chat, e *sio.Event) { fmt.Println(c.name, "gets", e.Name(), string(e.Raw())) })
	chat.UseEvent(func(c *Chat, e *sio.Event) error {
		if c.name == "mallory" {
			return errors.New("not you") // for OnError; the event is dropped
		}
		return nil
	})

	ada := w.Connect(siotest.Client{Query: map[string][]string{"name": {"ada"}}})
	mallory := w.Connect(siotest.Client{Query: map[string][]string{"name": {"mallory"}}})
	mallory.Emit("say", "spam")
	w.Advance(time.Second)
	ada.Emit("say", "hi")
	mallory.Wait("said")
	// Output:
	// mallory sent say "spam"
	// ada sent say "hi"
	// mallory gets said "ada","hi"
}

// Clients with socket.io-msgpack-parser: every packet is msgpack.
func ExampleParser() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{Parser: sio.ParserMsgpack})
	type Shot struct {
		Name string
		PNG  []byte
	}
	sio.Answer(srv.Of("/"), "shot", func(_ *sio.Socket, s Shot) int { return len(s.PNG) })

	c := w.Connect(siotest.Client{Parser: sio.ParserMsgpack})
	var size int
	c.EmitAck("shot", map[string]any{"name": "one", "png": []byte("\x89PNG")}).Wait().Decode(&size)
	fmt.Println(size)
	// Output: 4
}

// fastJSON stands for a codec of another package, which is as easily plugged in.
type fastJSON struct{}

func (fastJSON) Marshal(v any) ([]byte, error)      { return json.Marshal(v) }
func (fastJSON) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }

// Arguments can be coded by another package than encoding/json.
func ExampleJSONCodec() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{JSON: fastJSON{}})
	type Point struct{ X, Y int }
	sio.Answer(srv.Of("/"), "mirror", func(_ *sio.Socket, p Point) Point { return Point{p.Y, p.X} })

	var p Point
	w.Connect(siotest.Client{}).EmitAck("mirror", Point{1, 2}).Wait().Decode(&p)
	fmt.Println(p)
	// Output: {2 1}
}

type tokenKey struct{}

// guest knows who it is from the middleware.
type guest struct {
	sio.Socket
	name string
}

func (g *guest) OnOpen(h *sio.Handshake) error {
	g.name = h.Value(tokenKey{}).(string)
	return g.Emit("welcome", g.name)
}

// A middleware finds out who a client is, and its namespace's OnOpen learns it.
func ExampleHandshake_SetValue() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	guests := sio.Of[guest](srv, "/", nil)
	guests.UseContext(func(ctx context.Context, h *sio.Handshake) error {
		var auth struct{ Token string }
		if err := h.Auth(&auth); err != nil {
			return err
		}
		h.SetValue(tokenKey{}, "the guest of token "+auth.Token) // after a look at a database
		return nil
	})
	c := w.Connect(siotest.Client{Auth: map[string]string{"token": "t1"}})
	fmt.Println(c.Wait("welcome").Text())
	// Output: the guest of token t1
}
