package sio_test

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// echoServer sends "echo" back, and "all" to everyone.
func echoServer(w *siotest.World, cfg sio.Config) *sio.Server {
	srv := w.Server(cfg)
	ns := srv.Of("/")
	sio.On(ns, "echo", func(s *sio.Socket, v any) { _ = s.Emit("echoed", v) })
	sio.On(ns, "all", func(s *sio.Socket, v string) { _ = ns.To().Emit("told", v) })
	return srv
}

func TestDeflate(t *testing.T) {
	texts := []string{"short", strings.Repeat("compress me, ", 1000), "🌪" + strings.Repeat("日本", 3000)}
	noise := make([]byte, 50_000)
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	for _, takeover := range []bool{false, true} {
		for _, transport := range []string{"websocket", "upgrade"} {
			w := siotest.New(t, siotest.Options{})
			echoServer(w, sio.Config{PerMessageDeflate: &sio.Deflate{ContextTakeover: takeover}})
			c := w.Connect(siotest.Client{Transport: transport, Deflate: true})
			plain := w.Connect(siotest.Client{Transport: transport})
			w.Until(func() bool { return c.Transport() == "websocket" && plain.Transport() == "websocket" })
			for range 3 {
				for _, text := range texts {
					for _, x := range []*siotest.Conn{c, plain} {
						x.Emit("echo", text)
						var got string
						x.Wait("echoed").Decode(&got)
						if got != text {
							t.Fatalf("%d bytes came back as %d", len(text), len(got))
						}
					}
				}
			}
			c.Emit("echo", noise)
			var back []byte
			c.Wait("echoed").Decode(&back)
			if !bytes.Equal(back, noise) {
				t.Error("noise came back changed")
			}
			if n := c.Deflated(); n == 0 || n > 70_000 {
				t.Errorf("takeover %v, %s: %d compressed bytes", takeover, transport, n)
			}
			if plain.Deflated() != 0 {
				t.Error("compressed for a client that did not ask")
			}
		}
	}
}

// Only messages from the threshold on are compressed.
func TestDeflateThreshold(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	const threshold = 100
	echoServer(w, sio.Config{PerMessageDeflate: &sio.Deflate{Threshold: threshold}})
	c := w.Connect(siotest.Client{Deflate: true})
	frame := len(`42["echoed",""]`)
	for n, want := range map[int]bool{threshold - 1: false, threshold: true, threshold + 1: true} {
		before := c.Deflated()
		c.Emit("echo", strings.Repeat("x", n-frame))
		c.Wait("echoed")
		if got := c.Deflated() > before; got != want {
			t.Errorf("a message of %d bytes: compressed %v, want %v", n, got, want)
		}
	}
}

// A compressed message may have MaxMessage bytes inside and not one more,
// whatever it has outside; the others notice nothing.
func TestDeflateBomb(t *testing.T) {
	const limit = 10_000
	for _, takeover := range []bool{false, true} {
		for _, over := range []int{-1, 0, 1, 3_000_000} {
			w := siotest.New(t, siotest.Options{})
			echoServer(w, sio.Config{MaxMessage: limit, PerMessageDeflate: &sio.Deflate{ContextTakeover: takeover}})
			other := w.Connect(siotest.Client{Deflate: true})
			c := w.Connect(siotest.Client{Deflate: true})
			c.Emit("echo", strings.Repeat("x", limit+over-len(`42["echo",""]`)))
			if over <= 0 {
				c.Wait("echoed")
				continue
			}
			w.Until(c.Ended)
			if c.CloseCode() != 1009 {
				t.Errorf("%d bytes too many: closed with %d", over, c.CloseCode())
			}
			other.Emit("echo", "still here")
			other.Wait("echoed")
		}
	}
}

// With MaxContexts connections that have one, the next go without.
func TestDeflateMaxContexts(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	srv := echoServer(w, sio.Config{Loops: 1, PerMessageDeflate: &sio.Deflate{ContextTakeover: true, MaxContexts: 2}})
	noise := make([]byte, 1000) // nothing in it comes twice but in the message before
	for i := range noise {
		noise[i] = byte(w.Rand().Uint32())
	}
	text := hex.EncodeToString(noise)
	second := func(c *siotest.Conn) int {
		c.Emit("echo", text)
		c.Wait("echoed")
		before := c.Deflated()
		c.Emit("echo", text)
		c.Wait("echoed")
		return c.Deflated() - before
	}
	var sizes []int
	var all []*siotest.Conn
	for range 4 {
		c := w.Connect(siotest.Client{Deflate: true})
		all = append(all, c)
		sizes = append(sizes, second(c))
	}
	few := 0
	for _, n := range sizes {
		if n > 0 { // else nothing was found to save, and it went as it is
			few++
		}
	}
	if few == 0 || few > 2 {
		t.Errorf("second messages of %v bytes: %d have a context, want 1 or 2", sizes, few)
	}
	for _, c := range all {
		c.Close()
	}
	w.Until(func() bool { return srv.Stats().Conns == 0 })
	if n := second(w.Connect(siotest.Client{Deflate: true})); n == 0 {
		t.Errorf("contexts are not given back")
	}
}

func TestDeflateConfig(t *testing.T) {
	for _, d := range []sio.Deflate{{Threshold: -1}, {MaxContexts: -1}} {
		if srv := sio.New(sio.Config{PerMessageDeflate: &d}); srv.Err() == nil {
			t.Errorf("%+v is accepted", d)
		}
	}
}

// Compress(false) sends as it is, to one client and to many.
func TestDeflateCompressFalse(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	ns := w.Server(sio.Config{PerMessageDeflate: &sio.Deflate{}}).Of("/")
	text := strings.Repeat("compress me, ", 1000)
	sio.On(ns, "one", func(s *sio.Socket, on bool) { _ = s.Compress(on).Emit("told", text) })
	sio.On(ns, "all", func(_ *sio.Socket, on bool) { _ = ns.To().Compress(on).Emit("told", text) })
	c := w.Connect(siotest.Client{Deflate: true})
	for _, event := range []string{"one", "all"} {
		for _, on := range []bool{false, true} {
			before := c.Deflated()
			c.Emit(event, on)
			c.Wait("told")
			if got := c.Deflated() > before; got != on {
				t.Errorf("%s, Compress(%v): compressed %v", event, on, got)
			}
		}
	}
}
