package sio_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// afterlife is a server to which clients come back.
type afterlife struct {
	w   *siotest.World
	srv *sio.Server
	ns  *sio.Namespace[*sio.Socket]
}

func newAfterlife(t *testing.T, r sio.Recovery, loops int) *afterlife {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{Recovery: &r, Loops: loops})
	ns := srv.Of("/")
	sio.Answer(ns, "join", func(s *sio.Socket, room string) bool {
		_ = s.SetData("data of " + room)
		return s.Join(room) == nil
	})
	sio.Answer(ns, "who", func(s *sio.Socket, _ any) []any {
		var data string
		_ = s.DecodeData(&data)
		return []any{s.Recovered(), s.Rooms(), data}
	})
	return &afterlife{w, srv, ns}
}

func (a *afterlife) connect(room string) *siotest.Conn {
	k := a.w.Connect(siotest.Client{})
	k.EmitAck("join", room).Wait()
	return k
}

// back connects again in place of k, which has lost its connection.
func (a *afterlife) back(k *siotest.Conn) *siotest.Conn {
	return a.w.Connect(siotest.Client{Auth: k.Resume()})
}

// texts are the first arguments of a client's events of this name.
func texts(k *siotest.Conn, name string) (all []string) {
	for _, e := range k.Events() {
		if e.Name == name {
			var text string
			e.Decode(&text)
			all = append(all, text)
		}
	}
	return all
}

// TestRecovery: the same id, rooms and data, and what was missed, in order,
// wherever the client comes back; also for a client that comes back twice.
func TestRecovery(t *testing.T) {
	a := newAfterlife(t, sio.Recovery{}, 3)
	other := a.connect("room")
	for round := range 8 { // over the loops
		k := a.connect("room")
		id := k.ID()
		_ = a.ns.To("room").Emit("news", "before")
		k.Wait("news")
		for again := range 2 {
			k.Drop()
			a.w.Advance(time.Second)
			_ = a.ns.To("room").Emit("news", "a")
			_ = a.ns.To("elsewhere").Emit("news", "not mine")
			_ = a.ns.To().Except("room").Emit("news", "not mine")
			_ = a.ns.To("room").Volatile().Emit("news", "volatile")
			_ = a.ns.To(id).Emit("news", "b")
			_ = a.ns.To().Emit("news", "c")
			a.w.Advance(time.Second)
			k = a.back(k)
			if k.ID() != id || !k.Recovered() {
				t.Fatalf("round %d.%d: recovered %v, id %s, was %s", round, again, k.Recovered(), k.ID(), id)
			}
			_ = a.ns.To("room").Emit("news", "after")
			_ = a.ns.To(id).Emit("news", "to the id")
			a.w.Advance(5 * time.Second)
			if got := strings.Join(texts(k, "news"), " "); got != "a b c after to the id" {
				t.Fatalf("round %d.%d: got %s", round, again, got)
			}
			var who []any
			k.EmitAck("who", 1).Wait().Decode(&who)
			if got := fmt.Sprint(who); got != "[true [room] data of room]" {
				t.Errorf("round %d.%d: it is %s", round, again, got)
			}
		}
		k.Close()
		a.w.Advance(time.Second)
	}
	if other.Closed() != "" || a.ns.Len() != 1 {
		t.Errorf("%d clients left", a.ns.Len())
	}
}

// TestRecoveryOffsets: plain events carry one, acknowledged and volatile ones
// don't, and clients of 0.x see nothing of it.
func TestRecoveryOffsets(t *testing.T) {
	a := newAfterlife(t, sio.Recovery{}, 2)
	sio.On0(a.ns, "go", func(s *sio.Socket) {
		_ = s.Emit("plain", 1)
		_ = s.Emit("empty")
		_ = s.Emit("binary", []byte{1})
		_ = s.Volatile().Emit("volatile", 1)
		_ = s.EmitAck("acked", func(*sio.Ack) {}, 1)
		_ = a.ns.To().Emit("all", 1)
		_ = s.Send("message")
	})
	k := a.w.Connect(siotest.Client{})
	old := a.w.Connect(siotest.Client{Generation: sio.Legacy})
	k.Emit("go")
	for name, want := range map[string]int{"plain": 2, "empty": 1, "binary": 2, "volatile": 1, "acked": 1, "all": 2, "message": 2} {
		if got := k.Wait(name).Len(); got != want {
			t.Errorf("%s has %d arguments, want %d", name, got, want)
		}
	}
	if got := old.Wait("all").Len(); got != 1 {
		t.Errorf("0.x: all has %d arguments", got)
	}
}

