package engine_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tornadio/tornadio/sio/engine"
	"github.com/tornadio/tornadio/sio/siotest"
)

// Counter is a connection with a state of its own.
type Counter struct {
	engine.Socket
	name string
	n    int
}

func (c *Counter) OnOpen(h *engine.Handshake) error {
	if c.name = h.Query("name"); c.name == "" {
		return errors.New("who are you?") // the client reads this
	}
	return c.Send("hello " + c.name)
}

func (c *Counter) OnMessage(m engine.Message) {
	c.n++
	fmt.Printf("%s says %q, message %d\n", c.name, m.Text(), c.n)
}

func (c *Counter) OnClose(why engine.Reason) { fmt.Println(c.name, "has left:", why) }

// Connections that are values of a struct. (The simulated network stands for
// ListenAndServe and a client.)
func Example() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Engine(engine.Config{})
	engine.Accept[Counter](srv, nil)

	ann := w.HTTP()
	ann.Upgrade("/engine.io/?EIO=4&transport=websocket&name=ann")
	ann.Text() // the open packet
	fmt.Println("ann reads", ann.Text())
	ann.WriteFrame(siotest.Text, "4hi")
	ann.WriteFrame(siotest.CloseFrame, "")
	w.Until(func() bool { return srv.Len() == 0 })
	fmt.Println(string(w.HTTP().Get("/engine.io/?EIO=4&transport=polling").Body))
	// Output:
	// ann reads 4hello ann
	// ann says "hi", message 1
	// ann has left: transport close
	// {"code":4,"message":"who are you?"}
}

// Handlers that are functions.
func ExampleServer_OnMessage() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Engine(engine.Config{})
	srv.OnMessage(func(c *engine.Socket, m engine.Message) {
		if m.IsText() {
			_ = c.Send(strings.ToUpper(m.Text()))
		} else {
			_ = c.SendBinary(m.Bytes())
		}
	})

	k := w.HTTP()
	k.Upgrade("/engine.io/?EIO=4&transport=websocket")
	k.Text()
	k.WriteFrame(siotest.Text, "4loud")
	fmt.Println(k.Text())
	k.WriteFrame(siotest.Binary, "\x01\x02")
	fmt.Println(k.Frame().Payload)
	// Output:
	// 4LOUD
	// [1 2]
}

// A message to everyone is encoded once.
func ExampleServer_SendPacket() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Engine(engine.Config{})
	var all []*siotest.Raw
	for range 3 {
		k := w.HTTP()
		k.Upgrade("/engine.io/?EIO=4&transport=websocket")
		k.Text()
		all = append(all, k)
	}
	if err := srv.SendPacket(engine.Text("news").Compress(false)); err != nil {
		fmt.Println(err)
	}
	for _, k := range all {
		fmt.Println(k.Text())
	}
	// Output:
	// 4news
	// 4news
	// 4news
}

// What waits runs in a goroutine, and its result comes back with Do.
func ExampleSocket_Do() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Engine(engine.Config{})
	started := make(chan func())
	srv.OnMessage(func(c *engine.Socket, m engine.Message) {
		question := m.Text() // the message is lent
		go func() {
			<-started // a slow query
			c.Do(func() { _ = c.Send("the answer to " + question) })
			close(started)
		}()
	})

	k := w.HTTP()
	k.Upgrade("/engine.io/?EIO=4&transport=websocket")
	k.Text()
	k.WriteFrame(siotest.Text, "4?")
	w.Advance(0)
	started <- nil
	<-started
	fmt.Println(k.Text())
	// Output: 4the answer to ?
}
