package sio_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// crowd is a server of three loops with n clients of 4.x and one of 0.9, all in
// "all", those with even numbers in "even".
type crowd struct {
	w       *siotest.World
	srv     *sio.Server
	ns      *sio.Namespace[*sio.Socket]
	clients []*siotest.Conn
	sockets []*sio.Socket
}

func newCrowd(t *testing.T, n int, cfg sio.Config) *crowd {
	c := &crowd{w: siotest.New(t, siotest.Options{})}
	if cfg.Loops == 0 {
		cfg.Loops = 3
	}
	c.srv = c.w.Server(cfg)
	c.ns = c.srv.Of("/")
	sio.On0(c.ns, "in", func(s *sio.Socket) {
		i := len(c.sockets)
		c.sockets = append(c.sockets, s)
		_ = s.Join("all")
		if i%2 == 0 {
			_ = s.Join("even")
		}
		_ = s.SetData(map[string]int{"n": i})
		_ = s.Emit("in")
	})
	for i := range n + 1 {
		client := siotest.Client{Transport: "websocket"}
		if i == n {
			client.Generation = sio.Legacy
		}
		k := c.w.Connect(client)
		k.Emit("in")
		k.Wait("in")
		c.clients = append(c.clients, k)
	}
	return c
}

func names(all []sio.RemoteSocket) (ids []string) {
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	slices.Sort(ids)
	return ids
}

func ids(all ...*sio.Socket) (ids []string) {
	for _, s := range all {
		ids = append(ids, s.ID())
	}
	slices.Sort(ids)
	return ids
}

// fetch fetches in the simulated world.
func (c *crowd) fetch(t sio.Target) (all []sio.RemoteSocket) {
	done := false
	_ = t.FetchSockets(func(s []sio.RemoteSocket, err error) { all, done = s, err == nil })
	c.w.Until(func() bool { return done })
	return all
}