// TestNotRecoverable: which ends are breaks, and who is not let back in as it
// was: that is a new session, not an error.
func TestNotRecoverable(t *testing.T) {
	for _, tt := range []struct {
		name  string
		end   func(a *afterlife, k *siotest.Conn)
		wait  time.Duration
		other map[string]any
		want  bool
	}{
		{name: "the connection is lost", end: func(_ *afterlife, k *siotest.Conn) { k.Drop() }, want: true},
		{name: "Disconnect", end: func(a *afterlife, k *siotest.Conn) { _ = a.ns.To().DisconnectSockets(true) }, want: false},
		{name: "the client leaves", end: func(_ *afterlife, k *siotest.Conn) { k.Leave() }},
		{name: "Close", end: func(a *afterlife, k *siotest.Conn) { _ = a.ns.To().DisconnectSockets(false) }},
		{name: "a packet that can't be read", end: func(_ *afterlife, k *siotest.Conn) { k.SendPacket("2[") }},
		{name: "just in time", end: func(_ *afterlife, k *siotest.Conn) { k.Drop() }, wait: 119 * time.Second, want: true},
		{name: "too late", end: func(_ *afterlife, k *siotest.Conn) { k.Drop() }, wait: 121 * time.Second},
		{name: "an unknown id", end: func(_ *afterlife, k *siotest.Conn) { k.Drop() }, other: map[string]any{"pid": "AAAAAAAAAAAAAAAAAAAA"}},
		{name: "an id that is none", end: func(_ *afterlife, k *siotest.Conn) { k.Drop() }, other: map[string]any{"pid": "x"}},
		{name: "an id of another type", end: func(_ *afterlife, k *siotest.Conn) { k.Drop() }, other: map[string]any{"pid": 7}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAfterlife(t, sio.Recovery{}, 2)
			k := a.connect("room")
			tt.end(a, k)
			a.w.Advance(time.Second)
			a.w.Advance(tt.wait - time.Second)
			auth := k.Resume()
			if tt.other != nil {
				auth = tt.other
			}
			again := a.w.Connect(siotest.Client{Auth: auth})
			if got := again.ID() == k.ID(); got != tt.want || again.Recovered() != tt.want {
				t.Errorf("recovered %v, same id %v, want %v", again.Recovered(), got, tt.want)
			}
			third := a.w.Connect(siotest.Client{Auth: k.Resume()})
			if third.Recovered() && tt.other == nil {
				t.Error("recovered twice")
			}
		})
	}
}

// TestRecoveryBounds: a client that has missed more than is kept joins anew; one
// that has missed nothing does not, however much others were sent; and there
// are MaxSessions at most.
func TestRecoveryBounds(t *testing.T) {
	for _, tt := range []struct {
		name   string
		missed int
		room   string
		want   bool
	}{{"at the limit", 10, "room", true}, {"above", 11, "room", false}} {
		a := newAfterlife(t, sio.Recovery{MaxPackets: 10}, 1)
		k := a.connect("room")
		for range 20 { // long gone from the ring
			_ = a.ns.To("room").Emit("news", "x")
		}
		a.w.Advance(time.Second)
		k.Drop()
		a.w.Advance(time.Second)
		for range tt.missed {
			_ = a.ns.To(tt.room).Emit("news", "x")
		}
		if again := a.back(k); again.Recovered() != tt.want {
			t.Errorf("MaxPackets %s: recovered %v", tt.name, again.Recovered())
		}
	}
	a := newAfterlife(t, sio.Recovery{MaxSessions: 2}, 1)
	clients := []*siotest.Conn{a.connect("room"), a.connect("room"), a.connect("room")}
	for _, k := range clients {
		k.Drop()
		a.w.Advance(time.Second)
	}
	for i, k := range clients {
		if again := a.back(k); again.Recovered() != (i > 0) {
			t.Errorf("MaxSessions: client %d recovered %v", i, again.Recovered())
		}
	}
}

