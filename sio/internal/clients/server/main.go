// Command server is what the clients' protocol scripts talk to: echoes, acks
// both ways, bursts, rooms, and namespaces that refuse. It uses the public API
// alone.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// peer is one connection to "/" or "/plain".
type peer struct {
	sio.Socket
	watch *watch

	next    int  // what "count" should bring
	ordered bool // it did so far
	name    string
}

// watch says who wants to know of whose end.
type watch struct {
	mu      sync.Mutex
	waiting map[string]*peer
}

func (p *peer) OnOpen(*sio.Handshake) error {
	p.ordered = true
	return nil
}

// OnMessage sends the message back.
func (p *peer) OnMessage(m sio.Message) { p.told(p.Send(m.Text())) }

func (p *peer) OnClose(sio.Reason) {
	p.watch.mu.Lock()
	defer p.watch.mu.Unlock()
	if w := p.watch.waiting[p.name]; w != nil && p.name != "" {
		p.told(w.Emit("gone", p.name))
	}
}

func (p *peer) OnError(err error) { log.Print(err) }

// told logs the error of a call that must not fail here.
func (p *peer) told(err error) {
	if err != nil && !errors.Is(err, sio.ErrClosed) {
		log.Print(err)
	}
}

// echo emits the arguments back and answers with them too, whatever they are.
func (p *peer) echo(e *sio.Event) {
	args := make([]any, e.Len())
	ptrs := make([]any, len(args))
	for i := range args {
		ptrs[i] = &args[i]
	}
	p.told(e.Decode(ptrs...))
	p.told(p.Emit("echoed", args...))
	p.told(e.Reply(args...))
}

// raw answers with the arguments' own bytes.
func (p *peer) raw(e *sio.Event) {
	p.told(e.Reply(json.RawMessage(e.Raw())))
}

// ask asks the client and answers with what it answers.
func (p *peer) ask(e *sio.Event) {
	var question any
	p.told(e.Decode(&question))
	p.told(p.EmitAck("question", func(a *sio.Ack) {
		var word string
		if err := a.Err(); err != nil {
			log.Print(err)
			return
		}
		p.told(a.Decode(&question, &word))
		p.told(e.Reply(question, word))
	}, question))
}

// askNobody asks what no client answers.
func (p *peer) askNobody(e *sio.Event) {
	p.told(p.EmitAckTimeout(200*time.Millisecond, "nobody", func(a *sio.Ack) {
		if errors.Is(a.Err(), sio.ErrAckTimeout) {
			p.told(e.Reply("timeout"))
		}
	}))
}

func (p *peer) count(i int) {
	p.ordered = p.ordered && i == p.next
	p.next++
}

func (p *peer) burst(n int) int {
	for i := range n {
		p.told(p.Emit("item", i, fmt.Sprintf("№ %d 🌪", i)))
	}
	return n
}

func register(ns *sio.Namespace[*peer]) {
	ns.OnRaw("echo", (*peer).echo)
	ns.OnRaw("raw", (*peer).raw)
	ns.OnRaw("ask", (*peer).ask)
	ns.OnRaw("ask nobody", (*peer).askNobody)
	sio.On(ns, "count", (*peer).count)
	ns.OnRaw("counted", func(p *peer, e *sio.Event) { p.told(e.Reply(p.next, p.ordered)) })
	sio.Answer(ns, "burst", (*peer).burst)
	ns.OnRaw("state", func(p *peer, e *sio.Event) { p.told(e.Reply(p.Generation().String(), p.Transport())) })
	sio.Answer(ns, "join", func(p *peer, room string) bool { return p.Join(room) == nil })
	sio.Answer(ns, "leave", func(p *peer, room string) bool { p.Leave(room); return true })
	sio.On2(ns, "shout", func(p *peer, room, text string) { p.told(p.To(room).Emit("heard", text)) })
	sio.On0(ns, "kick", func(p *peer) { p.Disconnect() })
	sio.Answer(ns, "call me", func(p *peer, name string) bool { p.name = name; return true })
	sio.Answer(ns, "watch", func(p *peer, name string) bool {
		p.watch.mu.Lock()
		defer p.watch.mu.Unlock()
		p.watch.waiting[name] = p
		return true
	})
}

func newServer(cfg sio.Config) *sio.Server {
	srv := sio.New(cfg)
	w := &watch{waiting: map[string]*peer{}}
	for _, name := range []string{"/", "/plain", "/admin"} {
		ns := sio.Of(srv, name, func(p *peer) { p.watch = w })
		register(ns)
		if name == "/admin" {
			ns.Use(onlyFriends)
		}
	}
	return srv
}

// onlyFriends wants a token: from a 4.x client in its auth, from an older one,
// which has no auth, in the query of its handshake.
func onlyFriends(h *sio.Handshake) error {
	var auth struct{ Token string }
	if err := h.Auth(&auth); err != nil {
		return err
	}
	if auth.Token != "friend" && h.Query("token") != "friend" {
		return &sio.RefusedError{Message: "not authorized", Data: map[string]int{"code": 401}}
	}
	return nil
}

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on")
	msgpack := flag.Bool("msgpack", false, "speak socket.io-msgpack-parser's form with clients of 2.x to 4.x")
	deflate := flag.Bool("deflate", false, "offer permessage-deflate to websockets")
	quic := flag.Bool("webtransport", false, "serve WebTransport too, on the UDP port of the same number")
	flag.Parse()
	cfg := sio.Config{}
	if *msgpack {
		cfg.Parser = sio.ParserMsgpack
	}
	if *deflate {
		cfg.PerMessageDeflate = &sio.Deflate{}
	}
	if *quic {
		cfg.Transports = []string{"polling", "websocket", "webtransport"}
	}
	if err := run(*addr, cfg); err != nil {
		log.Fatal(err)
	}
}

func run(addr string, cfg sio.Config) error {
	srv := newServer(cfg)
	at, err := srv.Listen("tcp", addr)
	if err != nil {
		return err
	}
	if slices.Contains(cfg.Transports, "webtransport") {
		if err := serveWebTransport(srv, at); err != nil {
			return err
		}
	}
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fmt.Printf("http://%s/\n", at)
	context.AfterFunc(interrupted, func() {
		soon, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := srv.Shutdown(soon); err != nil {
			log.Print(err)
		}
	})
	if err := srv.Wait(); !errors.Is(err, sio.ErrServerClosed) {
		return err
	}
	return nil
}
