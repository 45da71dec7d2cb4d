//go:build !race

// The race detector has sync.Pool drop things at random.

package sio_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio"
)

// Whole servers on the simulated backend, in steady state: what a message costs
// from the bytes that come to the bytes that go, in allocations and, for
// profiles, in time.

type steady struct {
	t   testing.TB
	sim *ioloop.Sim
	got int // bytes that clients received
}

type steadyMember struct{ sio.Socket }

// newSteady makes a world with one loop and the handlers that the tests use.
func newSteady(t testing.TB, cfg sio.Config) *steady {
	w := &steady{t: t, sim: ioloop.NewSim(ioloop.SimConfig{})}
	cfg.Logger = slog.New(slog.DiscardHandler)
	g, err := w.sim.NewGroup(ioloop.Config{Loops: 1, Logger: cfg.Logger})
	if err != nil {
		t.Fatal(err)
	}
	srv := sio.NewOn(g, cfg)
	all := sio.Of[steadyMember](srv, "/", nil)
	sio.Answer(all, "typed", func(_ *steadyMember, n int) int { return n })
	all.OnRaw("raw", func(_ *steadyMember, e *sio.Event) { _ = e.Reply() })
	all.OnRaw("echo", func(_ *steadyMember, e *sio.Event) { _ = e.Reply(json.RawMessage(e.Raw())) })
	all.OnRaw("all", func(_ *steadyMember, e *sio.Event) { _ = all.To().Emit("all", "text") })
	if _, err := srv.Listen("tcp", ":1"); err != nil {
		t.Fatal(err)
	}
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *steady) dial() *ioloop.SimConn {
	c, err := w.sim.Dial("tcp", ":1")
	if err != nil {
		w.t.Fatal(err)
	}
	c.OnData = func(p []byte) { w.got += len(p) }
	return c
}

func (w *steady) run() { w.sim.Run(time.Microsecond) }

// answered runs what is due within d, and fails if clients get nothing.
func (w *steady) answered(d time.Duration) {
	before := w.got
	if w.sim.Run(d); w.got == before {
		w.t.Fatal("no answer")
	}
}

// frame is a text frame as a client sends it; the mask of zeros changes nothing.
func frame(text string) []byte {
	var b bytes.Buffer
	_ = ws.WriteHeader(&b, ws.Header{Fin: true, OpCode: ws.OpText, Masked: true, Length: int64(len(text))})
	b.WriteString(text)
	return b.Bytes()
}

// websocket is a client of 4.x that has joined.
func (w *steady) websocket() *ioloop.SimConn {
	c := w.dial()
	fmt.Fprintf(c, "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
	w.run()
	_, _ = c.Write(frame("40"))
	w.run()
	return c
}

// polling is a client of 4.x that has joined; its requests are told by their
// bytes.
func (w *steady) polling() (get, post *ioloop.SimConn, poll []byte, send func(body string) []byte) {
	get, post = w.dial(), w.dial()
	var answer []byte
	get.OnData = func(p []byte) { answer = append(answer, p...); w.got += len(p) }
	fields := "Host: localhost:8001\r\nUser-Agent: bench\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n"
	fmt.Fprintf(get, "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n%s\r\n", fields)
	w.run()
	_, rest, ok := strings.Cut(string(answer), `"sid":"`)
	if !ok {
		w.t.Fatalf("handshake: %q", answer)
	}
	sid, _, _ := strings.Cut(rest, `"`)
	target := "/socket.io/?EIO=4&transport=polling&sid=" + sid
	poll = fmt.Appendf(nil, "GET %s HTTP/1.1\r\n%s\r\n", target, fields)
	send = func(body string) []byte {
		return fmt.Appendf(nil, "POST %s HTTP/1.1\r\n%sContent-Type: text/plain;charset=UTF-8\r\nContent-Length: %d\r\n\r\n%s", target, fields, len(body), body)
	}
	get.OnData = func(p []byte) { w.got += len(p) }
	_, _ = post.Write(send("40"))
	_, _ = get.Write(poll)
	w.run()
	return get, post, poll, send
}

// op is an operation in steady state, ready to be repeated.
type op struct {
	name string
	most float64 // allocations
	run  func()
}

func steadyOps(t testing.TB, cfg sio.Config) (ops []op) {
	w := newSteady(t, cfg)
	over := func(name, text string, most float64) {
		c, p := w.websocket(), frame(text)
		ops = append(ops, op{name, most, func() { _, _ = c.Write(p); w.answered(time.Microsecond) }})
	}
	over("raw echo", `421["raw",{"a":"text"}]`, 0)
	over("boxed echo", `421["echo",{"a":"text"}]`, 1) // the RawMessage in its interface
	over("typed echo", `421["typed",12345]`, 2)       // the argument, and the result in its interface
	over("broadcast", `42["all"]`, 0)

	polls := newSteady(t, cfg) // apart: nobody fetches there what is broadcast
	get, post, poll, send := polls.polling()
	body := send(`421["raw",{"a":"text"}]`)
	ops = append(ops, op{"polling echo", 0, func() {
		_, _ = get.Write(poll)
		polls.run()
		_, _ = post.Write(body)
		polls.answered(time.Microsecond)
	}})

	beats := newSteady(t, cfg)
	c, pong := beats.websocket(), frame("3")
	ops = append(ops, op{"heartbeat", 0, func() {
		beats.answered(26 * time.Second)
		_, _ = c.Write(pong)
	}})
	return ops
}

// TestSteadyStateDoesNotAllocate: echoes, broadcasts, polls and heartbeats, the
// simulated clients included.
func TestSteadyStateDoesNotAllocate(t *testing.T) {
	for _, op := range steadyOps(t, sio.Config{}) {
		if n := testing.AllocsPerRun(200, op.run); n > op.most {
			t.Errorf("%s: %v allocations, want at most %v", op.name, n, op.most)
		}
	}
}

func BenchmarkSteady(b *testing.B) {
	for _, op := range steadyOps(b, sio.Config{}) {
		b.Run(op.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				op.run()
			}
		})
	}
}

// BenchmarkCold is the echo of one of many clients, in no order, so that each
// message finds its client's memory in no cache.
func BenchmarkCold(b *testing.B) {
	w := newSteady(b, sio.Config{})
	clients := make([]*ioloop.SimConn, 10_000)
	for i := range clients {
		clients[i] = w.websocket()
	}
	p, r := frame(`421["raw",{"a":"text"}]`), rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		_, _ = clients[r.IntN(len(clients))].Write(p)
		w.answered(time.Microsecond)
	}
}
