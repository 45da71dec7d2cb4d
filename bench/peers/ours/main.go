// Command ours is tornadio as a peer of the load tool: the public API alone,
// defaults everywhere. What it speaks with the tool is told in package peer.
package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// raw hands on what a client wrote, undecoded.
func raw(e *sio.Event) json.RawMessage { return json.RawMessage(e.Raw()) }

type member struct {
	sio.Socket
	room string
}

func (m *member) Join(room string) bool {
	m.room = room
	return m.Socket.Join(room) == nil
}

func main() {
	srv := sio.New(config())
	all := sio.Of[member](srv, "/", nil)
	sio.Answer(all, "echoBinary", func(_ *member, b sio.Binary) sio.Binary { return b })
	sio.Answer(all, "join", (*member).Join)
	if os.Getenv("BENCH_TYPED") != "" {
		serveTyped(all)
	} else {
		serveRaw(all)
	}
	addr, err := listen(srv)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening", addr)
	go control()
	log.Fatal(srv.Wait())
}

func config() (cfg sio.Config) {
	if os.Getenv("BENCH_DEFLATE") != "" {
		cfg.PerMessageDeflate = &sio.Deflate{}
	}
	if d, err := time.ParseDuration(os.Getenv("BENCH_WRITE_DELAY")); err == nil {
		// Older revisions of the library, which this is compiled with too, have none.
		if f := reflect.ValueOf(&cfg).Elem().FieldByName("WriteDelay"); f.IsValid() {
			f.SetInt(int64(d))
		}
	}
	return cfg
}

// serveRaw passes on what it does not look at, as a relay would.
func serveRaw(all *sio.Namespace[*member]) {
	all.OnRaw("echo", func(_ *member, e *sio.Event) { _ = e.Reply(raw(e)) })
	all.OnRaw("talk", func(m *member, e *sio.Event) { _ = all.To(m.room).Emit("talk", raw(e)) })
	all.OnRaw("all", func(_ *member, e *sio.Event) { _ = all.To().Emit("all", raw(e)) })
	// Presence: comings and goings are told to the room.
	all.OnRaw("enter", func(m *member, e *sio.Event) {
		_ = m.Socket.Join("inner" + m.room)
		_ = all.To(m.room).Emit("entered", raw(e))
		_ = e.Reply()
	})
	all.OnRaw("exit", func(m *member, e *sio.Event) {
		m.Leave("inner" + m.room)
		_ = all.To(m.room).Emit("exited", raw(e))
		_ = e.Reply()
	})
}

// message is what clients of the tool say.
type message struct {
	From int    `json:"from"`
	Seq  int    `json:"seq"`
	Text string `json:"text"`
}

// serveTyped decodes every argument and encodes it again, as the programs of
// the other peers can't but do.
func serveTyped(all *sio.Namespace[*member]) {
	sio.Answer(all, "echo", func(_ *member, x message) message { return x })
	sio.On(all, "talk", func(m *member, x message) { _ = all.To(m.room).Emit("talk", x) })
	sio.On(all, "all", func(_ *member, x message) { _ = all.To().Emit("all", x) })
	sio.Answer(all, "enter", func(m *member, x message) bool {
		_ = m.Socket.Join("inner" + m.room)
		return all.To(m.room).Emit("entered", x) == nil
	})
	sio.Answer(all, "exit", func(m *member, x message) bool {
		m.Leave("inner" + m.room)
		return all.To(m.room).Emit("exited", x) == nil
	})
}

func listen(srv *sio.Server) (net.Addr, error) {
	if os.Getenv("BENCH_CERT") == "" {
		return srv.Listen("tcp", "127.0.0.1:0")
	}
	cert, err := tls.LoadX509KeyPair(os.Getenv("BENCH_CERT"), os.Getenv("BENCH_KEY"))
	if err != nil {
		return nil, err
	}
	return srv.ListenTLS("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
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
		default:
			profile(os.Getenv("BENCH_PROFILE"))
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Println(m.HeapAlloc, m.Mallocs, m.NumGC, m.PauseTotalNs)
	}
	os.Exit(0)
}
