package main

import (
	"errors"
	"fmt"
	"log"
	"sync"

	"github.com/tornadio/tornadio/sio"
)

// peer is one connection.
type peer struct {
	sio.Socket
	from map[string]string // of its handshake

	next    int  // what "count" should bring
	ordered bool // it did so far
	name    string
}

// watching says who wants to know of whose end.
var watching sync.Map // name -> *peer

func (p *peer) OnOpen(h *sio.Handshake) error {
	p.ordered = true
	p.from = map[string]string{
		"cookie": h.Cookie("who"), "origin": h.Header("Origin"), "query": h.Query("q"),
		"secure": fmt.Sprint(h.Secure()),
	}
	return nil
}

// OnMessage sends the message back, text as text and JSON as JSON.
func (p *peer) OnMessage(m sio.Message) {
	if m.IsText() {
		p.told(p.Send(m.Text()))
		return
	}
	var v any
	p.told(m.Decode(&v))
	p.told(p.Send(v))
}

func (p *peer) OnClose(sio.Reason) {
	if w, ok := watching.LoadAndDelete(p.name); ok && p.name != "" {
		p.told(w.(*peer).Emit("gone", p.name))
	}
}

func (p *peer) OnError(err error) { log.Print(err) }

// told logs the error of a call that must not fail here.
func (p *peer) told(err error) {
	if err != nil && !errors.Is(err, sio.ErrClosed) {
		log.Print(err)
	}
}

// echo emits the arguments back, and answers with them who asks for that.
func (p *peer) echo(e *sio.Event) {
	args := make([]any, e.Len())
	ptrs := make([]any, len(args))
	for i := range args {
		ptrs[i] = &args[i]
	}
	p.told(e.Decode(ptrs...))
	p.told(p.Emit("echoed", args...))
	if e.WantsReply() {
		p.told(e.Reply(args...))
	}
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

func (p *peer) count(i int) {
	p.ordered = p.ordered && i == p.next
	p.next++
}

func (p *peer) burst(n int) {
	for i := range n {
		p.told(p.Emit("item", i, fmt.Sprintf("№ %d 🌪", i)))
	}
}

func register(srv *sio.Server) {
	for _, name := range []string{"/", "/plain", "/admin"} {
		ns := sio.Of(srv, name, func(*peer) {})
		ns.OnRaw("echo", (*peer).echo)
		ns.OnRaw("ask", (*peer).ask)
		sio.On(ns, "count", (*peer).count)
		ns.OnRaw("counted", func(p *peer, e *sio.Event) { p.told(e.Reply(p.next, p.ordered)) })
		sio.On(ns, "burst", (*peer).burst)
		ns.OnRaw("state", func(p *peer, e *sio.Event) { p.told(e.Reply(p.Generation().String(), p.Transport(), p.from)) })
		sio.On0(ns, "leave me", func(p *peer) { p.Close() })
		sio.On0(ns, "kick", func(p *peer) { p.Disconnect() })
		sio.Answer(ns, "call me", func(p *peer, name string) bool { p.name = name; return true })
		sio.Answer(ns, "watch", func(p *peer, name string) bool { watching.Store(name, p); return true })
		if name == "/admin" {
			ns.Use(onlyFriends)
		}
	}
}

// onlyFriends wants a word in the query, of the handshake or of the endpoint.
func onlyFriends(h *sio.Handshake) error {
	if h.Query("token") != "friend" {
		return errors.New("not authorized")
	}
	return nil
}
