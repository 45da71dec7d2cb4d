package adaptertest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// back connects a client anew on a server, as the one that it was.
func (f *fleet) back(k *siotest.Conn, server int) *siotest.Conn {
	f.t.Helper()
	return f.w.Connect(siotest.Client{Server: f.srv[server], Auth: k.Resume(), Parser: f.parser})
}

// last is the last server's number.
func (f *fleet) last() int { return len(f.srv) - 1 }

// lose breaks the first client's connection, and waits until its server knows.
func (f *fleet) lose() (lost *siotest.Conn) {
	f.t.Helper()
	f.clients[0].Drop()
	f.until("the server knows that the connection broke", f.sockets[0].Closed)
	return f.clients[0]
}

// others is fence while the first client is away.
func (f *fleet) others() {
	f.t.Helper()
	before := f.count("fence")
	f.fails("fence", f.ns[0].To().Emit("fence"))
	f.until("an event to the others", func() bool { return f.count("fence") == before+len(f.clients)-1 })
}

// news are the texts of the events "news" that a client has got, once last is
// among them.
func (f *fleet) news(k *siotest.Conn, last string) (all []string) {
	f.t.Helper()
	f.until(last, func() bool {
		all = nil
		for _, e := range k.Events() {
			var text string
			if e.Name == "news" {
				e.Decode(&text)
				all = append(all, text)
			}
		}
		return slices.Contains(all, last)
	})
	return all
}

// miss sends what the first client misses, from the first and the last server:
// a, b, c and d are for it.
func (f *fleet) miss(id string) {
	f.t.Helper()
	here, there := f.ns[0], f.ns[f.last()]
	for _, target := range []sio.Target{
		here.To("odd"), here.To().Except("even"), here.To("all").Except(id), here.To("even").Volatile(),
	} {
		f.fails("emit", target.Emit("news", "not for it"))
	}
	f.fails("emit", here.To("even").Emit("news", "a"))
	f.fails("emit", here.To(id).Emit("news", "b", []byte{1}))
	f.others() // of two servers nobody says whose comes first
	f.fails("emit", there.To("all", "even").Emit("news", "c"))
	f.fails("emit", there.To().Emit("news", "d"))
	f.others()
}

func recoveryHere(f *fleet) { f.recovery(0, true) }

// recoveryElsewhere: without an sio.Recoverer a client that comes back on
// another server joins anew.
func recoveryElsewhere(f *fleet) { f.recovery(f.last(), f.recovers || f.last() == 0) }

func (f *fleet) recovery(server int, want bool) {
	f.fails("emit", f.sockets[0].Emit("news", "before"))
	f.news(f.clients[0], "before")
	k := f.lose()
	f.miss(k.ID())
	again := f.back(k, server)
	if again.Recovered() != want || (again.ID() == k.ID()) != want || !again.Joined() {
		f.t.Fatalf("recovered %v, joined %v, id %s, was %s", again.Recovered(), again.Joined(), again.ID(), k.ID())
	}
	if !want {
		return
	}
	f.fails("emit", f.ns[0].To("even").Emit("news", "to the room"))
	f.fails("emit", f.ns[0].To(k.ID()).Emit("news", "to the id"))
	if got := strings.Join(f.news(again, "to the id"), " "); got != "a b c d to the room to the id" {
		f.t.Errorf("it got %q", got)
	}
	var all []sio.RemoteSocket
	calls := 0
	f.fails("fetch", f.ns[0].To(k.ID()).FetchSockets(func(some []sio.RemoteSocket, err error) {
		calls++
		all = some
		f.fails("fetch", err)
	}))
	f.until("the socket is fetched", func() bool { return calls > 0 })
	n := -1
	if len(all) != 1 || all[0].DecodeData(&n) != nil || n != 0 || !slices.Contains(all[0].Rooms, "all") ||
		!slices.Contains(all[0].Rooms, "even") || len(all[0].Rooms) != 2 {
		f.t.Errorf("recovered as %+v", all)
	}
	if third := f.back(k, server); third.Recovered() {
		f.t.Error("it is recovered twice")
	}
}

// recoveryAgain: a client that comes back several times gets each event once,
// in order.
func recoveryAgain(f *fleet) {
	k := f.clients[0]
	n := 0
	say := func() {
		f.fails("emit", f.ns[0].To("even").Emit("news", fmt.Sprint(n)))
		n++
	}
	say()
	all := f.news(k, "0")
	f.lose()
	for round := range 4 {
		say()
		f.others()
		say()
		f.others()
		home := 0
		if f.recovers {
			home = round % len(f.srv)
		}
		if k = f.back(k, home); !k.Recovered() {
			f.t.Fatalf("round %d: not recovered", round)
		}
		say()
		all = append(all, f.news(k, fmt.Sprint(n-1))...)
		id := k.ID()
		k.Drop()
		f.until("its server knows", func() bool { return !f.there(id) })
	}
	for i, text := range all {
		if text != fmt.Sprint(i) || len(all) != n {
			f.t.Fatalf("got %v, want each number once", all)
		}
	}
}

// there reports whether a socket with this id is on any server.
func (f *fleet) there(id string) (yes bool) {
	for _, ns := range f.ns {
		calls := 0
		f.fails("fetch", ns.To(id).Local().FetchSockets(func(all []sio.RemoteSocket, _ error) {
			calls++
			yes = yes || len(all) > 0
		}))
		for calls == 0 {
			f.w.Advance(time.Millisecond)
		}
	}
	return yes
}

// recoveryOfNone: who is unknown, who has left, and who names an offset that is
// none, joins anew.
func recoveryOfNone(f *fleet) {
	for what, auth := range map[string]map[string]any{
		"an unknown id":   {"pid": "AAAAAAAAAAAAAAAAAAAA", "offset": "1"},
		"an id of no use": {"pid": "x"},
	} {
		k := f.w.Connect(siotest.Client{Server: f.srv[f.last()], Auth: auth})
		if k.Recovered() || !k.Joined() {
			f.t.Errorf("%s: recovered %v, joined %v", what, k.Recovered(), k.Joined())
		}
	}
	left := f.clients[1]
	left.Leave()
	f.until("it has left", f.sockets[1].Closed)
	if k := f.back(left, 0); k.Recovered() || k.ID() == left.ID() {
		f.t.Error("one that has left is recovered")
	}
	f.fails("emit", f.sockets[0].Emit("news", "x"))
	f.news(f.clients[0], "x")
	auth := f.lose().Resume()
	auth["offset"] = "no such offset"
	if k := f.w.Connect(siotest.Client{Server: f.srv[0], Auth: auth}); k.Recovered() {
		f.t.Error("one with an offset that is none is recovered")
	}
}
