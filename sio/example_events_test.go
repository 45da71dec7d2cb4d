package sio_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// Handlers by event, with none to three typed arguments. What does not fit goes
// to the method OnError.
func ExampleOn() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	type order struct {
		Tea   int
		Sugar bool
	}
	ns := w.Server(sio.Config{}).Of("/")
	sio.On(ns, "order", func(s *sio.Socket, o order) { fmt.Println("order:", o.Tea, o.Sugar) })
	sio.On0(ns, "pay", func(s *sio.Socket) { fmt.Println("pay") })
	sio.On2(ns, "move", func(s *sio.Socket, x, y float64) { fmt.Println("move:", x, y) })
	sio.On3(ns, "file", func(s *sio.Socket, name string, data []byte, last bool) {
		fmt.Println("file:", name, data, last)
	})

	c := w.Connect(siotest.Client{})
	c.Emit("order", map[string]any{"tea": 2, "sugar": true})
	c.Emit("pay")
	c.Emit("move", 1.5, -2)
	c.Emit("file", "a", []byte{1, 2}, true)
	w.Advance(time.Second)
	// Output:
	// order: 2 true
	// pay
	// move: 1.5 -2
	// file: a [1 2] true
}

// The result of a handler is the acknowledgement.
func ExampleAnswer() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.Answer(ns, "upper", func(s *sio.Socket, text string) map[string]string {
		return map[string]string{"text": "<" + text + ">"}
	})
	sio.Answer0(ns, "time", func(s *sio.Socket) int64 { return 42 })

	c := w.Connect(siotest.Client{})
	var reply struct{ Text string }
	c.EmitAck("upper", "hi").Wait().Decode(&reply)
	var at int
	c.EmitAck("time").Wait().Decode(&at)
	fmt.Println(reply.Text, at)
	// Output: <hi> 42
}

// An event's name with the type of its argument, for both ends of a program.
func ExampleTyped() {
	type said struct{ Who, Text string }
	const Said = sio.Typed[said]("said")

	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	c := w.Connect(siotest.Client{})
	_ = Said.Emit(ns.To(), said{"ann", "hi"}) // another type would not compile

	var got said
	c.Wait("said").Decode(&got)
	fmt.Println(got.Who, got.Text)
	// Output: ann hi
}

// An event that is answered later: what it lends is copied first.
func ExampleEvent_Reply() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	ns.OnRaw("sum", func(s *sio.Socket, e *sio.Event) {
		var a, b int
		if err := e.Decode(&a, &b); err != nil || !e.WantsReply() {
			return
		}
		s.After(time.Second, func() { _ = e.Reply(a+b, e.Name()) })
	})

	c := w.Connect(siotest.Client{})
	var sum int
	var name string
	c.EmitAck("sum", 2, 3).Wait().Decode(&sum, &name)
	fmt.Println(name, sum)
	// Output: sum 5
}

// Tolerant notes what does not fit.
type Tolerant struct{ sio.Socket }

func (t *Tolerant) Age(years int) { fmt.Println("age", years) }

func (t *Tolerant) OnError(err error) {
	var wrong *sio.DecodeError
	if errors.As(err, &wrong) {
		fmt.Println("does not fit:", wrong.Event)
	}
}

func (t *Tolerant) OnEvent(e *sio.Event) { fmt.Println("no handler:", e.Name(), string(e.Raw())) }

// Arguments of another type, and events that nobody handles.
func ExampleDecodeError() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	sio.On(sio.Of[Tolerant](w.Server(sio.Config{}), "/", nil), "age", (*Tolerant).Age)

	c := w.Connect(siotest.Client{})
	c.Emit("age", "old")
	c.Emit("age", 7)
	c.Emit("size", 1, []int{2})
	w.Advance(time.Second)
	// Output:
	// does not fit: age
	// age 7
	// no handler: size 1,[2]
}

// Messages are what clients give to send(): texts, binary data, JSON.
func ExampleSocket_Send() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.On0(ns, "go", func(s *sio.Socket) {
		_ = s.Send("a text")
		_ = s.Send([]byte{1, 2})
		_ = s.Send(map[string]int{"n": 3})
	})

	c := w.Connect(siotest.Client{})
	c.Emit("go")
	var data []byte
	var object struct{ N int }
	fmt.Println(c.Wait("message").Text())
	c.Wait("message").Decode(&data)
	c.Wait("message").Decode(&object)
	fmt.Println(data, object.N)
	// Output:
	// a text
	// [1 2] 3
}

// Binary marks data inside other values; it travels beside the JSON.
func ExampleBinary() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	type picture struct {
		Name string     `json:"name"`
		Data sio.Binary `json:"data"`
	}
	ns := w.Server(sio.Config{}).Of("/")
	sio.Answer(ns, "turn", func(s *sio.Socket, p picture) picture {
		p.Data[0], p.Data[1] = p.Data[1], p.Data[0]
		return p
	})

	c := w.Connect(siotest.Client{})
	var got picture
	c.EmitAck("turn", map[string]any{"name": "a", "data": []byte{1, 2}}).Wait().Decode(&got)
	fmt.Println(got.Name, got.Data)
	// Output: a [2 1]
}

// A middleware of events: an error keeps the event from its handler, and goes to
// OnError.
func ExampleNamespace_UseEvent() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := sio.Of[Guarded](w.Server(sio.Config{}), "/", nil)
	ns.UseEvent(func(g *Guarded, e *sio.Event) error {
		if e.Name() == "secret" {
			return errors.New("not you")
		}
		return nil
	})
	sio.On0(ns, "secret", func(*Guarded) { fmt.Println("never") })
	sio.On0(ns, "open", func(*Guarded) { fmt.Println("open") })

	c := w.Connect(siotest.Client{})
	c.Emit("secret")
	c.Emit("open")
	w.Advance(time.Second)
	// Output:
	// refused: not you
	// open
}

// Guarded shows its errors.
type Guarded struct{ sio.Socket }

func (g *Guarded) OnError(err error) { fmt.Println("refused:", err) }
