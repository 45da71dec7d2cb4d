package sio_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// dialRaw opens a websocket of Engine.IO 4 and joins "/".
func dialRaw(w *siotest.World) *siotest.Raw {
	r := w.HTTP()
	r.Upgrade("/socket.io/?EIO=4&transport=websocket")
	r.Text() // open
	r.WriteFrame(siotest.Text, "40")
	r.Text() // joined
	return r
}

// watched is a client whose listeners take notes.
type watched struct {
	sio.Socket
	notes *[]string
}

func (c *watched) note(format string, args ...any) {
	*c.notes = append(*c.notes, fmt.Sprintf(format, args...))
}
func (c *watched) OnMessage(m sio.Message) { c.note("message %s", m.Text()) }
func (c *watched) OnEvent(e *sio.Event)    { c.note("event %s", e.Name()) }
func (c *watched) OnError(err error)       { c.note("error %v", err) }

func watch(t *testing.T, cfg sio.Config) (*siotest.World, *sio.Namespace[*watched], *[]string) {
	w := siotest.New(t, siotest.Options{})
	notes := new([]string)
	ns := sio.Of(w.Server(cfg), "/", func(c *watched) { c.notes = notes })
	return w, ns, notes
}

func wantNotes(t *testing.T, got *[]string, want ...string) {
	t.Helper()
	if !slices.Equal(*got, want) {
		t.Errorf("notes are\n%q, want\n%q", *got, want)
	}
	*got = nil
}

// TestOnAny: listeners see each event before its handler, the namespace's
// first, whatever becomes of it.
func TestOnAny(t *testing.T) {
	for _, gen := range []sio.Generation{sio.Modern, sio.Legacy} {
		t.Run(gen.String(), func(t *testing.T) {
			w, ns, notes := watch(t, sio.Config{})
			ns.OnAny(func(c *watched, e *sio.Event) { c.note("ns %s %s", e.Name(), e.Raw()) })
			var off func()
			sio.On0(ns, "start", func(c *watched) {
				off = c.OnAny(func(e *sio.Event) { c.note("own %s", e.Name()) })
				c.PrependAny(func(e *sio.Event) { c.note("front %s", e.Name()) })
			})
			sio.On(ns, "say", func(c *watched, s string) { c.note("say %s", s) })
			sio.On0(ns, "stop", func(c *watched) { off() })
			c := w.Connect(siotest.Client{Generation: gen})
			c.Emit("start")
			c.Emit("say", "a")
			c.Emit("other")
			c.Send("text")
			c.Emit("stop")
			c.Emit("say", "b")
			w.Advance(time.Second)
			wantNotes(t, notes, "ns start ",
				`ns say "a"`, "front say", "own say", "say a",
				"ns other ", "front other", "own other", "event other",
				`ns message "text"`, "front message", "own message", "message text",
				"ns stop ", "front stop", "own stop",
				`ns say "b"`, "front say", "say b")
		})
	}
}

// TestOnAnyReplies: a listener may acknowledge; the handler is then too late.
func TestOnAnyReplies(t *testing.T) {
	w, ns, notes := watch(t, sio.Config{})
	ns.OnAny(func(_ *watched, e *sio.Event) { _ = e.Reply("any") })
	ns.OnRaw("ask", func(c *watched, e *sio.Event) { c.note("%v", e.Reply("handler")) })
	c := w.Connect(siotest.Client{})
	var got string
	c.EmitAck("ask").Wait().Decode(&got)
	if got != "any" {
		t.Errorf("answered by %s", got)
	}
	wantNotes(t, notes, sio.ErrReplied.Error())
}

// TestOnAnyOutgoing: listeners see what is sent to their client, by whom ever,
// from where ever.
func TestOnAnyOutgoing(t *testing.T) {
	w, ns, notes := watch(t, sio.Config{})
	ns.OnAnyOutgoing(func(c *watched, e *sio.Event) {
		c.note("out %s %s %d %v", e.Name(), e.Raw(), len(e.Attachments()), e.WantsReply())
		_ = c.Emit("more") // is not shown: there would be no end
	})
	var off func()
	var socket *watched
	sio.Answer(ns, "start", func(c *watched, _ int) int {
		socket = c
		off = c.OnAnyOutgoing(func(e *sio.Event) { c.note("own %s", e.Name()) })
		c.PrependAnyOutgoing(func(e *sio.Event) { c.note("front %s", e.Name()) })
		return 1
	})
	sio.On0(ns, "go", func(c *watched) {
		_ = c.Emit("a", 1, []byte("x"))
		_ = c.Send("text")
		_ = c.EmitAck("b", nil)
		off()
		p, _ := sio.Encode("c", 2)
		_ = c.EmitPacket(p)
		_ = ns.To().Emit("d")
	})
	c := w.Connect(siotest.Client{})
	c.EmitAck("start", 1).Wait()
	wantNotes(t, notes)
	c.Emit("go")
	for _, name := range []string{"a", "message", "b", "c", "d"} {
		c.Wait(name)
	}
	wantNotes(t, notes,
		`out a 1,{"_placeholder":true,"num":0} 1 false`, "front a", "own a",
		`out message "text" 0 false`, "front message", "own message",
		"out b  0 false", "front b", "own b",
		"out c 2 0 false", "front c", "out d  0 false", "front d")
	_ = socket.Emit("from elsewhere", 1) // the test's goroutine
	c.Wait("from elsewhere")
	wantNotes(t, notes, "out from elsewhere 1 0 false", "front from elsewhere")
}

