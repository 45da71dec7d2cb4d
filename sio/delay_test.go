package sio_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// delayed is a server with a write delay, and a client of its that has joined.
type delayed struct {
	*siotest.World
	srv *sio.Server
	all *sio.Namespace[*sio.Socket]
	c   *siotest.Raw
}

func newDelayed(t *testing.T, d time.Duration) *delayed {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{WriteDelay: d, Loops: 1})
	all := srv.Of("/")
	all.OnRaw("all", func(_ *sio.Socket, e *sio.Event) { _ = all.To().Emit("said", strings.Trim(string(e.Raw()), `"`)) })
	sio.Answer(all, "echo", func(_ *sio.Socket, n int) int { return n })
	c := w.HTTP()
	c.Upgrade("/socket.io/?EIO=4&transport=websocket")
	c.WriteFrame(siotest.Text, "40")
	c.Text()
	c.Text()
	return &delayed{w, srv, all, c}
}

// TestWriteDelayGathers: what many send within the delay leaves in one write,
// in order, and not before.
func TestWriteDelayGathers(t *testing.T) {
	d := newDelayed(t, 5*time.Millisecond)
	other := d.Connect(siotest.Client{})
	before := d.c.Conn().Writes()
	for i := range 4 {
		other.Emit("all", fmt.Sprint(i))
		d.c.WriteFrame(siotest.Text, fmt.Sprintf(`42%d["echo",%d]`, i, i))
		d.Advance(time.Millisecond)
		if n := d.c.Conn().Writes() - before; n != 0 {
			t.Fatalf("%d writes after %d ms", n, i+1)
		}
	}
	d.Advance(4 * time.Millisecond)
	if n := d.c.Conn().Writes() - before; n != 1 {
		t.Errorf("%d writes, want 1", n)
	}
	var got []string
	for range 8 {
		got = append(got, d.c.Text())
	}
	want := `42["said","0"] 430[0] 42["said","1"] 431[1] 42["said","2"] 432[2] 42["said","3"] 433[3]`
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	d.c.WriteFrame(siotest.Text, `429["echo",9]`) // the next one waits anew
	d.Advance(4 * time.Millisecond)
	if n := d.c.Conn().Writes() - before; n != 1 {
		t.Errorf("%d writes, want still 1", n)
	}
	d.Advance(3 * time.Millisecond)
	if n := d.c.Conn().Writes() - before; n != 2 {
		t.Errorf("%d writes, want 2", n)
	}
}

// TestWriteDelayIsBounded: what waits leaves as soon as it is much, and a
// message that is large by itself at once.
func TestWriteDelayIsBounded(t *testing.T) {
	d := newDelayed(t, time.Second)
	text := strings.Repeat("x", 1000)
	emit := func(n int) { _ = d.srv.Do(func() { _ = d.all.To().Emit("said", text[:n]) }) }
	before := d.c.Conn().Writes()
	const each = 2 + len(`["said",""]`) + 1000 + 1 // the packet of Engine.IO, without its frame
	for i := 1; i <= 16<<10/each; i++ {
		emit(1000)
		d.Advance(time.Millisecond)
		if n := d.c.Conn().Writes() - before; n != 0 {
			t.Fatalf("%d writes with %d bytes", n, i*each)
		}
	}
	emit(1000)
	d.Advance(time.Millisecond)
	if n := d.c.Conn().Writes() - before; n != 1 {
		t.Errorf("%d writes above 16 KiB, want 1", n)
	}
	text = strings.Repeat("y", 16<<10)
	emit(16 << 10)
	d.Advance(time.Millisecond)
	if n := d.c.Conn().Writes() - before; n != 2 {
		t.Errorf("%d writes with a large message, want 2", n)
	}
}

// TestWriteDelayEndsWithTheConnection: what waits leaves when the server closes
// a client, and when it shuts down; over polling, too.
func TestWriteDelayEndsWithTheConnection(t *testing.T) {
	for name, end := range map[string]func(d *delayed, s *sio.Socket){
		"close":    func(_ *delayed, s *sio.Socket) { s.Disconnect() },
		"shutdown": nil,
	} {
		for _, transport := range []string{"websocket", "polling"} {
			d := newDelayed(t, time.Second)
			var server *sio.Socket
			sio.On0(d.all, "begin", func(s *sio.Socket) {
				server = s
				_ = s.Emit("last", 1)
				if end != nil {
					end(d, s)
				}
			})
			c := d.Connect(siotest.Client{Transport: transport})
			c.Emit("begin")
			d.Until(func() bool { return server != nil })
			if end == nil {
				if err := d.srv.Shutdown(context.Background()); err != nil {
					t.Errorf("%s, %s: %v", name, transport, err)
				}
			}
			var n int
			if c.Wait("last").Decode(&n); n != 1 {
				t.Errorf("%s, %s: got %d", name, transport, n)
			}
		}
	}
}

// TestWriteDelayLimits: at the bounds and past them.
func TestWriteDelayLimits(t *testing.T) {
	for d, ok := range map[time.Duration]bool{-1: false, 0: true, 1: true, time.Second: true, time.Second + 1: false} {
		if err := sio.New(sio.Config{Loops: 1, WriteDelay: d}).Err(); (err == nil) != ok {
			t.Errorf("%v: %v", d, err)
		}
	}
}

// TestHeartbeatsShareAMoment: clients that came at about the same time are
// pinged together, none too late and none by more than 50 ms too early.
func TestHeartbeatsShareAMoment(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{Loops: 1})
	srv.Of("/")
	var came, pinged []time.Duration
	start := w.Now()
	for range 3 {
		c := w.HTTP()
		c.Upgrade("/socket.io/?EIO=4&transport=websocket")
		c.WriteFrame(siotest.Text, "40")
		c.Text()
		c.Text()
		came = append(came, w.Now().Sub(start))
		c.Conn().OnData = func([]byte) { pinged = append(pinged, w.Now().Sub(start)) }
		w.Advance(7 * time.Millisecond)
	}
	w.Advance(26 * time.Second)
	if len(pinged) != 3 {
		t.Fatalf("%d pings", len(pinged))
	}
	for i, at := range pinged {
		if at != pinged[0] {
			t.Errorf("pings at %v", pinged)
		}
		if after := at - came[i]; after > 25*time.Second+time.Millisecond || after < 25*time.Second-50*time.Millisecond {
			t.Errorf("a ping %v after the opening", after)
		}
	}
}

// TestOwnWordsLeaveWithTheRooms: who speaks in a room gets its own words with
// all that the batch brings, in one write; with an answer of its own, at once.
func TestOwnWordsLeaveWithTheRooms(t *testing.T) {
	d := newDelayed(t, 0)
	other := d.Connect(siotest.Client{})
	before := d.c.Conn().Writes()
	d.c.WriteFrame(siotest.Text, `42["all","mine"]`)
	other.Emit("all", "yours") // at the same moment, so in the same batch
	d.Advance(time.Millisecond)
	if n := d.c.Conn().Writes() - before; n != 1 {
		t.Errorf("%d writes, want 1", n)
	}
	for _, want := range []string{`42["said","mine"]`, `42["said","yours"]`} {
		if got := d.c.Text(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	d.all.OnRaw("both", func(s *sio.Socket, e *sio.Event) {
		_ = d.all.To().Emit("said", "both")
		_ = e.Reply("ok")
	})
	d.c.WriteFrame(siotest.Text, `427["both"]`)
	for _, want := range []string{`42["said","both"]`, `437["ok"]`} {
		if got := d.c.Text(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
