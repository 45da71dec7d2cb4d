package sio_test

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// TestEachAndWith: the sockets themselves, by room and by id, on several loops
// and of all generations; of a parent those of its children.
func TestEachAndWith(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{Loops: 3, Logger: slog.New(slog.DiscardHandler)})
	ns := srv.Of("/")
	parent := srv.OfFunc(func(string, *sio.Handshake) bool { return true })
	for i := range 9 {
		w.Connect(siotest.Client{Generation: []sio.Generation{sio.Modern, sio.Classic, sio.Legacy}[i%3]})
	}
	ids := func(each func(func(*sio.Socket))) (all []string) {
		each(func(s *sio.Socket) { all = append(all, s.ID()) })
		w.Advance(10 * time.Millisecond)
		slices.Sort(all)
		return all
	}
	everyone := ids(func(f func(*sio.Socket)) { ns.Each(f) })
	if len(everyone) != 9 || len(slices.Compact(slices.Clone(everyone))) != 9 {
		t.Errorf("everyone: %q", everyone)
	}
	for _, id := range everyone[:4] {
		_ = ns.To(id).SocketsJoin("a", "b")
	}
	_ = ns.To(everyone[8]).SocketsJoin(everyone[0]) // a room with the name of an id
	if got := ids(func(f func(*sio.Socket)) { ns.Each(f, "a", "b", "none") }); !slices.Equal(got, everyone[:4]) {
		t.Errorf("the rooms have %q", got)
	}
	if got := ids(func(f func(*sio.Socket)) { ns.With(everyone[0], f) }); !slices.Equal(got, everyone[:1]) {
		t.Errorf("the id finds %q", got)
	}
	if got := ids(func(f func(*sio.Socket)) { ns.With("nobody", f); ns.With("", f) }); got != nil {
		t.Errorf("nobody is %q", got)
	}
	for i := range 4 {
		w.Connect(siotest.Client{Namespace: fmt.Sprint("/child", i%2)})
	}
	below := ids(func(f func(*sio.Socket)) { parent.Each(f) })
	if len(below) != 4 {
		t.Errorf("the children have %q", below)
	}
	if got := ids(func(f func(*sio.Socket)) { parent.With(below[0], f) }); !slices.Equal(got, below[:1]) {
		t.Errorf("a child's id finds %q", got)
	}
	ns.Each(func(s *sio.Socket) { // what one ends is not open for the next
		ns.Each(func(*sio.Socket) { t.Error("ran for one that is gone") }, s.ID())
		if s.ID() != everyone[5] {
			s.Disconnect()
			return
		}
		panic("oops")
	})
	w.Until(func() bool { return ns.Len() == 0 })
	if p := srv.Stats().Panics; p != 1 {
		t.Errorf("%d panics", p)
	}
}

// TestConnectionHooks: they come after OnOpen and OnClose, in the order of the
// calls, for those that were let in alone; one may send, close and panic.
func TestConnectionHooks(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := w.Server(sio.Config{Logger: slog.New(slog.DiscardHandler)})
	var did []string
	note := func(format string, args ...any) { did = append(did, fmt.Sprintf(format, args...)) }
	ns := sio.Of(srv, "/", func(c *hooked) { c.note = note })
	ns.OnConnection(func(c *hooked, h *sio.Handshake) {
		note("first %s", h.Query("who"))
		_ = c.Emit("welcome")
		_ = c.Join("r")
		switch h.Query("who") {
		case "closed":
			c.Close()
		case "panic":
			panic("oops")
		}
	})
	off := ns.OnConnection(func(*hooked, *sio.Handshake) { note("second") })
	ns.OnDisconnection(func(c *hooked, why sio.Reason) {
		note("left %v in %d rooms, closed %v", why, len(c.Rooms()), c.Closed())
	})
	for _, c := range []struct {
		who  string
		want []string
	}{
		{"ann", []string{"open", "first ann", "second", "close", "left client namespace disconnect in 1 rooms, closed true"}},
		{"refused", []string{"open"}},
		{"closed", []string{"open", "first closed", "close", "left server namespace disconnect in 1 rooms, closed true"}},
		{"panic", []string{"open", "first panic", "close", "left forced server close in 1 rooms, closed true"}},
	} {
		did = nil
		k := w.Connect(siotest.Client{Query: map[string][]string{"who": {c.who}}})
		if c.who == "ann" {
			k.Wait("welcome")
			k.Close()
		}
		w.Advance(time.Second)
		if !slices.Equal(did, c.want) {
			t.Errorf("%s: %q, want %q", c.who, did, c.want)
		}
	}
	off()
	did = nil
	w.Connect(siotest.Client{})
	if !slices.Equal(did, []string{"open", "first "}) {
		t.Errorf("after one was removed: %q", did)
	}
}

type hooked struct {
	sio.Socket
	note func(string, ...any)
}

func (c *hooked) OnOpen(h *sio.Handshake) error {
	c.note("open")
	if h.Query("who") == "refused" {
		return fmt.Errorf("no")
	}
	return nil
}

func (c *hooked) OnClose(sio.Reason) { c.note("close") }
