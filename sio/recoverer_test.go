package sio_test

import (
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// slowLog is a Recoverer whose answer comes when the test says so.
type slowLog struct {
	sio.Local
	kept   []sio.SessionState
	answer func(*sio.SessionState, []*sio.Packet)
}

func (l *slowLog) PersistSession(s sio.SessionState, d time.Duration) { l.kept = append(l.kept, s) }

func (l *slowLog) RestoreSession(_, _ string, f func(*sio.SessionState, []*sio.Packet)) { l.answer = f }

func newSlowLog(t *testing.T) (*siotest.World, *sio.Server, *slowLog) {
	w := siotest.New(t, siotest.Options{})
	l := &slowLog{}
	srv := w.Server(sio.Config{Recovery: &sio.Recovery{MaxDisconnection: time.Minute}, Adapter: func(local sio.Local) (sio.Adapter, error) {
		l.Local = local
		return l, nil
	}})
	sio.Answer(srv.Of("/"), "join", func(s *sio.Socket, room string) bool {
		return s.Join(room) == nil && s.SetData(room) == nil
	})
	return w, srv, l
}

// TestRecovererIsAsked: what is kept, and that what comes between the answer
// and the opening is not lost; a second answer is ignored.
func TestRecovererIsAsked(t *testing.T) {
	w, srv, l := newSlowLog(t)
	k := w.Connect(siotest.Client{})
	k.EmitAck("join", "room").Wait()
	_ = srv.Of("/").To("room").EmitPacket(must(sio.Encode("n", 1)).WithOffset("o-1"))
	if k.Wait("n").Len() != 2 {
		t.Error("the event has no offset")
	}
	k.Drop()
	w.Until(func() bool { return len(l.kept) == 1 })
	if s := l.kept[0]; s.ID != k.ID() || len(s.Rooms) != 1 || s.Rooms[0] != "room" || string(s.Data) != `"room"` || s.PID == "" {
		t.Fatalf("kept %+v", s)
	}
	again := w.Dial(siotest.Client{Auth: k.Resume()})
	w.Until(func() bool { return l.answer != nil })
	l.answer(&l.kept[0], []*sio.Packet{must(sio.Encode("n", 2)).WithOffset("o-2")})
	l.answer(nil, nil)
	for _, to := range []string{"room", k.ID()} {
		_ = srv.Of("/").To(to).EmitPacket(must(sio.Encode("n", to)).WithOffset("o-3"))
	}
	_ = srv.Of("/").To().EmitPacket(must(sio.Encode("n", "all")).WithOffset("o-4"))
	for i, want := range []any{2.0, "room", k.ID(), "all"} {
		var got any
		if again.Wait("n").Decode(&got); got != want {
			t.Errorf("event %d is %v, want %v", i, got, want)
		}
	}
	if !again.Recovered() || again.ID() != k.ID() {
		t.Errorf("recovered %v as %s", again.Recovered(), again.ID())
	}
}

// TestRecovererAnswersLate: the client has gone again when the answer comes, so
// that what it was goes back to the adapter.
func TestRecovererAnswersLate(t *testing.T) {
	w, srv, l := newSlowLog(t)
	k := w.Connect(siotest.Client{})
	k.EmitAck("join", "room").Wait()
	k.Drop()
	w.Until(func() bool { return len(l.kept) == 1 })
	again := w.Dial(siotest.Client{Auth: k.Resume()})
	w.Until(func() bool { return l.answer != nil })
	again.Drop()
	w.Advance(time.Second)
	l.answer(&l.kept[0], nil)
	w.Until(func() bool { return len(l.kept) == 2 })
	if a, b := l.kept[0], l.kept[1]; a.PID != b.PID || a.ID != b.ID || len(b.Rooms) != 1 || string(b.Data) != string(a.Data) {
		t.Errorf("kept %+v, then %+v", a, b)
	}
	if n := srv.Of("/").Len(); n != 0 || l.Reaches("room") || l.Reaches(k.ID()) {
		t.Errorf("%d sockets are left, room reached: %v", n, l.Reaches("room"))
	}
}

func must(p *sio.Packet, err error) *sio.Packet {
	if err != nil {
		panic(err)
	}
	return p
}