// TestRecoveryMiddlewares: they are skipped, or asked, as the setting says.
func TestRecoveryMiddlewares(t *testing.T) {
	for _, ask := range []bool{false, true} {
		a := newAfterlife(t, sio.Recovery{AskMiddlewares: ask}, 2)
		closed := false
		a.ns.Use(func(*sio.Handshake) error {
			if closed {
				return errors.New("no")
			}
			return nil
		})
		k := a.connect("room")
		k.Drop()
		a.w.Advance(time.Second)
		closed = true
		again := a.back(k)
		if again.Joined() == ask {
			t.Errorf("AskMiddlewares %v: joined %v", ask, again.Joined())
		}
		closed = false
		if again = a.back(k); again.Recovered() != ask {
			t.Errorf("AskMiddlewares %v: then recovered %v", ask, again.Recovered())
		}
	}
}

// TestRecoveryStorm: over a network that delays and splits, clients lose their
// connections and come back while numbers are sent to their room from all
// loops: each gets each number once, and in order from each sender.
func TestRecoveryStorm(t *testing.T) {
	const clients, numbers = 6, 150
	for seed := int64(1); seed <= 12; seed++ {
		w := siotest.New(t, siotest.Options{Seed: seed, Network: ioloop.SimConfig{LatencyMin: time.Millisecond, LatencyMax: 20 * time.Millisecond, Split: true}})
		srv := w.Server(sio.Config{Recovery: &sio.Recovery{}, Loops: 3})
		ns := srv.Of("/")
		sio.Answer(ns, "join", func(s *sio.Socket, room string) bool { return s.Join(room) == nil })
		sio.On2(ns, "say", func(_ *sio.Socket, sender string, n int) { _ = ns.To("room").Emit("n", sender, n) })
		var senders []*siotest.Conn
		for range 3 {
			senders = append(senders, w.Connect(siotest.Client{}))
		}
		got := make([]map[string][]int, clients)
		lost := 0
		for i := range clients {
			got[i] = map[string][]int{}
			take := func(e *siotest.Event) {
				var sender string
				var n int
				if e.Name == "n" {
					e.Decode(&sender, &n)
					got[i][sender] = append(got[i][sender], n)
				}
			}
			k := w.Connect(siotest.Client{OnEvent: take})
			k.EmitAck("join", "room").Wait()
			var broken func()
			broken = func() {
				k.Reset()
				lost++
				w.AfterFunc(time.Duration(w.Rand().IntN(300))*time.Millisecond, func() {
					k = w.Dial(siotest.Client{OnEvent: take, Auth: k.Resume()})
					if lost < 40 {
						w.AfterFunc(time.Duration(200+w.Rand().IntN(800))*time.Millisecond, broken)
					}
				})
			}
			w.AfterFunc(time.Duration(w.Rand().IntN(1000))*time.Millisecond, broken)
		}
		for n := range numbers {
			w.AfterFunc(time.Duration(n*20+w.Rand().IntN(20))*time.Millisecond, func() {
				senders[n%3].Emit("say", fmt.Sprint(n%3), n/3)
			})
		}
		w.Advance(30 * time.Second)
		for i := range clients {
			for sender, all := range got[i] {
				want := make([]int, numbers/3)
				for n := range want {
					want[n] = n
				}
				if !slices.Equal(all, want) {
					t.Errorf("seed %d: client %d heard of sender %s: %v", seed, i, sender, all)
				}
			}
			if len(got[i]) != 3 {
				t.Errorf("seed %d: client %d heard of %d senders", seed, i, len(got[i]))
			}
		}
		if s := srv.Stats(); s.Panics > 0 {
			t.Errorf("seed %d: %+v", seed, s)
		}
		if t.Failed() {
			return
		}
	}
}
