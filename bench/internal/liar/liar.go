// Package liar is a small server for tests of the load tool: one that loses,
// doubles, reorders or corrupts a message, and what else a server may do wrong.
package liar

import (
	"bytes"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// Liar is a server of 4.x over websockets that does as it should, but for one
// lie.
type Liar struct {
	// Lie is what it does: to a message lose, double, swap (with the next of its
	// sender), corrupt, another's, nonsense, break (close its connection
	// instead), stall (do nothing at all for a while); to every client that
	// comes 503, redirect, close, garbage, mute (say nothing), refuse (its
	// namespace), old (join as 2.x does). "" is the truth.
	Lie   string
	Nth   int           // which of its messages, from 1; acknowledgements of joins do not count
	Stall time.Duration // how long

	mu    sync.Mutex
	count int
	all   []*victim
}

type victim struct {
	c    net.Conn
	room string
	held []byte // a message that waits to be sent behind the next
}

func (l *Liar) serve(c net.Conn) {
	defer c.Close()
	if answer, lies := greetings[l.Lie]; lies {
		_, _ = c.Read(make([]byte, 4096)) // the request, which is what it is
		_, _ = io.WriteString(c, answer)
		if l.Lie == "mute" {
			_, _ = io.Copy(io.Discard, c)
		}
		return
	}
	if _, err := ws.Upgrade(c); err != nil {
		return
	}
	v := &victim{c: c}
	l.raw(v, `0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000}`)
	for {
		b, err := wsutil.ReadClientText(c)
		if err != nil {
			return
		}
		l.mu.Lock()
		l.packet(v, string(b))
		l.mu.Unlock()
	}
}

// greetings are answers to a handshake.
var greetings = map[string]string{
	"503":      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy",
	"redirect": "HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
	"close":    "",
	"garbage":  "\x00\x01\x02 what\r\n\r\n",
	"mute":     "",
}

func (l *Liar) packet(v *victim, text string) {
	open := strings.IndexByte(text, '[')
	switch {
	case text == "40" && l.Lie == "refuse":
		l.raw(v, `44{"message":"not you"}`)
	case text == "40" && l.Lie == "old":
		l.raw(v, "40")
	case text == "40":
		l.all = append(l.all, v)
		l.raw(v, `40{"sid":"y"}`)
	case open < 0:
	case strings.HasPrefix(text[open:], `["echo",`):
		l.send(v, "43"+text[2:open]+"["+text[open+8:])
	case strings.HasPrefix(text[open:], `["join",`):
		v.room = text[open+8:]
		l.raw(v, "43"+text[2:open]+"[]")
	case strings.HasPrefix(text[open:], `["enter",`), strings.HasPrefix(text[open:], `["exit",`):
		name := text[open+2 : open+2+strings.IndexByte(text[open+2:], '"')]
		told := strings.Replace(text[open:], name, map[string]string{"enter": "entered", "exit": "exited"}[name], 1)
		l.send(v, "43"+text[2:open]+"[]")
		l.tell(v, told)
	case strings.HasPrefix(text[open:], `["talk",`), strings.HasPrefix(text[open:], `["all",`):
		l.tell(v, text[open:])
	}
}

// tell tells everyone in the room, which is all where nobody joined one.
func (l *Liar) tell(v *victim, event string) {
	for _, m := range l.all {
		if m.room == v.room {
			l.send(m, "42"+event)
		}
	}
}

func (l *Liar) raw(v *victim, text string) {
	_ = wsutil.WriteServerText(v.c, []byte(text)) // a client that is gone is no matter
}

// from is what tells the sender in a message: another sender's may overtake it.
func from(b []byte) string {
	_, rest, _ := bytes.Cut(b, []byte(`"from":`))
	name, _, _ := bytes.Cut(rest, []byte(","))
	return string(name)
}

// send sends a message, and lies about the nth.
func (l *Liar) send(v *victim, text string) {
	l.count++
	if l.count != l.Nth {
		l.raw(v, text)
		if v.held != nil && from(v.held) == from([]byte(text)) {
			l.raw(v, string(v.held))
			v.held = nil
		}
		return
	}
	switch l.Lie {
	case "lose":
	case "double":
		l.raw(v, text)
		l.raw(v, text)
	case "swap":
		v.held = []byte(text)
	case "corrupt":
		b := []byte(text)
		b[len(b)-4] ^= 2 // a letter of the text, or a bracket
		l.raw(v, string(b))
	case "another's": // a message that is fine, but not this client's, or not due
		l.raw(v, strings.Replace(text, `"from":`, `"from":9`, 1))
	case "break":
		_ = v.c.Close()
	case "stall":
		<-time.After(l.Stall)
		l.raw(v, text)
	case "nonsense":
		l.raw(v, "what")
	default:
		l.raw(v, text)
	}
}

// Start serves until the test ends, when nothing of it may be left.
func (l *Liar) Start(t testing.TB) netip.AddrPort {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var conns []io.Closer
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			wg.Go(func() { l.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		mu.Lock()
		for _, c := range conns {
			_ = c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return netip.MustParseAddrPort(ln.Addr().String())
}
