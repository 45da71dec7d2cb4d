package simtest

import (
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

var worlds = flag.Int("worlds", 400, "how many seeds each property is tried on")

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// kinds are all kinds of clients.
var kinds = []siotest.Client{
	{Generation: sio.Modern, Transport: "websocket"},
	{Generation: sio.Modern, Transport: "polling"},
	{Generation: sio.Modern, Transport: "upgrade"},
	{Generation: sio.Legacy, Transport: "websocket"},
	{Generation: sio.Legacy, Transport: "xhr-polling"},
	{Generation: sio.Legacy, Transport: "jsonp-polling"},
	{Generation: sio.Legacy, Transport: "htmlfile"},
	{Generation: sio.Legacy, Transport: "flashsocket"},
	{Generation: sio.Modern, Transport: "jsonp"},
	{Generation: sio.Classic, Transport: "websocket"},
	{Generation: sio.Classic, Transport: "polling"},
	{Generation: sio.Classic, Transport: "polling", Base64: true, Twice: true},
	{Generation: sio.Classic, Transport: "upgrade"},
}

// rough is a network that delays, splits and stalls, and loses nothing.
var rough = ioloop.SimConfig{LatencyMin: time.Millisecond, LatencyMax: 40 * time.Millisecond, Split: true, Stall: 0.02}

// each runs f in a world for each seed, from first on.
func each(t *testing.T, first int64, net ioloop.SimConfig, f func(t *testing.T, w *siotest.World)) {
	for i := range *worlds {
		seed := first + int64(i)
		ok := t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			f(t, siotest.New(t, siotest.Options{Seed: seed, Network: net, Timeout: 2 * time.Minute}))
		})
		if !ok {
			return
		}
	}
}

// sequence notes numbers that are to come as 0, 1, 2 ...
type sequence struct {
	next  int
	wrong string
}

func (q *sequence) take(n int) {
	if n != q.next && q.wrong == "" {
		q.wrong = fmt.Sprintf("got %d where %d was due", n, q.next)
	}
	q.next++
}

type talker struct {
	sio.Socket
	got sequence
}

// TestOrder: numbered messages both ways, in bursts before, during and after
// the upgrade, with acknowledgements among them: nothing is lost, doubled or
// out of order, whatever the transport.
func TestOrder(t *testing.T) {
	const messages = 40
	each(t, 1000, rough, func(t *testing.T, w *siotest.World) {
		srv := w.Server(sio.Config{Loops: 3, Logger: quiet})
		ns := sio.Of[talker](srv, "/", nil)
		sio.On(ns, "up", func(c *talker, n int) {
			c.got.take(n)
			_ = c.Emit("down", n)
			if n%7 == 0 {
				c.Do(func() { _ = c.Emit("side", n) })
			}
		})
		sio.Answer(ns, "ask", func(c *talker, n int) int { c.got.take(n); return n })
		sio.Answer(ns, "wrong", func(c *talker, _ any) string { return c.got.wrong })

		var clients []*siotest.Conn
		down := make([]sequence, 2*len(kinds))
		acks := make([]sequence, 2*len(kinds))
		for i := range 2 * len(kinds) {
			c := kinds[i%len(kinds)]
			c.OnEvent = func(e *siotest.Event) {
				if e.Name == "down" {
					var n int
					e.Decode(&n)
					if n%5 == 4 {
						return
					}
					down[i].take(n - n/5)
				}
			}
			clients = append(clients, w.Dial(c))
		}
		for i, c := range clients {
			sent := 0
			var burst func()
			burst = func() {
				for range 1 + w.Rand().IntN(6) {
					if sent == messages {
						return
					}
					if sent%5 == 4 {
						n := sent
						c.EmitAck("ask", n).OnDone(func(a *siotest.Ack) {
							var got int
							a.Decode(&got)
							if got != n {
								t.Errorf("client %d: asked %d, answered %d", i, n, got)
							}
							acks[i].take(n / 5)
						})
					} else {
						c.Emit("up", sent)
					}
					sent++
				}
				w.AfterFunc(time.Duration(w.Rand().IntN(80))*time.Millisecond, burst)
			}
			w.AfterFunc(time.Duration(w.Rand().IntN(50))*time.Millisecond, burst)
		}
		w.Until(func() bool {
			for i := range clients {
				if down[i].next < messages*4/5 || acks[i].next < messages/5 {
					return false
				}
			}
			return true
		})
		w.Advance(2 * time.Second) // what would come twice comes now
		for i, c := range clients {
			if down[i].wrong != "" || down[i].next != messages*4/5 {
				t.Errorf("%v: from the server: %d messages, %s", c, down[i].next, down[i].wrong)
			}
			if acks[i].wrong != "" {
				t.Errorf("%v: acknowledgements: %s", c, acks[i].wrong)
			}
			var wrong string
			c.EmitAck("wrong", 0).Wait().Decode(&wrong)
			if wrong != "" {
				t.Errorf("%v: to the server: %s", c, wrong)
			}
			if c.Transport() == "polling" && kinds[i%len(kinds)].Transport == "upgrade" {
				t.Errorf("%v has not upgraded", c)
			}
		}
	})
}

