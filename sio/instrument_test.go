package sio_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// instrument is the server's side of npm's @socket.io/admin-ui, written as a
// user of this package would: the namespace /admin, whose members are told what
// happens to the sockets and rooms of all others, and may command them.
type instrument struct {
	srv   *sio.Server
	admin *sio.Namespace[*sio.Socket]
}

// serialized is a socket as the admin UI reads it.
type serialized struct {
	ID        string         `json:"id"`
	Transport string         `json:"transport"`
	Nsp       string         `json:"nsp"`
	Rooms     []string       `json:"rooms"`
	Handshake map[string]any `json:"handshake"`
}

func newInstrument(srv *sio.Server, password string) *instrument {
	in := &instrument{srv: srv, admin: srv.Of("/admin")}
	in.admin.Use(func(h *sio.Handshake) error {
		var auth struct{ Username, Password string }
		if err := h.Auth(&auth); err != nil || auth.Password != password {
			return errors.New("invalid credentials")
		}
		return nil
	})
	in.admin.OnConnection(func(s *sio.Socket, _ *sio.Handshake) {
		_ = s.Emit("config", map[string]any{"supportedFeatures": []string{"EMIT", "JOIN", "LEAVE", "DISCONNECT", "AGGREGATED_EVENTS"}})
		_ = s.Emit("server_stats", in.stats())
		for _, e := range srv.Namespaces() {
			sio.Untyped(e).Each(func(h sio.Handler) {
				_ = s.Emit("all_sockets", []any{in.serialize(sio.SocketOf(h), nil)})
			})
		}
	})
	sio.On3(in.admin, "join", func(_ *sio.Socket, nsp, room, id string) { in.target(nsp, id, (sio.Target).SocketsJoin, room) })
	sio.On3(in.admin, "leave", func(_ *sio.Socket, nsp, room, id string) { in.target(nsp, id, (sio.Target).SocketsLeave, room) })
	sio.On3(in.admin, "_disconnect", func(_ *sio.Socket, nsp string, all bool, id string) {
		if e := in.find(nsp); e != nil {
			_ = e.To(id).DisconnectSockets(all)
		}
	})
	in.admin.OnRaw("emit", func(_ *sio.Socket, e *sio.Event) { // nsp, rooms, event, ...args
		var nsp, event string
		var rooms []string
		args := make([]json.RawMessage, max(e.Len()-3, 0))
		ptrs := []any{&nsp, &rooms, &event}
		for i := range args {
			ptrs = append(ptrs, &args[i])
		}
		if e.Decode(ptrs...) != nil {
			return
		}
		if n := in.find(nsp); n != nil {
			_ = n.To(rooms...).Emit(event, asAny(args)...)
		}
	})
	for _, e := range srv.Namespaces() {
		in.watch(e)
	}
	srv.OnNamespace(in.watch)
	srv.Every(2*time.Second, func() { _ = in.admin.To().Emit("server_stats", in.stats()) })
	return in
}

func asAny(args []json.RawMessage) (all []any) {
	for _, a := range args {
		all = append(all, a)
	}
	return all
}

func (in *instrument) find(nsp string) sio.Endpoint {
	for _, e := range in.srv.Namespaces() {
		if e.Name() == nsp {
			return e
		}
	}
	return nil
}

func (in *instrument) target(nsp, id string, f func(sio.Target, ...string) error, room string) {
	if e := in.find(nsp); e != nil {
		_ = f(e.To(id), room)
	}
}

func (in *instrument) serialize(s *sio.Socket, h *sio.Handshake) serialized {
	all := serialized{ID: s.ID(), Transport: s.Transport(), Nsp: s.Namespace(), Rooms: append([]string{s.ID()}, s.Rooms()...)}
	if h != nil {
		all.Handshake = map[string]any{"address": h.RemoteAddr(), "secure": h.Secure(), "url": h.URL(), "query": h.Queries(), "headers": h.Headers()}
	}
	return all
}

func (in *instrument) stats() map[string]any {
	st := in.srv.Stats()
	var names []map[string]any
	for _, e := range in.srv.Namespaces() {
		names = append(names, map[string]any{"name": e.Name(), "socketsCount": e.Len()})
	}
	return map[string]any{"clientsCount": st.Sessions, "namespaces": names}
}

