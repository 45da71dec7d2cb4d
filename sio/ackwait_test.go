package sio_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// TestEmitAckWait: a handler that waits asks its client, and goes on with the
// answer; without one it is told why.
func TestEmitAckWait(t *testing.T) {
	for _, o := range []sio.Option{sio.Ordered, sio.Concurrent} {
		w := siotest.New(t, siotest.Options{})
		ns := w.Server(sio.Config{}).Of("/")
		var failed atomic.Pointer[error] // the handler runs in a goroutine
		sio.Answer0(ns, "begin", func(s *sio.Socket) string {
			a, err := s.EmitAckWait(s.Context(), "who")
			if err != nil {
				failed.Store(&err)
				return err.Error()
			}
			var name string
			var photo []byte
			if err := a.Decode(&name, &photo); err != nil {
				return err.Error()
			}
			return name + string(photo)
		}, o)
		sio.Answer0(ns, "on the loop", func(s *sio.Socket) bool {
			_, err := s.EmitAckWait(context.Background(), "who")
			return errors.Is(err, sio.ErrOnLoop)
		})
		k := w.Connect(siotest.Client{OnEvent: func(e *siotest.Event) { e.Reply("ann", sio.Binary("!")) }})
		ask := func(k *siotest.Conn, event string) (got any) {
			k.EmitAck(event).Wait().Decode(&got)
			return got
		}
		if got := ask(k, "begin"); got != "ann!" {
			t.Errorf("got %v", got)
		}
		if ask(k, "on the loop") != true {
			t.Error("on a loop it is no error")
		}
		mute := w.Connect(siotest.Client{})
		if got := mute.EmitAck("begin"); got.Done() {
			t.Error("done without an answer")
		}
		mute.Wait("who")
		w.Advance(29 * time.Second)
		if p := failed.Load(); p != nil {
			t.Errorf("before the time it fails: %v", *p)
		}
		mute.Drop()
		w.Until(func() bool { return failed.Load() != nil })
		if err := *failed.Load(); !errors.Is(err, sio.ErrClosed) && !errors.Is(err, context.Canceled) {
			t.Errorf("the client left: %v", err)
		}
	}
}

// TestZeroSocket: a socket that was never open, and a target that nobody has
// made, have errors and nothing else.
func TestZeroSocket(t *testing.T) {
	var s sio.Socket
	ctx := context.Background()
	_, errWait := s.EmitAckWait(ctx, "x")
	_, errAll := sio.Target{}.EmitAckWait(ctx, "x")
	_, errFetch := s.To("a").FetchSocketsWait(ctx)
	for what, err := range map[string]error{
		"Emit": s.Emit("x", 1), "Send": s.Send("x"), "SendAck": s.SendAck("x", nil), "EmitAck": s.EmitAck("x", nil),
		"EmitPacket": s.EmitPacket(must(sio.Encode("x"))), "EmitAckWait": errWait, "Join": s.Join("a"),
		"To": s.To("a").Emit("x"), "Broadcast": s.Broadcast().Send("x"), "Volatile": s.Volatile().Emit("x"), "Compress": s.Compress(true).Emit("x"),
		"Target.EmitAckWait": errAll, "Target.Emit": sio.Target{}.To("a").Except("b").Emit("x"), "FetchSocketsWait": errFetch,
		"Target.EmitAck": sio.Target{}.EmitAck("x", func([]*sio.Ack, error) {}), "SocketsJoin": sio.Target{}.SocketsJoin("a"),
		"DisconnectSockets": sio.Target{}.DisconnectSockets(true), "FetchSockets": sio.Target{}.FetchSockets(func([]sio.RemoteSocket, error) {}),
	} {
		if !errors.Is(err, sio.ErrClosed) {
			t.Errorf("%s: %v, want ErrClosed", what, err)
		}
	}
	s.Close()
	s.Disconnect()
	s.Leave("a")
	s.Do(func() { t.Error("ran") })
	s.After(0, func() { t.Error("ran") }).Stop()
	s.Use(func(*sio.Event) error { return nil })
	s.OnAny(func(*sio.Event) {})()
	s.PrependAnyOutgoing(func(*sio.Event) {})()
	_ = s.SetData(1)
	var data any
	if s.DecodeData(&data) != nil || !s.Closed() || s.Recovered() || s.ID() != "" || s.Transport() != "" || s.Rooms() != nil || s.CloseCause() != nil {
		t.Error("it tells of something")
	}
	if s.Context().Err() != nil { // a setup function may keep it for later
		t.Error("its context has ended")
	}
	_, _, _ = s.Namespace(), s.Server(), s.Generation()
}