// TestOutgoingListenersMayMove: one that changes rooms while a broadcast to
// them is under way, or closes sockets, disturbs nobody.
func TestOutgoingListenersMayMove(t *testing.T) {
	w, ns, _ := watch(t, sio.Config{Loops: 1})
	var all []*watched
	sio.Answer(ns, "join", func(c *watched, _ int) bool { all = append(all, c); return c.Join("r") == nil })
	ns.OnAnyOutgoing(func(c *watched, _ *sio.Event) {
		for _, x := range all {
			x.Leave("r")
		}
		all[1].Close()
	})
	var clients []*siotest.Conn
	for range 4 {
		c := w.Connect(siotest.Client{})
		c.EmitAck("join", 1).Wait()
		clients = append(clients, c)
	}
	_ = ns.To("r").Emit("hear")
	for _, i := range []int{0, 2, 3} {
		clients[i].Wait("hear")
	}
	w.Until(func() bool { return clients[1].Closed() != "" })
}

// TestUseEvent: middlewares of a namespace and of a socket are asked in order;
// an error drops the event and goes to OnError.
func TestUseEvent(t *testing.T) {
	w, ns, notes := watch(t, sio.Config{})
	ns.UseEvent(func(c *watched, e *sio.Event) error {
		c.note("ns")
		if e.Name() == "bad" {
			return errors.New("not " + e.Name())
		}
		return nil
	})
	sio.On0(ns, "start", func(c *watched) {
		c.Use(func(e *sio.Event) error {
			if c.note("own"); e.Name() == "worse" {
				return fmt.Errorf("nor %s", e.Name())
			}
			return nil
		})
	})
	sio.On0(ns, "good", func(c *watched) { c.note("good") })
	sio.On0(ns, "bad", func(c *watched) { t.Error("dropped event ran") })
	sio.On0(ns, "worse", func(c *watched) { t.Error("dropped event ran") })
	c := w.Connect(siotest.Client{})
	for _, name := range []string{"start", "good", "bad", "worse"} {
		c.Emit(name)
	}
	c.Send("x")
	w.Advance(time.Second)
	wantNotes(t, notes, "ns", "ns", "own", "good", "ns", "error not bad", "ns", "own", "error nor worse", "ns", "own", "message x")
	if !c.Joined() {
		t.Error("the connection did not stay")
	}
}

// TestUseEventAndOrdered: an event that is held is asked about when its turn
// comes, once.
func TestUseEventAndOrdered(t *testing.T) {
	w, ns, notes := watch(t, sio.Config{})
	ns.UseEvent(func(c *watched, e *sio.Event) error { c.note("use %s", e.Name()); return nil })
	release := make(chan struct{})
	sio.On0(ns, "slow", func(c *watched) {
		<-release
		c.Do(func() { c.note("slow") }) // the notes are the loop's
	}, sio.Ordered)
	c := w.Connect(siotest.Client{})
	c.Emit("slow")
	c.Emit("message", "x")
	w.Advance(time.Second)
	wantNotes(t, notes, "use slow")
	close(release)
	w.Until(func() bool { return len(*notes) == 3 })
	wantNotes(t, notes, "slow", "use message", "message x")
}

// TestListenerPanics cost their client alone.
func TestListenerPanics(t *testing.T) {
	w, ns, _ := watch(t, sio.Config{})
	ns.OnAny(func(_ *watched, e *sio.Event) {
		if e.Name() == "panic" {
			panic("x")
		}
	})
	sio.Answer(ns, "echo", func(_ *watched, n int) int { return n })
	a, b := w.Connect(siotest.Client{}), w.Connect(siotest.Client{})
	a.Emit("panic")
	w.Until(func() bool { return a.Closed() != "" })
	b.EmitAck("echo", 1).Wait()
}

// TestEventAllocations: what an event costs without listeners, and with.
func TestEventAllocations(t *testing.T) {
	w, ns, _ := watch(t, sio.Config{})
	sio.On(ns, "on", func(*watched, string) {})
	ns.OnRaw("raw", func(*watched, *sio.Event) {})
	got := map[string]float64{}
	run := func(c *watched, name, packet string) {
		data := []byte(packet)
		got[name] = testing.AllocsPerRun(100, func() { sio.TakePacket(&c.Socket, data) })
	}
	sio.On0(ns, "measure", func(c *watched) {
		run(c, "raw", `2["raw",{"a":1}]`)
		run(c, "typed", `2["on","text"]`)
		off := c.OnAny(func(*sio.Event) {})
		run(c, "with a listener", `2["raw",{"a":1}]`)
		off()
		run(c, "when it is gone", `2["raw",{"a":1}]`)
	})
	w.Connect(siotest.Client{}).Emit("measure")
	w.Advance(time.Second)
	for name, most := range map[string]float64{"raw": 0, "typed": 3, "with a listener": 6, "when it is gone": 0} {
		if n, ok := got[name]; !ok || n > most {
			t.Errorf("%s: %v allocations, want at most %v", name, n, most)
		}
	}
}
