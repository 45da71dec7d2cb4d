package sio_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

func childNames[C sio.Handler](n *sio.Namespace[C]) (names []string) {
	for child := range n.Children() {
		names = append(names, child.Name())
	}
	slices.Sort(names)
	return names
}

// TestOfMatch: children of an expression have its handlers, and members of
// their own; emitting on the parent reaches all.
func TestOfMatch(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{Loops: 2})
	rooms := sio.OfMatch[waiter](srv, regexp.MustCompile(`^/room-\d+$`), nil)
	sio.On(rooms, "say", func(c *waiter, text string) { _ = c.To().Emit("said", c.Namespace(), text) })
	a := w.Connect(siotest.Client{Namespace: "/room-1"})
	b := w.Connect(siotest.Client{Namespace: "/room-1", Generation: sio.Legacy})
	c := w.Connect(siotest.Client{Namespace: "/room-22", Transport: "polling"})
	if err := w.Connect(siotest.Client{Namespace: "/room-x"}).Err(); err == nil || err.Error() != "refused: Invalid namespace" && !strings.Contains(err.Error(), "Invalid namespace") {
		t.Errorf("/room-x: %v", err)
	}
	a.Emit("say", "hi")
	var where, text string
	b.Wait("said").Decode(&where, &text)
	if where != "/room-1" || text != "hi" {
		t.Errorf("heard %q in %q", text, where)
	}
	if got := childNames(rooms); !slices.Equal(got, []string{"/room-1", "/room-22"}) {
		t.Errorf("children are %v", got)
	}
	_ = rooms.To().Emit("all", "x")
	for i, s := range []*siotest.Conn{a, b, c} {
		if got := s.Wait("all").Text(); got != "x" {
			t.Errorf("client %d got %q", i, got)
		}
	}
	_ = rooms.Child("/room-22").To().Emit("one")
	c.Wait("one")
	w.Advance(time.Second)
	if n := len(a.Events()); n != 1 {
		t.Errorf("a client of another child got %d events", n)
	}
	if rooms.Child("/room-3") != nil {
		t.Error("a child that nobody asked for exists")
	}
}

// TestParentsAreAskedInOrder: of those that fit the first one made takes a
// name, whatever its kind; what Of made comes before all.
func TestParentsAreAskedInOrder(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	who := func(n *sio.Namespace[*sio.Socket], name string) {
		sio.Answer(n, "who", func(*sio.Socket, int) string { return name })
	}
	asked := 0
	who(srv.OfFunc(func(name string, h *sio.Handshake) bool {
		asked++
		var auth struct{ Token string }
		return h.Auth(&auth) == nil && auth.Token == "f"
	}), "function")
	who(srv.OfMatch(regexp.MustCompile("^/a")), "first")
	who(srv.OfMatch(regexp.MustCompile("^/ab")), "second")
	who(srv.OfMatch(regexp.MustCompile("^/b")), "third")
	decided := srv.Of("/decided")
	who(decided, "decided")
	srv.Decide(func(string) sio.Endpoint { return decided })
	for name, want := range map[string]string{
		"/abc": "first", "/b": "third", "/c": "decided", "/decided": "decided",
	} {
		var got string
		w.Connect(siotest.Client{Namespace: name}).EmitAck("who", 1).Wait().Decode(&got)
		if got != want {
			t.Errorf("%s belongs to %s, want %s", name, got, want)
		}
	}
	var got string
	w.Connect(siotest.Client{Namespace: "/x", Auth: map[string]string{"token": "f"}}).EmitAck("who", 1).Wait().Decode(&got)
	if got != "function" {
		t.Errorf("/x belongs to %s, want function", got)
	}
	if asked != 4 {
		t.Errorf("the function was asked %d times, want 4: not for a static namespace", asked)
	}
	if err := srv.Err(); err != nil {
		t.Error(err)
	}
}

