package engine_test

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio/engine"
	"github.com/tornadio/tornadio/sio/siotest"
)

// TestMain fails the run if a goroutine of this module is left over.
func TestMain(m *testing.M) {
	code := m.Run()
	if left := leftGoroutines(); code == 0 && left != "" {
		fmt.Fprintln(os.Stderr, "goroutines left over:\n"+left)
		code = 1
	}
	os.Exit(code)
}

func leftGoroutines() (left string) {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		buf := make([]byte, 1<<20)
		left = ""
		for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(stack, "tornadio/tornadio/") && !strings.Contains(stack, "engine_test.TestMain") {
				left += stack + "\n\n"
			}
		}
		if left == "" {
			return ""
		}
	}
	return left
}

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
