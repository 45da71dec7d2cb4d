// Command floor answers the load tool with the bytes that a Socket.IO server
// would, on bare gnet and gobwas/ws: no sessions, no limits, no statistics, one
// loop. It is what is possible. What it speaks with the tool is told in package
// peer.
package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
	"github.com/panjf2000/gnet/v2"
	"go.uber.org/zap"
)

type client struct {
	gnet.Conn
	shaken bool
	room   string
	at     int // in floor.all
}

// loop is the one event loop, once it is known.
var loop atomic.Pointer[gnet.EventLoop]

type beat struct {
	c   *client
	due time.Time
}

type floor struct {
	gnet.BuiltinEventEngine
	all   []*client
	rooms map[string][]*client
	beats []beat // in the order in which they are due
	out   bytes.Buffer
	text  []byte
	ready chan struct{}
}

const interval = 25 * time.Second

func (f *floor) OnBoot(gnet.Engine) gnet.Action { close(f.ready); return gnet.None }

// OnTick has the loop ping who is due.
func (f *floor) OnTick() (time.Duration, gnet.Action) {
	if l := loop.Load(); l != nil {
		_ = (*l).Execute(context.Background(), gnet.RunnableFunc(f.ping))
	}
	return time.Second, gnet.None
}

func (f *floor) ping(context.Context) error {
	now, n := time.Now(), 0
	for ; n < len(f.beats) && f.beats[n].due.Before(now); n++ {
		if c := f.beats[n].c; c.at >= 0 {
			f.send(c, "2")
			f.beats = append(f.beats, beat{c, now.Add(interval)})
		}
	}
	f.beats = f.beats[n:]
	return nil
}

func (f *floor) OnOpen(c gnet.Conn) ([]byte, gnet.Action) {
	l := c.EventLoop()
	loop.CompareAndSwap(nil, &l)
	c.SetContext(&client{Conn: c, at: -1})
	return nil, gnet.None
}

func (f *floor) OnClose(g gnet.Conn, _ error) gnet.Action {
	c := g.Context().(*client)
	if c.at >= 0 {
		last := f.all[len(f.all)-1]
		f.all[c.at], last.at = last, c.at
		f.all = f.all[:len(f.all)-1]
		c.at = -1
	}
	if members := f.rooms[c.room]; c.room != "" {
		f.rooms[c.room] = slices.DeleteFunc(members, func(m *client) bool { return m == c })
	}
	return gnet.None
}

func (f *floor) OnTraffic(g gnet.Conn) gnet.Action {
	c := g.Context().(*client)
	b, _ := g.Peek(-1)
	if !c.shaken {
		if !bytes.Contains(b, []byte("\r\n\r\n")) {
			return gnet.None
		}
		if _, err := ws.Upgrade(g); err != nil {
			return gnet.Close
		}
		c.shaken = true
		f.send(c, `0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`)
		return gnet.None
	}
	r := bytes.NewReader(b)
	used := 0
	for {
		h, err := ws.ReadHeader(r)
		if err != nil || int64(r.Len()) < h.Length {
			break
		}
		at := len(b) - r.Len()
		payload := b[at : at+int(h.Length)]
		ws.Cipher(payload, h.Mask, 0)
		if h.OpCode != ws.OpText || !f.packet(c, payload) {
			return gnet.Close
		}
		used = at + int(h.Length)
		r.Reset(b)
		_, _ = r.Seek(int64(used), 0)
	}
	_, _ = g.Discard(used)
	return gnet.None
}

// packet does what a packet asks for: "42<id>["name",argument]".
func (f *floor) packet(c *client, b []byte) bool {
	switch {
	case string(b) == "40":
		c.at = len(f.all)
		f.all = append(f.all, c)
		f.beats = append(f.beats, beat{c, time.Now().Add(interval)})
		return f.send(c, `40{"sid":"wZX3oN0bSVIhsaknAAAI"}`)
	case string(b) == "3":
		return true
	case !bytes.HasPrefix(b, []byte("42")):
		return false
	}
	open := bytes.IndexByte(b, '[')
	name, rest, _ := bytes.Cut(b[open+2:len(b)-1], []byte{'"'})
	rest = bytes.TrimPrefix(rest, []byte{','})
	id := b[2:open]
	switch string(name) {
	case "echo":
		f.text = append(append(append(append(append(f.text[:0], "43"...), id...), '['), rest...), ']')
		f.write(c, f.text)
	case "join":
		c.room = string(rest)
		f.rooms[c.room] = append(f.rooms[c.room], c)
		f.send(c, "43"+string(id)+"[]")
	case "talk":
		f.toAll(f.rooms[c.room], "talk", rest)
	case "all":
		f.toAll(f.all, "all", rest)
	}
	return true
}

func (f *floor) toAll(members []*client, name string, arg []byte) {
	f.text = append(append(append(append(append(f.text[:0], `42["`...), name...), `",`...), arg...), ']')
	f.frame(f.text)
	for _, m := range members {
		_, _ = m.Write(f.out.Bytes())
	}
}

func (f *floor) frame(text []byte) {
	f.out.Reset()
	_ = ws.WriteHeader(&f.out, ws.Header{Fin: true, OpCode: ws.OpText, Length: int64(len(text))})
	f.out.Write(text)
}

func (f *floor) write(c *client, text []byte) {
	f.frame(text)
	_, _ = c.Write(f.out.Bytes())
}

func (f *floor) send(c *client, text string) bool {
	f.write(c, []byte(text))
	return true
}

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0") // for a port that is free
	if err != nil {
		log.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	f := &floor{rooms: map[string][]*client{}, ready: make(chan struct{})}
	go func() {
		<-f.ready
		fmt.Println("listening", addr)
		control()
	}()
	log.Fatal(gnet.Run(f, "tcp://"+addr, gnet.WithTicker(true), gnet.WithReuseAddr(true), gnet.WithNumEventLoop(1), gnet.WithLogger(zap.NewNop().Sugar())))
}

// control answers the tool, and ends with it.
func control() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		switch in.Text() {
		case "gc":
			debug.FreeOSMemory()
		case "collect":
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Println(m.HeapAlloc, m.Mallocs, m.NumGC, m.PauseTotalNs)
	}
	os.Exit(0)
}