// guest notes that OnOpen and OnClose come in pairs.
type guest struct {
	sio.Socket
	open bool
}

// TestPairs: in a network that resets, refuses and stalls, with clients that
// leave, vanish and drop their connections, every OnOpen has one OnClose, and
// in the end nothing is left of anyone.
func TestPairs(t *testing.T) {
	net := rough
	net.Reset, net.AcceptFail = 0.01, 0.05
	each(t, 5000, net, func(t *testing.T, w *siotest.World) {
		opened, closed := 0, 0
		srv := w.Server(sio.Config{Loops: 2, Logger: quiet})
		ns := sio.Of[guest](srv, "/", nil)
		other := sio.Of[guest](srv, "/other", nil)
		watch := func(c *guest) error {
			if c.open {
				t.Error("OnOpen twice")
			}
			c.open = true
			opened++
			return c.Join("a", "b")
		}
		// The hooks are the type's own: see OnOpen and OnClose below.
		hooks = guestHooks{open: watch, close: func(c *guest) {
			if !c.open {
				t.Error("OnClose without OnOpen, or twice")
			}
			c.open = false
			closed++
		}}
		sio.On(ns, "say", func(c *guest, n int) { _ = c.To("a").Emit("said", n) })
		for range 12 {
			c := w.Dial(kinds[w.Rand().IntN(len(kinds))])
			w.AfterFunc(time.Duration(w.Rand().IntN(900))*time.Millisecond, func() {
				if c.Joined() {
					c.Emit("say", 1)
				}
			})
			if w.Rand().IntN(3) == 0 {
				c.StartJoin("/other", nil)
			}
			w.AfterFunc(time.Duration(w.Rand().IntN(3000))*time.Millisecond, func() {
				switch w.Rand().IntN(4) {
				case 0:
					c.Close()
				case 1:
					c.Drop()
				case 2:
					c.Vanish()
				case 3:
					c.Reset()
				}
			})
		}
		w.Advance(4 * time.Minute)
		if opened != closed || ns.Len() != 0 || other.Len() != 0 {
			t.Errorf("%d opened, %d closed, %d and %d left", opened, closed, ns.Len(), other.Len())
		}
		if s := srv.Stats(); s.Sessions != 0 || s.Connections != 0 || s.QueuedBytes != 0 || s.Conns != 0 || len(s.Transports) != 0 {
			t.Errorf("left: %+v", s)
		}
	})
}

type guestHooks struct {
	open  func(*guest) error
	close func(*guest)
}

var hooks guestHooks

func (c *guest) OnOpen(*sio.Handshake) error { return hooks.open(c) }
func (c *guest) OnClose(sio.Reason)          { hooks.close(c) }

