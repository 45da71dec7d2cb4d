// Package adaptertest tests adapters of Socket.IO servers, as testing/slogtest
// tests handlers: it makes a fleet of servers that an adapter connects, with
// clients on each, and checks what the calls of sio.Target and their like do.
//
//	func TestAdapter(t *testing.T) {
//		adaptertest.Run(t, 3, func(t *testing.T, server int) func(sio.Local) (sio.Adapter, error) {
//			return myadapter.New(...)
//		})
//	}
//
// With Config.Recovery a client that comes back to its server has to be what it
// was with every adapter; with one that is an sio.Recoverer on every server.
//
// The clients and the servers' loops live in a simulated network; the adapter
// may use real ones, and real time: the suite waits for it.
package adaptertest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// Patience is how long, in real time, the suite waits for what must come.
const Patience = 10 * time.Second

// Run tests adapters on a fleet of so many servers. adapter gives what
// sio.Config.Adapter is to be for one server of one fleet; every test makes a
// fleet of its own, whose servers must not hear those of another. nil tests
// the adapter in memory, on one server.
func Run(t *testing.T, servers int, adapter func(t *testing.T, server int) func(sio.Local) (sio.Adapter, error)) {
	for _, tt := range []struct {
		name string
		f    func(*fleet)
	}{
		{"broadcast to everyone", everyone},
		{"rooms and exceptions", rooms},
		{"the sender is left out", sender},
		{"one socket by its id", byID},
		{"local stays here", local},
		{"binary data", binary},
		{"order of one server", order},
		{"acknowledgements", acks},
		{"missing acknowledgements", missingAcks},
		{"sockets are fetched", fetch},
		{"sockets join and leave", joinLeave},
		{"sockets are disconnected", disconnect},
		{"servers talk", serverSide},
		{"servers answer", serverSideAnswers},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.f(newFleet(t, servers, adapter, sio.Config{})) })
	}
	for _, tt := range []struct {
		name   string
		f      func(*fleet)
		parser sio.Parser
	}{
		{"recovery where it was", recoveryHere, sio.ParserDefault},
		{"recovery elsewhere", recoveryElsewhere, sio.ParserDefault},
		{"recovery by msgpack", recoveryHere, sio.ParserMsgpack},
		{"recovery elsewhere by msgpack", recoveryElsewhere, sio.ParserMsgpack},
		{"recovery again and again", recoveryAgain, sio.ParserDefault},
		{"recovery of none", recoveryOfNone, sio.ParserDefault},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.f(newFleet(t, servers, adapter, sio.Config{Recovery: &sio.Recovery{}, Parser: tt.parser}))
		})
	}
}

// fleet is servers with two clients each. Client i is on server i/2; all are in
// "all", client i in "odd" or "even".
type fleet struct {
	t       *testing.T
	w       *siotest.World
	ns      []*sio.Namespace[*sio.Socket]
	clients []*siotest.Conn
	sockets []*sio.Socket
	srv     []*sio.Server
	parser  sio.Parser

	recovers bool // on any server: the adapter is an sio.Recoverer
}

func newFleet(t *testing.T, servers int, adapter func(*testing.T, int) func(sio.Local) (sio.Adapter, error), cfg sio.Config) *fleet {
	t.Helper()
	f := &fleet{t: t, w: siotest.New(t, siotest.Options{}), parser: cfg.Parser}
	for i := range servers {
		if adapter != nil {
			wanted := adapter(t, i)
			cfg.Adapter = func(l sio.Local) (sio.Adapter, error) {
				a, err := wanted(l)
				_, f.recovers = a.(sio.Recoverer)
				return a, err
			}
		}
		srv := f.w.Server(cfg)
		ns := srv.Of("/")
		f.srv, f.ns = append(f.srv, srv), append(f.ns, ns)
		sio.On0(ns, "in", func(s *sio.Socket) {
			n := len(f.sockets)
			f.sockets = append(f.sockets, s)
			_ = s.Join("all", parity(n))
			_ = s.SetData(n)
			_ = s.Emit("in")
		})
		for range 2 {
			k := f.w.Connect(siotest.Client{Server: srv, Parser: cfg.Parser})
			k.Emit("in")
			k.Wait("in")
			f.clients = append(f.clients, k)
		}
	}
	return f
}

func parity(n int) string {
	if n%2 == 0 {
		return "even"
	}
	return "odd"
}

