package clients

import (
	"context"
	"log/slog"
	"testing"

	"github.com/tornadio/tornadio/sio"
)

// TestRecovery: the real client's connection breaks, and it comes back as it
// was, with what it missed, on whichever loop.
func TestRecovery(t *testing.T) {
	t.Parallel()
	srv := sio.New(sio.Config{Loops: 3, Recovery: &sio.Recovery{}, Logger: slog.New(slog.DiscardHandler)})
	ns := srv.Of("/")
	sio.Answer(ns, "join", func(s *sio.Socket, room string) bool {
		return s.SetData("data of "+room) == nil && s.Join(room) == nil
	})
	sio.Answer(ns, "who", func(s *sio.Socket, _ any) any {
		var data string
		_ = s.DecodeData(&data)
		return []any{s.Recovered(), s.Rooms(), data}
	})
	sio.On2(ns, "publish", func(_ *sio.Socket, room string, n int) { _ = ns.To(room).Emit("news", n) })
	sio.On2(ns, "picture", func(_ *sio.Socket, room string, b []byte) { _ = ns.To(room).Emit("picture", b) })
	sio.On0(ns, "leave me", func(s *sio.Socket) { s.Close() })
	addr, err := srv.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = srv.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Shutdown(context.Background()) })
	script(t, &program{t: t, addr: addr.String()}, "recovery.mjs")
}
