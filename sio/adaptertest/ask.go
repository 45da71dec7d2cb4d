package adaptertest

import (
	"errors"
	"slices"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// answering makes the clients answer "ask" with their numbers, but some.
func (f *fleet) answering(silent ...int) {
	for i, k := range f.clients {
		k.OnEvent = func(e *siotest.Event) {
			if e.Name == "ask" && !slices.Contains(silent, i) {
				e.Reply(i)
			}
		}
	}
}

// result is what a callback of acknowledgements was given.
type result struct {
	calls   int
	numbers []int
	err     error
}

func (r *result) take(acks []*sio.Ack, err error) {
	r.calls++
	r.err = err
	for _, a := range acks {
		var n int
		if a.Decode(&n) == nil {
			r.numbers = append(r.numbers, n)
		}
	}
	slices.Sort(r.numbers)
}

func (f *fleet) check(what string, r *result, want []int, err error) {
	f.t.Helper()
	f.until(what, func() bool { return r.calls > 0 })
	f.fence()
	if r.calls != 1 || !slices.Equal(r.numbers, want) || !errors.Is(r.err, err) {
		f.t.Errorf("%s: %d calls, answers %v, error %v; want one, %v, %v", what, r.calls, r.numbers, r.err, want, err)
	}
}

func acks(f *fleet) {
	f.answering()
	for _, tt := range []struct {
		what   string
		target sio.Target
		want   []int
	}{
		{"everyone", f.ns[0].To(), f.those(anyone)},
		{"a room", f.ns[0].To("odd"), f.those(odd)},
		{"nobody", f.ns[0].To("none"), nil},
		{"local", f.ns[0].To().Local(), []int{0, 1}},
	} {
		var r result
		f.fails(tt.what, tt.target.Timeout(time.Minute).EmitAck("ask", r.take))
		f.check(tt.what, &r, tt.want, nil)
	}
}

func missingAcks(f *fleet) {
	last := len(f.clients) - 1
	f.answering(last)
	var r result
	f.fails("EmitAck", f.ns[0].To().Timeout(200*time.Millisecond).EmitAck("ask", r.take))
	f.check("one is silent", &r, f.those(func(i int) bool { return i != last }), sio.ErrAckTimeout)
}

// fetched are the numbers of the sockets that a target names, by their data.
func (f *fleet) fetched(what string, target sio.Target) (numbers []int) {
	f.t.Helper()
	calls := 0
	var all []sio.RemoteSocket
	f.fails(what, target.FetchSockets(func(some []sio.RemoteSocket, err error) {
		calls++
		all = some
		f.fails(what, err)
	}))
	f.until(what, func() bool { return calls > 0 })
	for _, s := range all {
		n := -1
		if err := s.DecodeData(&n); err != nil || n < 0 || n >= len(f.sockets) || s.ID != f.sockets[n].ID() {
			f.t.Errorf("%s: a socket %s with data %s", what, s.ID, s.Data)
		}
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	return numbers
}

func (f *fleet) has(what string, target sio.Target, want []int) {
	f.t.Helper()
	if got := f.fetched(what, target); !slices.Equal(got, want) {
		f.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func fetch(f *fleet) {
	last := len(f.clients) - 1
	f.has("everyone", f.ns[0].To(), f.those(anyone))
	f.has("a room", f.ns[0].To("even"), f.those(even))
	f.has("an id", f.ns[0].To(f.sockets[last].ID()), []int{last})
	f.has("nobody", f.ns[0].To("none"), nil)
	f.has("local", f.ns[0].To().Local(), []int{0, 1})
}

func joinLeave(f *fleet) {
	f.fails("join", f.ns[0].To("even").SocketsJoin("new", "other"))
	f.fence()
	f.has("after SocketsJoin", f.ns[0].To("new"), f.those(even))
	f.reaches("an event to the new room", f.ns[0].To("other"), f.those(even)...)
	f.fails("leave", f.ns[0].To("all").Except(f.sockets[0].ID()).SocketsLeave("new"))
	f.fence()
	f.has("after SocketsLeave", f.ns[0].To("new"), []int{0})
}

func disconnect(f *fleet) {
	f.fails("disconnect", f.ns[0].To("odd").DisconnectSockets(true))
	f.until("the sockets close", func() bool {
		for i, k := range f.clients {
			if odd(i) && k.Closed() == "" {
				return false
			}
		}
		return true
	})
	f.has("the others", f.ns[0].To(), f.those(even))
}

func serverSide(f *fleet) {
	heard := make([]int, len(f.ns))
	for i, ns := range f.ns {
		ns.OnServerSide("hello", func(e *sio.ServerEvent) {
			var text string
			if e.Decode(&text) == nil && text == "you" && !e.WantsReply() {
				heard[i]++
			}
		})
	}
	f.fails("emit", f.ns[0].ServerSideEmit("hello", "you"))
	f.until("the others hear it", func() bool { return !slices.Contains(heard[1:], 0) })
	f.fence()
	for i, n := range heard {
		if want := min(i, 1); n != want {
			f.t.Errorf("server %d has heard it %d times, want %d", i, n, want)
		}
	}
}

func serverSideAnswers(f *fleet) {
	var want []int
	for i, ns := range f.ns {
		ns.OnServerSide("number?", func(e *sio.ServerEvent) { f.fails("Reply", e.Reply(i)) })
		if i > 0 {
			want = append(want, i)
		}
	}
	var r result
	f.fails("ask", f.ns[0].ServerSideEmitAck("number?", time.Minute, r.take))
	f.check("all answer", &r, want, nil)
}