// TestRooms: random joins, leaves, broadcasts, and orders to all members of rooms
// against a model; who is fetched is who is in the model.
func TestRooms(t *testing.T) {
	rooms := []string{"a", "b", "c", "d"}
	each(t, 9000, ioloop.SimConfig{LatencyMax: 5 * time.Millisecond, Split: true}, func(t *testing.T, w *siotest.World) {
		srv := w.Server(sio.Config{Loops: 3, Logger: quiet})
		ns := srv.Of("/")
		sio.Answer(ns, "join", func(s *sio.Socket, r string) bool { return s.Join(r) == nil })
		sio.Answer(ns, "leave", func(s *sio.Socket, r string) bool { s.Leave(r); return true })
		sio.Answer(ns, "tell", func(s *sio.Socket, m tell) bool {
			target := ns.To(m.To...).Except(m.Not...)
			if m.Mine {
				target = s.To(m.To...).Except(m.Not...)
			}
			return target.Emit("told", m.N) == nil
		})
		var clients []*siotest.Conn
		in := make([]map[string]bool, 8)
		want := make([][]int, 8)
		for i := range in {
			in[i] = map[string]bool{}
			clients = append(clients, w.Connect(kinds[i%len(kinds)]))
		}
		pick := func() (some []string) {
			for _, r := range rooms {
				if w.Rand().IntN(3) == 0 {
					some = append(some, r)
				}
			}
			return some
		}
		for n := range 40 {
			i := w.Rand().IntN(len(clients))
			room := rooms[w.Rand().IntN(len(rooms))]
			switch w.Rand().IntN(5) {
			case 3: // all of a target join a room, or leave it
				m := tell{To: pick(), Not: pick()}
				join := w.Rand().IntN(2) == 0
				target := ns.To(m.To...).Except(m.Not...)
				if join {
					_ = target.SocketsJoin(room)
				} else {
					_ = target.SocketsLeave(room)
				}
				for k := range clients {
					if m.reaches(in[k]) && join {
						in[k][room] = true
					} else if m.reaches(in[k]) {
						delete(in[k], room)
					}
				}
			case 4:
				m := tell{To: pick(), Not: pick()}
				due := 0
				for k := range clients {
					if m.reaches(in[k]) {
						due++
					}
				}
				var got []sio.RemoteSocket
				_ = ns.To(m.To...).Except(m.Not...).FetchSockets(func(all []sio.RemoteSocket, _ error) { got = all })
				w.Advance(200 * time.Millisecond)
				for _, s := range got {
					slices.Sort(s.Rooms)
					if !slices.ContainsFunc(in, func(r map[string]bool) bool { return slices.Equal(slices.Sorted(maps.Keys(r)), s.Rooms) }) {
						t.Errorf("a socket in %v was fetched", s.Rooms)
					}
				}
				if len(got) != due {
					t.Errorf("%d sockets were fetched, want %d", len(got), due)
				}
			case 0:
				clients[i].EmitAck("join", room).Wait()
				in[i][room] = true
			case 1:
				clients[i].EmitAck("leave", room).Wait()
				delete(in[i], room)
			case 2:
				m := tell{N: n, To: pick(), Not: pick(), Mine: w.Rand().IntN(2) == 0}
				clients[i].EmitAck("tell", m).Wait()
				for k := range clients {
					if m.reaches(in[k]) && !(m.Mine && k == i) {
						want[k] = append(want[k], n)
					}
				}
			}
			w.Advance(200 * time.Millisecond) // deliveries to other loops
		}
		for k, c := range clients {
			var got []int
			for _, e := range c.Events() {
				var n int
				e.Decode(&n)
				got = append(got, n)
			}
			if !slices.Equal(got, want[k]) {
				t.Errorf("%v was told %v, want %v", c, got, want[k])
			}
		}
	})
}

type tell struct {
	N    int
	To   []string
	Not  []string
	Mine bool
}

func (m tell) reaches(in map[string]bool) bool {
	member := func(r string) bool { return in[r] }
	return (len(m.To) == 0 || slices.ContainsFunc(m.To, member)) && !slices.ContainsFunc(m.Not, member)
}

// TestSameSeedSameTrace: a world is a function of its seed.
func TestSameSeedSameTrace(t *testing.T) {
	trace := func(seed int64) uint64 {
		h := fnv.New64a()
		w := siotest.New(t, siotest.Options{Seed: seed, Network: rough})
		srv := w.Server(sio.Config{Loops: 3, Logger: quiet})
		ns := srv.Of("/")
		sio.On(ns, "say", func(s *sio.Socket, n int) { _ = ns.To().Emit("said", n) })
		for i := range 10 {
			c := kinds[i%len(kinds)]
			c.OnEvent = func(e *siotest.Event) { fmt.Fprintln(h, i, w.Now().UnixNano(), string(e.Name)) }
			k := w.Dial(c)
			for n := range 5 {
				w.AfterFunc(time.Duration(w.Rand().IntN(1000))*time.Millisecond, func() { k.Emit("say", n) })
			}
		}
		w.Advance(5 * time.Second)
		return h.Sum64()
	}
	first, again, other := trace(7), trace(7), trace(8)
	if first != again {
		t.Error("two worlds of one seed differ")
	}
	if first == other {
		t.Error("two seeds give the same world")
	}
}
