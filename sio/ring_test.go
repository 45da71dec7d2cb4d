package sio

import (
	"testing"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// TestRingBounds: by count, by bytes, by time, each at its limit and above; what
// goes gives its bytes back.
func TestRingBounds(t *testing.T) {
	cfg := &Recovery{MaxPackets: 40, MaxBytes: 1000, MaxDisconnection: time.Minute}
	start := time.Unix(0, 0)
	var bufs []*ioloop.Buf
	put := func(r *ring, seq uint64, size int, after time.Duration) {
		m := session.NewMessage(make([]byte, size), false)
		m.Buf.Retain() // the test's own, so that a release too many is seen
		bufs = append(bufs, m.Buf)
		r.add(entry{seq: seq, at: start.Add(after), ms: []session.Message{m}}, cfg)
	}
	var r ring
	for i := range uint64(100) {
		put(&r, i+1, 25, 0)
		if want := min(int(i)+1, 40); r.count != want || r.end() != i+1 {
			t.Fatalf("after %d: %d kept, end %d", i+1, r.count, r.end())
		}
	}
	if _, ok := r.find(60, session.ID{}); ok {
		t.Error("an event above MaxPackets is found")
	}
	if pos, ok := r.find(61, session.ID{}); !ok || pos != 61 {
		t.Errorf("the oldest event: %d, %v", pos, ok)
	}
	put(&r, 101, 500, 0) // 1000 bytes at the limit
	if r.bytes != 1000 || r.count != 21 {
		t.Errorf("%d bytes in %d events", r.bytes, r.count)
	}
	put(&r, 102, 1001, 0)
	if r.count != 0 || r.bytes != 0 || r.end() != 102 {
		t.Errorf("one above MaxBytes by itself: %d kept, end %d", r.count, r.end())
	}
	put(&r, 103, 25, 0)
	put(&r, 104, 25, time.Second)
	r.expire(start.Add(time.Minute), cfg)
	if r.count != 2 {
		t.Errorf("at MaxDisconnection: %d kept", r.count)
	}
	r.expire(start.Add(time.Minute+1), cfg)
	if r.count != 1 || r.at(r.first).seq != 104 {
		t.Errorf("above MaxDisconnection: %d kept", r.count)
	}
	put(&r, 105, 25, 3*time.Minute)
	if r.count != 1 {
		t.Errorf("an old one beside a new one: %d kept", r.count)
	}
	r.dropFirst()
	for _, b := range bufs {
		b.Release() // the last reference, else the pool complains above
	}
}

func TestEntryMeets(t *testing.T) {
	m := newRig(t, 1, Config{}).srv.shards[0].m
	me, other := m.NewID(), m.NewID()
	for _, tt := range []struct {
		name string
		e    entry
		want bool
	}{
		{"everyone", entry{}, true},
		{"a room", entry{rooms: []string{"x", "in"}}, true},
		{"another room", entry{rooms: []string{"x"}}, false},
		{"except a room", entry{except: []string{"in"}}, false},
		{"except another room", entry{except: []string{"x"}}, true},
		{"my id", entry{rooms: []string{me.String()}}, true},
		{"except my id", entry{rooms: []string{"in"}, except: []string{me.String()}}, false},
		{"I am the sender", entry{skip: me}, false},
		{"another sender", entry{skip: other}, true},
		{"me alone", entry{only: me}, true},
		{"another alone", entry{only: other}, false},
	} {
		if got := tt.e.meets(me, []string{"in"}); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