// until lets simulated and real time pass until cond holds.
func (f *fleet) until(what string, cond func() bool) {
	f.t.Helper()
	for end := time.Now().Add(Patience); ; {
		f.w.Advance(time.Millisecond)
		if cond() {
			return
		}
		if time.Now().After(end) {
			f.t.Fatalf("%s: in vain for %v", what, Patience)
		}
		time.Sleep(time.Millisecond) // an adapter's goroutines may be at work
	}
}

// reaches checks which clients an event gets to: each of want once. What must
// not come would come before a second event, to everyone.
func (f *fleet) reaches(what string, target sio.Target, want ...int) {
	f.t.Helper()
	f.fails(what, target.Emit("event", what))
	f.fence()
	for i, k := range f.clients {
		got := 0
		for _, e := range k.Events() {
			var text string
			if e.Name != "event" {
				continue
			}
			if e.Decode(&text); text == what {
				got++
			}
		}
		if due := slices.Contains(want, i); got > 1 || (got == 1) != due {
			f.t.Errorf("%s: client %d got it %d times, due: %v", what, i, got, due)
		}
	}
}

// fence sends an event to everyone from each server and waits for it: what was
// sent before has come by then.
func (f *fleet) fence() {
	f.t.Helper()
	for _, ns := range f.ns {
		before := f.count("fence")
		f.fails("fence", ns.To().Emit("fence"))
		f.until("an event to everyone", func() bool { return f.count("fence") == before+len(f.clients) })
	}
}

func (f *fleet) count(event string) (n int) {
	for _, k := range f.clients {
		for _, e := range k.Events() {
			if e.Name == event {
				n++
			}
		}
	}
	return n
}

func (f *fleet) fails(what string, err error) {
	f.t.Helper()
	if err != nil {
		f.t.Errorf("%s: %v", what, err)
	}
}

// those are the numbers of the clients that fit.
func (f *fleet) those(fit func(i int) bool) (all []int) {
	for i := range f.clients {
		if fit(i) {
			all = append(all, i)
		}
	}
	return all
}

func even(i int) bool { return i%2 == 0 }
func odd(i int) bool  { return i%2 == 1 }
func anyone(int) bool { return true }

func everyone(f *fleet) {
	for i, ns := range f.ns {
		f.reaches(fmt.Sprint("from server ", i), ns.To(), f.those(anyone)...)
	}
}

func rooms(f *fleet) {
	ns := f.ns[0]
	f.reaches("one room", ns.To("even"), f.those(even)...)
	f.reaches("two rooms, each once", ns.To("all", "odd"), f.those(anyone)...)
	f.reaches("except", ns.To("all").Except("even"), f.those(odd)...)
	f.reaches("everyone except", ns.To().Except("odd"), f.those(even)...)
	f.reaches("no such room", ns.To("none"))
}

func sender(f *fleet) {
	f.reaches("to a room", f.sockets[0].To("even"), f.those(func(i int) bool { return even(i) && i != 0 })...)
	f.reaches("to everyone", f.sockets[1].Broadcast(), f.those(func(i int) bool { return i != 1 })...)
}

func byID(f *fleet) {
	last := len(f.clients) - 1
	f.reaches("an id", f.ns[0].To(f.sockets[last].ID()), last)
	f.reaches("except an id", f.ns[0].To().Except(f.sockets[last].ID()), f.those(func(i int) bool { return i != last })...)
}

func local(f *fleet) { f.reaches("local", f.ns[0].To("all").Local(), 0, 1) }

func binary(f *fleet) {
	f.fails("emit", f.ns[0].To("all").Emit("binary", []byte{0, 1, 255}, map[string]any{"deep": []byte("x")}))
	f.until("binary data", func() bool { return f.count("binary") == len(f.clients) })
	for i, k := range f.clients {
		var a []byte
		var b struct{ Deep []byte }
		k.Wait("binary").Decode(&a, &b)
		if !slices.Equal(a, []byte{0, 1, 255}) || string(b.Deep) != "x" {
			f.t.Errorf("client %d got %v and %q", i, a, b.Deep)
		}
	}
}

func order(f *fleet) {
	const n = 100
	for i := range n {
		f.fails("emit", f.ns[0].To("all").Emit("n", i))
	}
	f.until("all numbers", func() bool { return f.count("n") == n*len(f.clients) })
	for c, k := range f.clients {
		for i := range n {
			var got int
			if k.Wait("n").Decode(&got); got != i {
				f.t.Fatalf("client %d got %d where %d was due", c, got, i)
			}
		}
	}
}