// TestEmptyChildrenCease, and stay with KeepEmptyNamespaces.
func TestEmptyChildrenCease(t *testing.T) {
	for keep, want := range map[bool]int{false: 0, true: 2} {
		t.Run(fmt.Sprint("keep ", keep), func(t *testing.T) {
			w := siotest.New(t, siotest.Options{})
			srv := w.Server(sio.Config{Loops: 2, KeepEmptyNamespaces: keep})
			rooms := srv.OfMatch(regexp.MustCompile("^/room-"))
			refusing := srv.OfMatch(regexp.MustCompile("^/no-"))
			refusing.Use(func(*sio.Handshake) error { return fmt.Errorf("no") })
			a := w.Connect(siotest.Client{Namespace: "/room-1"})
			b := w.Connect(siotest.Client{Namespace: "/room-1"})
			w.Connect(siotest.Client{Namespace: "/no-1"})
			a.Close()
			w.Until(func() bool { return srv.Stats().Connections == 1 })
			if len(childNames(rooms)) != 1 {
				t.Errorf("with one client left there are %v", childNames(rooms))
			}
			b.Close()
			w.Until(func() bool { return srv.Stats().Connections == 0 })
			if n := len(childNames(rooms)) + len(childNames(refusing)); n != want {
				t.Errorf("%d children are left, want %d", n, want)
			}
			c := w.Connect(siotest.Client{Namespace: "/room-1"})
			if !c.Joined() || len(childNames(rooms)) != 1 {
				t.Errorf("later: joined %v, children %v", c.Joined(), childNames(rooms))
			}
		})
	}
}

// TestChildOfOf: Of gives a child its own handlers, beside its parent's, and
// keeps it.
func TestChildOfOf(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	rooms := srv.OfMatch(regexp.MustCompile("^/room-"))
	var told []string
	srv.OnNamespace(func(e sio.Endpoint) { told = append(told, e.Name()) })
	var asked []string
	rooms.Use(func(*sio.Handshake) error { asked = append(asked, "parent"); return nil })
	sio.Answer(rooms, "a", func(*sio.Socket, int) string { return "parent" })
	sio.Answer(rooms, "b", func(*sio.Socket, int) string { return "parent" })
	one := srv.Of("/room-1")
	one.Use(func(*sio.Handshake) error { asked = append(asked, "child"); return nil })
	sio.Answer(one, "b", func(*sio.Socket, int) string { return "child" })
	c := w.Connect(siotest.Client{Namespace: "/room-1"})
	var a, b string
	c.EmitAck("a", 1).Wait().Decode(&a)
	c.EmitAck("b", 1).Wait().Decode(&b)
	if a != "parent" || b != "child" {
		t.Errorf("a is the %s's, b the %s's", a, b)
	}
	if !slices.Equal(asked, []string{"parent", "child"}) {
		t.Errorf("asked %v", asked)
	}
	w.Connect(siotest.Client{Namespace: "/room-2"})
	c.Close()
	w.Until(func() bool { return srv.Stats().Connections == 1 })
	srv.Of("/static")
	if got := childNames(rooms); !slices.Equal(got, []string{"/room-1", "/room-2"}) {
		t.Errorf("children are %v", got)
	}
	if want := []string{"/room-1", "/room-2", "/static"}; !slices.Equal(told, want) {
		t.Errorf("told of %v, want %v", told, want)
	}
	if err := srv.Err(); err != nil {
		t.Error(err)
	}
}

// TestDynamicLimits: below, at and above each.
func TestDynamicLimits(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{MaxDynamicNamespaces: 2, MaxNamespaceName: 8})
	srv.OfFunc(func(string, *sio.Handshake) bool { return true })
	for _, c := range []struct {
		name string
		ok   bool
	}{{"/1234567", true}, {"/12345678", false}, {"/2", true}, {"/3", false}, {"/2", true}} {
		if err := w.Connect(siotest.Client{Namespace: c.name}).Err(); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestDecidersMayPanic: that refuses, and costs nothing else.
func TestDecidersMayPanic(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	srv.OfFunc(func(name string, _ *sio.Handshake) bool { panic(name) })
	c := w.Connect(siotest.Client{})
	if err := c.Join("/x", nil).Err(); err == nil || !strings.Contains(err.Error(), "internal error") {
		t.Errorf("got %v", err)
	}
	if !c.Joined() || srv.Stats().Panics != 1 {
		t.Errorf("joined %v, %d panics", c.Joined(), srv.Stats().Panics)
	}
}

// TestDynamicMistakes: what is wrong is said when it is done.
func TestDynamicMistakes(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{})
	srv.OfMatch(nil)
	srv.OfFunc(nil)
	sio.OfMatch[waiter](srv, nil, nil)
	sio.OfFunc[waiter](srv, nil, nil)
	srv.Decide(nil)
	srv.OnNamespace(nil)
	srv.Of("/").OnConnection(nil)
	srv.Of("/").OnDeleteRoom(nil)()
	srv.Of("/").Each(nil)
	srv.Of("/").With("", nil)
	srv.Of("/").OnAny(nil)
	srv.Of("/").OnAnyOutgoing(nil)
	srv.Of("/").UseEvent(nil)
	srv.Of("/").UseContext(nil)
	if n := len(strings.Split(srv.Err().Error(), "\n")); n != 14 {
		t.Errorf("%d mistakes, want 14:\n%v", n, srv.Err())
	}
}