// watch tells the admins what happens in a namespace.
func (in *instrument) watch(e sio.Endpoint) {
	if e.Name() == "/admin" {
		return
	}
	n, tell, nsp := sio.Untyped(e), in.admin.To().Emit, e.Name()
	now := func() string { return time.Now().UTC().Format(time.RFC3339) }
	n.OnConnection(func(c sio.Handler, h *sio.Handshake) {
		_ = tell("socket_connected", in.serialize(sio.SocketOf(c), h), now())
	})
	n.OnDisconnection(func(c sio.Handler, why sio.Reason) {
		_ = tell("socket_disconnected", nsp, sio.SocketOf(c).ID(), why.String(), now())
	})
	n.OnUpgrade(func(c sio.Handler) {
		s := sio.SocketOf(c)
		_ = tell("socket_updated", map[string]any{"id": s.ID(), "nsp": nsp, "transport": s.Transport()})
	})
	n.OnJoinRoom(func(c sio.Handler, room string) { _ = tell("room_joined", nsp, room, sio.SocketOf(c).ID(), now()) })
	n.OnLeaveRoom(func(c sio.Handler, room string) { _ = tell("room_left", nsp, room, sio.SocketOf(c).ID(), now()) })
	n.OnCreateRoom(func(room string) { _ = tell("room_created", nsp, room) })
	n.OnDeleteRoom(func(room string) { _ = tell("room_deleted", nsp, room) })
	n.OnAny(func(c sio.Handler, e *sio.Event) {
		_ = tell("event_received", nsp, sio.SocketOf(c).ID(), json.RawMessage(fmt.Sprintf("[%q,%s]", e.Name(), e.Raw())), now())
	})
	n.OnAnyOutgoing(func(c sio.Handler, e *sio.Event) {
		_ = tell("event_sent", nsp, sio.SocketOf(c).ID(), json.RawMessage(fmt.Sprintf("[%q,%s]", e.Name(), e.Raw())), now())
	})
}

type player struct {
	sio.Socket
	closed []sio.Reason
}

func (p *player) OnClose(why sio.Reason) { p.closed = append(p.closed, why) }

// TestInstrument: what the admin UI shows and does can be written with the
// public API, beside a program's own hooks and whatever its clients' types are.
func TestInstrument(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{Loops: 2})
	game := sio.Of[player](srv, "/game", nil)
	own := 0
	game.OnJoinRoom(func(*player, string) { own++ })
	sio.On(game, "enter", func(p *player, room string) { _ = p.Join(room) })
	sio.OfFunc[player](srv, func(name string, _ *sio.Handshake) bool { return strings.HasPrefix(name, "/room-") }, nil)
	newInstrument(srv, "secret")

	var seen []string
	see := func(e *siotest.Event) {
		switch raw := e.Raw(); e.Name {
		case "server_stats", "config":
		case "socket_connected", "all_sockets":
			i := strings.Index(raw, `"nsp":`)
			seen = append(seen, e.Name+" "+raw[i+7:strings.Index(raw[i:], `,"rooms`)+i-1])
		default:
			var args []any
			_ = json.Unmarshal([]byte("["+raw+"]"), &args)
			seen = append(seen, strings.TrimSpace(fmt.Sprintln(append([]any{e.Name}, args[:min(len(args), 2)]...)...)))
		}
	}
	if c := w.Connect(siotest.Client{Namespace: "/admin", Auth: map[string]string{"password": "guess"}}); c.Err() == nil {
		t.Error("an admin without the password is let in")
	}
	before := w.Connect(siotest.Client{Namespace: "/game"})
	admin := w.Connect(siotest.Client{Namespace: "/admin", Auth: map[string]string{"password": "secret"}, OnEvent: see})
	saw := func(want ...string) {
		t.Helper()
		w.Try(time.Second, func() bool { return len(seen) >= len(want) })
		w.Advance(10 * time.Millisecond)
		slices.Sort(seen)
		slices.Sort(want)
		if !slices.Equal(seen, want) {
			t.Errorf("the admin saw\n %q, want\n %q", seen, want)
		}
		seen = nil
	}
	saw("all_sockets /admin", "all_sockets /game")
	k := w.Connect(siotest.Client{Namespace: "/game", Transport: "upgrade"})
	w.Until(func() bool { return k.Transport() == "websocket" })
	saw("socket_connected /game", "socket_updated map[id:"+k.ID()+" nsp:/game transport:websocket]")
	k.Emit("enter", "hall")
	saw("event_received /game "+k.ID(), "room_joined /game hall", "room_created /game hall")
	child := w.Connect(siotest.Client{Namespace: "/room-1"})
	saw("socket_connected /room-1")

	admin.Emit("join", "/game", "vault", before.ID())
	saw("room_joined /game vault", "room_created /game vault")
	admin.Emit("leave", "/game", "vault", before.ID())
	saw("room_left /game vault", "room_deleted /game vault")
	admin.Emit("emit", "/game", []string{"hall"}, "news", 7, "x")
	if e := k.Wait("news"); e.Raw() != `7,"x"` {
		t.Errorf("the admin's event came as %s", e.Raw())
	}
	saw("event_sent /game " + k.ID())
	admin.Emit("_disconnect", "/game", false, k.ID())
	saw("socket_disconnected /game "+k.ID(), "room_left /game hall", "room_deleted /game hall")
	child.Close()
	saw("socket_disconnected /room-1 " + child.ID())
	if own != 2 {
		t.Errorf("the program's own hook ran %d times, want 2", own)
	}
}
