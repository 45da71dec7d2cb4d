package webtransport_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/webtransport"
)

// TestBadBegin: what is neither a new session nor one that polls ends the
// WebTransport session without a word, and costs others nothing.
func TestBadBegin(t *testing.T) {
	r := serve(t, sio.Config{}, webtransport.Config{})
	other := r.joined()
	for name, bytes := range map[string][]byte{
		"another kind":       frame("1", false),
		"a ping":             frame("2probe", false),
		"a message":          frame("40", false),
		"no kind":            frame("x", false),
		"binary":             frame("0", true),
		"empty":              {0},
		"no UTF-8":           frame("0\xff", false),
		"no JSON":            frame("0{", false),
		"no object":          frame(`0"sid"`, false),
		"a number":           frame(`0{"sid":5}`, false),
		"no sid":             frame(`0{}`, false),
		"an empty sid":       frame(`0{"sid":""}`, false),
		"an unknown sid":     frame(`0{"sid":"AAAAAAAAAAAAAAAAAAAA"}`, false),
		"another's loop":     frame(`0{"sid":"zzzzzzzzzzzzzzzzzzzz"}`, false),
		"no id":              frame(`0{"sid":"../../"}`, false),
		"a long first":       frame(`0{"sid":"`+strings.Repeat("a", 2000)+`"}`, false),
		"a length of 2^63":   {127, 0x80, 0, 0, 0, 0, 0, 0, 0},
		"a length of 2^64-1": {127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
	} {
		t.Run(name, func(t *testing.T) {
			c := r.in(t).dial("")
			c.raw(bytes)
			if got := c.over(); got != nil {
				t.Errorf("it was told %q", got)
			}
		})
	}
	other.send(`421["echo",1]`)
	other.expect("431[1]")
	if n := r.srv.Stats().Sessions; n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// TestCutBegin: a stream that ends, or is reset, in the midst of its first
// packet.
func TestCutBegin(t *testing.T) {
	r := serve(t, sio.Config{UpgradeTimeout: time.Second}, webtransport.Config{})
	for name, end := range map[string]func(*client){
		"ended":  func(c *client) { _ = c.str.Close() },
		"reset":  func(c *client) { c.str.CancelWrite(7) },
		"closed": func(c *client) { _ = c.sess.CloseWithError(3, "bye") },
	} {
		t.Run(name, func(t *testing.T) {
			c := r.in(t).dial("")
			c.raw([]byte{10, '0'})
			end(c)
			c.over()
		})
	}
}

// TestNoBegin: a session that opens no stream, and a stream on which nothing
// comes, end with UpgradeTimeout.
func TestNoBegin(t *testing.T) {
	r := serve(t, sio.Config{UpgradeTimeout: 300 * time.Millisecond}, webtransport.Config{})
	_, s, err := r.session("", nil)
	if err != nil {
		t.Fatal(err)
	}
	quiet := r.dial("")
	quiet.raw([]byte{1})
	quiet.over()
	select {
	case <-s.Context().Done():
	case <-time.After(patience):
		t.Fatal("a session without a stream stays open")
	}
}

// TestMessageLimit: MaxMessage, with the packet's type in it.
func TestMessageLimit(t *testing.T) {
	const limit = 20_000
	r := serve(t, sio.Config{MaxMessage: limit}, webtransport.Config{})
	text := func(n int) string { return `421["echo","` + strings.Repeat("x", n-len(`421["echo",""]`)) + `"]` }
	for _, n := range []int{limit - 1, limit} {
		c := r.joined()
		c.send(text(n))
		c.expect("43" + "1" + "[" + text(n)[len(`421["echo",`):])
		_ = c.sess.CloseWithError(0, "")
		r.ended("transport close")
	}
	c := r.joined()
	c.raw(payload.AppendStreamHeader(nil, limit+1, false))
	c.over()
	r.ended("parse error")
	if got := <-r.causes; got != "payload: a packet above the limit" {
		t.Errorf("the cause is %q", got)
	}
}

// TestBrokenPackets: what ends an open session, and with which reason.
func TestBrokenPackets(t *testing.T) {
	r := serve(t, sio.Config{}, webtransport.Config{})
	for name, c := range map[string]struct {
		do  func(*client)
		why string
	}{
		"an empty packet":    {func(c *client) { c.raw([]byte{0}) }, "parse error"},
		"no kind":            {func(c *client) { c.send("9") }, "parse error"},
		"no UTF-8":           {func(c *client) { c.send("4\xff") }, "parse error"},
		"a second open":      {func(c *client) { c.send("0") }, "transport error"},
		"an upgrade":         {func(c *client) { c.send("5") }, "transport error"},
		"a ping":             {func(c *client) { c.send("2") }, "transport error"},
		"the stream's end":   {func(c *client) { c.raw([]byte{10, '4'}); _ = c.str.Close() }, "transport close"},
		"the stream's reset": {func(c *client) { c.raw([]byte{10, '4'}); c.str.CancelWrite(1) }, "transport close"},
		"the session's end":  {func(c *client) { _ = c.sess.CloseWithError(0, "") }, "transport close"},
		"an attachment":      {func(c *client) { c.raw(frame("x", true)) }, "parse error"},
	} {
		t.Run(name, func(t *testing.T) {
			r := r.in(t)
			k := r.joined()
			c.do(k)
			k.over()
			r.ended(c.why)
		})
	}
}

// TestClosePacket: the reference ignores it over a socket; the end follows.
func TestClosePacket(t *testing.T) {
	r := serve(t, sio.Config{}, webtransport.Config{})
	c := r.joined()
	c.send("1", "6", `421["echo",1]`)
	c.expect("431[1]")
}

// TestSecondStream: further streams and datagrams are not looked at, and their
// number is bounded.
func TestSecondStream(t *testing.T) {
	r := serve(t, sio.Config{}, webtransport.Config{})
	c := r.joined()
	opened := 0
	for ; opened < 100; opened++ {
		s, err := c.sess.OpenStream()
		if err != nil {
			break
		}
		_ = s.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = s.Write(frame("0", false))
	}
	if opened == 0 || opened > 16 {
		t.Errorf("%d streams could be opened", opened)
	}
	_ = c.sess.SendDatagram([]byte("42"))
	c.send(`421["echo",1]`)
	c.expect("431[1]")
	if n := r.srv.Stats().Sessions; n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// TestSplitPackets: packets come in any pieces.
func TestSplitPackets(t *testing.T) {
	r := serve(t, sio.Config{}, webtransport.Config{})
	c := r.joined()
	for _, b := range frame(`421["echo","`+strings.Repeat("é", 100)+`"]`, false) {
		c.raw([]byte{b})
	}
	c.expect(`431["` + strings.Repeat("é", 100) + `"]`)
}

// TestBurst: many packets at once, and large ones, in order both ways.
func TestBurst(t *testing.T) {
	r := serve(t, sio.Config{}, webtransport.Config{})
	c := r.joined()
	big := strings.Repeat("x", 300_000)
	go func() {
		var b []byte
		for i := range 2000 {
			b = append(b, frame(fmt.Sprintf(`42%d["echo",%d]`, i, i), false)...)
		}
		b = append(b, frame(`422000["echo","`+big+`"]`, false)...)
		_, _ = c.str.Write(append(b, frame(`422001["echo",1]`, false)...))
	}()
	for i := range 2000 {
		c.expect(fmt.Sprintf("43%d[%d]", i, i))
	}
	c.expect(`432000["` + big + `"]`)
	c.expect("432001[1]")
}

// TestPeerThatNeverReads: what waits for it is bounded by MaxQueue, and then it
// is cut.
func TestPeerThatNeverReads(t *testing.T) {
	r := serve(t, sio.Config{MaxQueue: 1 << 20}, webtransport.Config{})
	c := r.joined()
	c.send(`42["flood"]`)
	r.ended("transport error")
	until(t, "the queue to be given back", func() bool { return r.srv.Stats().QueuedBytes == 0 })
}

// TestBadProbe: a WebTransport session that does not probe as it should ends,
// and the polling session goes on.
func TestBadProbe(t *testing.T) {
	r := serve(t, sio.Config{UpgradeTimeout: 2 * time.Second}, webtransport.Config{})
	var hello struct{ SID string }
	if err := json.Unmarshal([]byte(r.get("")[1:]), &hello); err != nil {
		t.Fatal(err)
	}
	sid := "&sid=" + hello.SID
	r.request("POST", sid, "40")
	r.get(sid)
	for name, bytes := range map[string][]byte{
		"a message":         frame(`42["echo",1]`, false),
		"another ping":      frame("2", false),
		"5 without a probe": frame("5", false),
		"binary":            frame("2probe", true),
		"an empty packet":   {0},
		"too long":          {127, 0, 0, 0, 0, 0x10, 0, 0, 0},
		"nothing":           {},
	} {
		t.Run(name, func(t *testing.T) {
			c := r.in(t).dial(sid)
			c.raw(append(frame(fmt.Sprintf(`0{"sid":%q}`, hello.SID), false), bytes...))
			c.over()
		})
	}
	if got := r.request("POST", sid, `421["echo",1]`); got != "ok" {
		t.Fatal(got)
	}
	until(t, "the answer", func() bool { return r.get(sid) == "431[1]" })
}

// TestOtherPaths: nothing but WebTransport sessions below Config.Path is served
// over HTTP/3.
func TestOtherPaths(t *testing.T) {
	r := serve(t, sio.Config{}, webtransport.Config{})
	d := dialer()
	for _, path := range []string{"/", "/socket.io", "/other/socket.io/"} {
		if res, _, err := d.Dial(t.Context(), "https://"+r.at+path, nil); err == nil || res == nil || res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %v %v", path, res, err)
		}
	}
}
