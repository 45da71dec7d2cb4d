package engine_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio/engine"
	"github.com/tornadio/tornadio/sio/internal/leftover"
	"github.com/tornadio/tornadio/sio/siotest"
)

func TestMain(m *testing.M) { leftover.Main(m) }

const (
	polls   = "/engine.io/?EIO=4&transport=polling"
	sockets = "/engine.io/?EIO=4&transport=websocket"
)

// record is a server that notes what happens to it, and echoes.
type record struct {
	t   *testing.T
	w   *siotest.World
	srv *engine.Server
	all []string
}

func newRecord(t *testing.T, cfg engine.Config) *record {
	r := &record{t: t, w: siotest.New(t, siotest.Options{})}
	r.srv = r.w.Engine(cfg)
	r.srv.OnOpen(func(_ *engine.Socket, h *engine.Handshake) error {
		r.note("open %s", h.Transport())
		return nil
	})
	r.srv.OnMessage(func(c *engine.Socket, m engine.Message) {
		r.note("message %v %q", m.IsText(), m.Raw())
		if m.IsText() {
			_ = c.Send(m.Text())
		} else {
			_ = c.SendBinary(m.Raw())
		}
	})
	r.srv.OnUpgrade(func(c *engine.Socket) { r.note("upgrade %s", c.Transport()) })
	r.srv.OnClose(func(_ *engine.Socket, why engine.Reason) { r.note("close %v", why) })
	return r
}

func (r *record) note(format string, args ...any) {
	r.all = append(r.all, fmt.Sprintf(format, args...))
}

// saw checks what has happened since the last time.
func (r *record) saw(want ...string) {
	r.t.Helper()
	r.w.Try(time.Second, func() bool { return len(r.all) >= len(want) })
	if got := strings.Join(r.all, "; "); got != strings.Join(want, "; ") {
		r.t.Fatalf("got %s, want %s", got, strings.Join(want, "; "))
	}
	r.all = nil
}

// begin makes a handshake over polling and gives the session's id.
func (r *record) begin(target string) (sid string) {
	r.t.Helper()
	resp := r.w.HTTP().Get(target)
	if resp.Status != 200 {
		r.t.Fatalf("the handshake's answer is %d %s", resp.Status, resp.Body)
	}
	return sidOf(r.t, string(resp.Body))
}

func sidOf(t *testing.T, text string) string {
	t.Helper()
	i, j := strings.IndexByte(text, '{'), strings.IndexByte(text, '}')
	if i < 0 || j < i {
		t.Fatalf("no open packet: %q", text)
	}
	var open struct{ SID string }
	if err := json.Unmarshal([]byte(text[i:j+1]), &open); err != nil || open.SID == "" {
		t.Fatalf("open packet %q: %v", text, err)
	}
	return open.SID
}

func (r *record) eq(what, got, want string) {
	r.t.Helper()
	if got != want {
		r.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}
