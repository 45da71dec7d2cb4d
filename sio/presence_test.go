package sio

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

// TestPresenceModel: random entering, leaving and promises against a map, over
// more loops than one word holds, through growing and shrinking.
func TestPresenceModel(t *testing.T) {
	for _, loops := range []int{1, 3, 130} {
		var table roomTable
		type place struct {
			room string
			loop int
		}
		type state struct {
			in       bool
			promises int
		}
		model := map[place]state{}
		where := map[string]*presence{}
		created := map[string]bool{}
		table.init(loops, func(p *presence, c bool) {
			if created[p.name] == c {
				t.Fatalf("%s: created twice or deleted twice", p.name)
			}
			created[p.name] = c
		})
		rnd := rand.New(rand.NewPCG(1, uint64(loops)))
		for i := range 30000 {
			rooms := 1 + 2000*(i%10000)/10000 // grows, then small again
			k := place{fmt.Sprint("r", rnd.IntN(rooms)), rnd.IntN(loops)}
			s := model[k]
			switch op := rnd.IntN(4); {
			case op == 0 && !s.in:
				where[k.room], s.in = table.enter(k.room, k.loop), true
			case op == 1 && s.in:
				table.exit(where[k.room], k.loop)
				s.in = false
			case op == 2:
				where[k.room] = table.promise(k.room, k.loop)
				s.promises++
			case op == 3 && s.promises > 0:
				table.settle(where[k.room], k.loop, s.in)
				s.promises--
			}
			model[k] = s
			if i%1000 != 999 {
				continue
			}
			for k, s := range model {
				var set loopSet
				if p := table.find(k.room); p != nil {
					set.add(&p.loops)
				}
				if want := s.in || s.promises > 0; set.has(k.loop) != want {
					t.Fatalf("%d loops, step %d: %v is %v, want %v", loops, i, k, !want, want)
				}
			}
		}
		for k, s := range model {
			if s.in {
				table.exit(where[k.room], k.loop)
			}
			for range s.promises {
				table.settle(where[k.room], k.loop, false)
			}
		}
		for i := range table.stripes {
			if n := table.stripes[i].count; n != 0 {
				t.Errorf("%d rooms left in a stripe", n)
			}
		}
		for room, c := range created {
			if c {
				t.Errorf("%s was not deleted", room)
			}
		}
	}
}

// TestPresenceReaders: a room that stays is found by readers all the time, while
// others come and go around it.
func TestPresenceReaders(t *testing.T) {
	var table roomTable
	table.init(4, func(*presence, bool) {})
	table.enter("stays", 2)
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if p := table.find("stays"); p == nil || p.loops.first.Load() != 1<<2 {
					t.Error("the room is not found")
					return
				}
			}
		})
	}
	for w := range 4 {
		writers.Go(func() {
			for range 20 {
				var all []*presence
				for i := range 300 {
					all = append(all, table.enter(fmt.Sprint("r", i), w))
				}
				for _, p := range all {
					table.exit(p, w)
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
}

// TestBroadcastTouchesItsLoopsOnly: a loop without members of a room hears
// nothing of what is sent to it.
func TestBroadcastTouchesItsLoopsOnly(t *testing.T) {
	r := newRig(t, 4, Config{})
	ns := r.srv.namespace("/")
	here := r.join(0, 3, ns, func(s *Socket) { _ = s.Join("one") })
	there := r.join(2, 2, ns, func(s *Socket) { _ = s.Join("two", "both") })
	r.join(3, 2, ns, func(s *Socket) { _ = s.Join("both") })
	r.join(1, 1, ns, nil)
	all := Target{ns: ns}
	for _, tt := range []struct {
		name   string
		target Target
		from   int // loop
		posts  uint64
	}{
		{"a room of this loop", here[0].To("one"), 0, 0},
		{"a room of another loop", here[0].To("two"), 0, 1},
		{"a room of two loops", all.To("both"), 0, 2},
		{"rooms that overlap", all.To("two", "both", "one"), 0, 2},
		{"a room that does not exist", all.To("none"), 0, 0},
		{"a socket", all.To(there[0].ID()), 0, 1},
		{"a socket of this loop", all.To(there[0].ID()), 2, 0},
		{"everyone", all, 0, 3},
	} {
		before := r.srv.Stats().Posts
		r.on(tt.from, func() {
			if err := tt.target.Emit("x"); err != nil {
				t.Error(err)
			}
		})
		if got := r.srv.Stats().Posts - before; got != tt.posts {
			t.Errorf("%s: %d loops were told, want %d", tt.name, got, tt.posts)
		}
	}
	r.on(2, func() {
		for _, s := range there {
			s.Leave("two")
		}
	})
	before := r.srv.Stats().Posts
	r.on(0, func() { _ = all.To("two").Emit("x") })
	if got := r.srv.Stats().Posts - before; got != 0 {
		t.Errorf("a room whose last members have left: %d loops were told", got)
	}
}

// TestJoinThenEmit: who makes a socket of another loop join and then sends to
// the room reaches it, however the room comes and goes meanwhile.
func TestJoinThenEmit(t *testing.T) {
	r := newRig(t, 2, Config{})
	ns := r.srv.namespace("/")
	s := r.join(1, 1, ns, nil)[0]
	for i := range 3 {
		before := s.taken()
		r.on(0, func() {
			_ = s.Join("new")
			_ = Target{ns: ns}.To("new").Emit("x")
			s.Leave("new")
			_ = Target{ns: ns}.To("new").Emit("y")
		})
		if got := s.taken() - before; got != 1 {
			t.Errorf("round %d: %d events came, want the one between Join and Leave", i, got)
		}
	}
	if ns.where.find("new") != nil {
		t.Error("the room is left over")
	}
}