func TestFetchSockets(t *testing.T) {
	c := newCrowd(t, 4, sio.Config{})
	s := c.sockets
	for _, tt := range []struct {
		name   string
		target sio.Target
		want   []string
	}{
		{"everyone", c.ns.To(), ids(s...)},
		{"a room", c.ns.To("even"), ids(s[0], s[2], s[4])},
		{"an id and a room", c.ns.To(s[1].ID(), "even"), ids(s[0], s[1], s[2], s[4])},
		{"of a socket", s[0].To("even"), ids(s[2], s[4])},
		{"except an id", c.ns.To("even").Except(s[4].ID()), ids(s[0], s[2])},
		{"nobody", c.ns.To("none"), nil},
	} {
		if got := names(c.fetch(tt.target)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	r := c.fetch(c.ns.To(s[2].ID()))[0]
	var data struct{ N int }
	if err := r.DecodeData(&data); err != nil || data.N != 2 {
		t.Errorf("data %q, error %v", r.Data, err)
	}
	slices.Sort(r.Rooms)
	if !slices.Equal(r.Rooms, []string{"all", "even"}) {
		t.Errorf("rooms %v", r.Rooms)
	}
}

// TestRemoteSocket: what can be done with a fetched socket.
func TestRemoteSocket(t *testing.T) {
	c := newCrowd(t, 2, sio.Config{})
	c.answers()
	r := c.fetch(c.ns.To(c.sockets[1].ID()))[0]
	_ = r.Join("new")
	_ = r.Leave("all")
	if got := names(c.fetch(c.ns.To("new").Except("all"))); !slices.Equal(got, []string{r.ID}) {
		t.Errorf("in the new room: %v", got)
	}
	_ = r.Emit("hello", 1)
	c.clients[1].Wait("hello")
	var n int
	var err error
	_ = r.Timeout(time.Second).EmitAck("ask", func(a *sio.Ack) { err = a.Decode(&n) })
	c.w.Advance(2 * time.Second)
	if n != 1 || err != nil {
		t.Errorf("answered %d, %v", n, err)
	}
	_ = r.Timeout(time.Second).EmitAck("silence", func(a *sio.Ack) { err = a.Err() })
	c.w.Advance(2 * time.Second)
	if !errors.Is(err, sio.ErrAckTimeout) {
		t.Errorf("no answer: %v", err)
	}
	_ = r.Disconnect(false)
	if why := c.clients[1].WaitClosed(); why != "io server disconnect" {
		t.Error(why)
	}
	if err := r.Emit("gone"); err != nil {
		t.Error(err)
	}
}

// TestSelectedSockets: orders to all sockets of a target, and what is sent
// right after them.
func TestSelectedSockets(t *testing.T) {
	c := newCrowd(t, 5, sio.Config{})
	_ = c.ns.To("even").SocketsJoin("a", "b")
	_ = c.ns.To("a").Emit("first")
	for i := 0; i < 6; i += 2 {
		if i != 5 {
			c.clients[i].Wait("first")
		}
	}
	_ = c.ns.To("a").SocketsLeave("b", "all")
	if got := len(c.fetch(c.ns.To("b", "all"))); got != 3 {
		t.Errorf("%d sockets left in b or all, want 3", got)
	}
	_ = c.ns.To("a").Except(c.sockets[0].ID()).DisconnectSockets(true)
	for i := 2; i < 5; i += 2 {
		if why := c.clients[i].WaitClosed(); why != "io server disconnect" && why != "transport close" {
			t.Error(why)
		}
	}
	c.w.Advance(time.Second)
	if !c.clients[0].Joined() || !c.clients[1].Joined() || c.ns.Len() != 4 {
		t.Errorf("%d clients left", c.ns.Len())
	}
}

// TestWaitForms: the forms that wait give their results to goroutines and
// refuse loops, on real ones.
func TestWaitForms(t *testing.T) {
	srv := sio.New(sio.Config{Loops: 2, Logger: slog.New(slog.DiscardHandler)})
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	ns := srv.Of("/")
	ctx := context.Background()
	all, err := ns.To().FetchSocketsWait(ctx)
	acks, err2 := ns.To("room").EmitAckWait(ctx, "ask")
	others, err3 := ns.ServerSideEmitAckWait(ctx, "ask")
	if len(all)+len(acks)+len(others) != 0 || err != nil || err2 != nil || err3 != nil {
		t.Error(all, acks, others, err, err2, err3)
	}
	on := make(chan error)
	_ = srv.Do(func() {
		_, err := ns.To().FetchSocketsWait(ctx)
		go func() { on <- err }()
	})
	if err := <-on; !errors.Is(err, sio.ErrOnLoop) {
		t.Error(err)
	}
	if err := srv.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

// TestServerSideReserved: names with a meaning between servers are refused, and
// alone there is nobody to hear the others.
func TestServerSideReserved(t *testing.T) {
	c := newCrowd(t, 0, sio.Config{})
	for _, name := range []string{"connect", "connection", "new_namespace", "disconnect"} {
		if err := c.ns.ServerSideEmit(name); !errors.Is(err, sio.ErrReserved) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := c.srv.ServerSideEmit("hello", 1); err != nil {
		t.Error(err)
	}
	var g gathered
	_ = c.ns.ServerSideEmitAck("hello", time.Second, g.take)
	c.w.Advance(time.Second)
	if g.calls != 1 || g.err != nil || g.numbers != nil {
		t.Errorf("%+v", g)
	}
}

// TestRoomHooks: creation and deletion once for all loops, in order; joins and
// leaves for every socket, closing included.
func TestRoomHooks(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	ns := w.Server(sio.Config{Loops: 3}).Of("/")
	var changes, moves []string
	ns.OnCreateRoom(func(r string) { changes = append(changes, "+"+r) })
	ns.OnDeleteRoom(func(r string) { changes = append(changes, "-"+r) })
	off := ns.OnJoinRoom(func(s *sio.Socket, r string) { moves = append(moves, "+"+r) })
	ns.OnLeaveRoom(func(s *sio.Socket, r string) { moves = append(moves, "-"+r) })
	sio.Answer(ns, "join", func(s *sio.Socket, r string) bool { return s.Join(r) == nil })
	sio.Answer(ns, "leave", func(s *sio.Socket, r string) bool { s.Leave(r); return true })
	var clients []*siotest.Conn
	for range 4 { // on more than one loop
		k := w.Connect(siotest.Client{})
		k.EmitAck("join", "r").Wait()
		k.EmitAck("join", "r").Wait() // again: nothing
		clients = append(clients, k)
	}
	for _, k := range clients[:2] {
		k.EmitAck("leave", "r").Wait()
	}
	clients[2].Close()
	clients[3].Close()
	w.Advance(time.Second)
	if got := strings.Join(changes, " "); got != "+r -r" {
		t.Errorf("created and deleted: %s", got)
	}
	if got := strings.Join(moves, " "); got != "+r +r +r +r -r -r -r -r" {
		t.Errorf("joined and left: %s", got)
	}
	off()
	k := w.Connect(siotest.Client{})
	k.EmitAck("join", "s").Wait()
	if len(moves) != 8 {
		t.Error("a hook that was taken away has run")
	}
}

// TestKeepHandshakes: FetchSockets has the reference's handshake object if it is
// kept, and only the address if not.
func TestKeepHandshakes(t *testing.T) {
	for _, keep := range []bool{false, true} {
		w := siotest.New(t, siotest.Options{})
		ns := w.Server(sio.Config{KeepHandshakes: keep}).Of("/")
		w.Connect(siotest.Client{Query: map[string][]string{"name": {"ann"}}, Auth: map[string]string{"token": "x"}})
		var h sio.HandshakeInfo
		_ = ns.To().FetchSockets(func(all []sio.RemoteSocket, _ error) { h = all[0].Handshake })
		w.Advance(time.Second)
		if got := h.Query["name"] == "ann" && string(h.Auth) == `{"token":"x"}` && strings.HasPrefix(h.URL, "/socket.io/") && len(h.Headers) > 0 && h.Issued > 0; got != keep {
			t.Errorf("KeepHandshakes %v: %+v", keep, h)
		}
	}
}

// TestPlain and volatile flags reach single sockets and rooms.
func TestFlags(t *testing.T) {
	c := newCrowd(t, 1, sio.Config{})
	for i, target := range []sio.Target{c.ns.To("all").Compress(false), c.ns.To().Volatile().Local(), c.sockets[0].Compress(true), c.sockets[0].Volatile().Compress(false)} {
		if err := target.Emit(fmt.Sprint("e", i)); err != nil {
			t.Error(err)
		}
		c.clients[0].Wait(fmt.Sprint("e", i))
	}
}
