package sio_test

import (
	"fmt"
	"regexp"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// churner is a connection that leaves something behind in every place where a
// server keeps things.
type churner struct {
	sio.Socket
	passers *passers
}

// passers counts those who came and those whom the collector has taken.
type passers struct{ opened, gone atomic.Int64 }

func (c *churner) OnOpen(*sio.Handshake) error {
	c.passers.opened.Add(1)
	runtime.AddCleanup(c, func(all *passers) { all.gone.Add(1) }, c.passers)
	_ = c.Join("everyone", "room of "+c.ID())
	_ = c.SetData(map[string]string{"id": c.ID()})
	c.OnAny(func(*sio.Event) {})
	c.After(time.Hour, c.Close)
	c.Every(time.Hour, c.Close)
	if err := c.EmitAckTimeout(time.Hour, "question", func(*sio.Ack) {}); err != nil {
		return err
	}
	return c.To("everyone").Timeout(time.Hour).EmitAck("question to all", func([]*sio.Ack, error) { _ = c.ID() })
}

// churnHandlers registers the handlers that the clients of the test use.
func churnHandlers(srv *sio.Server, all *passers) {
	setup := func(c *churner) { c.passers = all }
	front := sio.Of(srv, "/", setup)
	sio.On(front, "concurrent", func(c *churner, _ int) { c.Context() }, sio.Concurrent)
	sio.Answer(front, "ordered", func(c *churner, n int) int { return n }, sio.Ordered)
	front.OnRaw("raw", func(c *churner, e *sio.Event) { _ = e.Reply(1) })
	front.OnRaw("no reply", func(c *churner, e *sio.Event) {})
	sio.OfMatch(srv, regexp.MustCompile("^/dynamic-"), setup)
}

// ways to leave.
var leavings = map[string]func(w *siotest.World, c *siotest.Conn){
	"closes":         func(_ *siotest.World, c *siotest.Conn) { c.Close() },
	"is cut off":     func(_ *siotest.World, c *siotest.Conn) { c.Drop() },
	"is reset":       func(_ *siotest.World, c *siotest.Conn) { c.Reset() },
	"vanishes":       func(_ *siotest.World, c *siotest.Conn) { c.Vanish() },
	"stops reading":  func(_ *siotest.World, c *siotest.Conn) { c.Pause(true); c.Vanish() },
	"writes rubbish": func(_ *siotest.World, c *siotest.Conn) { c.SendPacket("9[") },
}

// TestChurnLeavesNothing: whatever a client has used, and however it left,
// nothing of the server refers to its socket afterwards.
func TestChurnLeavesNothing(t *testing.T) {
	for name, leave := range leavings {
		for _, kind := range []siotest.Client{
			{}, {Transport: "polling"}, {Transport: "upgrade"}, {Transport: "jsonp"}, {Deflate: true},
			{Generation: sio.Classic}, {Generation: sio.Classic, Transport: "polling"},
			{Generation: sio.Legacy}, {Generation: sio.Legacy, Transport: "xhr-polling"}, {Generation: sio.Legacy, Transport: "htmlfile"},
		} {
			t.Run(fmt.Sprintf("%s/%v-%s", name, kind.Generation, kind.Transport), func(t *testing.T) {
				t.Parallel()
				churn(t, kind, leave, new(passers))
			})
		}
	}
}

func churn(t *testing.T, kind siotest.Client, leave func(*siotest.World, *siotest.Conn), all *passers) {
	w := siotest.New(t, siotest.Options{Timeout: 5 * time.Minute})
	srv := w.Server(sio.Config{KeepEmptyNamespaces: true, PerMessageDeflate: &sio.Deflate{ContextTakeover: true}})
	churnHandlers(srv, all)
	for round := range 10 {
		c := w.Connect(kind)
		c.Join(fmt.Sprintf("/dynamic-%d", round%3), nil)
		c.Emit("concurrent", 1)
		c.EmitAck("ordered", 1)
		c.EmitAck("raw", 1)
		c.Emit("no reply")
		c.Send("for nobody")
		w.Advance(time.Second)
		leave(w, c)
		w.Advance(3 * time.Minute)
	}
	if n := srv.Stats().Sessions; n != 0 {
		t.Fatalf("%d sessions are left", n)
	}
	for range 100 {
		if all.gone.Load() == all.opened.Load() {
			break
		}
		w.Advance(time.Second) // goroutines may have posted
		runtime.GC()
	}
	if opened, gone := all.opened.Load(), all.gone.Load(); opened != 20 || gone != opened {
		t.Errorf("of %d sockets %d are left", opened, opened-gone)
	}
}
