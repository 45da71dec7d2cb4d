package clients

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio/engine"
)

// engineGuest is a connection of the server that scripts/engine.mjs talks to.
type engineGuest struct {
	engine.Socket
	upgraded bool
}

func (g *engineGuest) OnOpen(h *engine.Handshake) error {
	if h.Query("name") == "eve" {
		return errors.New("not eve")
	}
	return g.Send(fmt.Sprintf("hello %s by %d", h.Query("name"), h.Protocol()))
}

func (g *engineGuest) OnUpgrade() { g.upgraded = true }

// OnMessage sends everything back, but for a few words.
func (g *engineGuest) OnMessage(m engine.Message) {
	word, rest, _ := strings.Cut(m.Text(), " ")
	switch {
	case !m.IsText():
		_ = g.SendBinary(m.Raw())
	case word == "burst":
		n, _ := strconv.Atoi(rest)
		for i := range n {
			_ = g.Send(strconv.Itoa(i))
		}
	case word == "all":
		_ = g.Server().SendPacket(engine.Binary([]byte(rest)))
	case word == "how":
		_ = g.Send(fmt.Sprint(g.Transport(), " ", g.upgraded))
	case word == "close":
		_ = g.Send("last words")
		g.Close()
	default:
		_ = g.Send(m.Text())
	}
}

// TestEngineClients: engine.io-client itself, of both revisions, over each of
// its transports.
func TestEngineClients(t *testing.T) {
	t.Parallel()
	srv := engine.New(engine.Config{Loops: 3, PingInterval: 300 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
		PerMessageDeflate: &engine.Deflate{}})
	engine.Accept[engineGuest](srv, nil)
	addr, err := srv.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = srv.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Shutdown(context.Background()); err != nil || srv.Stats().Panics > 0 || srv.Len() > 0 {
			t.Errorf("Shutdown: %v, %+v", err, srv.Stats())
		}
	})
	for _, version := range []string{"6", "3"} {
		for _, transports := range []string{"polling", "websocket", "polling,websocket"} {
			t.Run(version+"/"+strings.ReplaceAll(transports, ",", "-then-"), func(t *testing.T) {
				script(t, &program{t: t, addr: addr.String()}, "engine.mjs", version, transports)
			})
		}
	}
}
