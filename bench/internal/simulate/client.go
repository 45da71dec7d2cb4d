package simulate

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"github.com/tornadio/tornadio/ioloop"
)

// world is a server and its clients.
type world struct {
	o       Options
	sim     *ioloop.Sim
	clients []client // never grows past its capacity: they are pointed to
	serving bool     // there is a server; else the clients only connect

	joined, closed, bad int
	beats               int
	talking             bool
	said                int // messages sent
	delivered           int
}

// client is a client of 4.x over websocket.
type client struct {
	w     *world
	conn  *ioloop.SimConn
	open  bool  // the websocket is
	last  int32 // the number of the last message of its room
	said  int32 // of the last one it said itself
	index int32
}

var handshake = []byte("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")

func (w *world) dial() error {
	conn, err := w.sim.Dial("tcp", ":1")
	if err != nil {
		return err
	}
	w.clients = append(w.clients, client{w: w, conn: conn, index: int32(len(w.clients))})
	c := &w.clients[len(w.clients)-1]
	conn.OnData = c.receive
	if !w.serving {
		return nil
	}
	conn.OnClose = c.end
	_, err = conn.Write(handshake)
	return err
}

func (c *client) end(error) { c.w.closed++ }

// receive takes what has come. The network is perfect, so that frames are
// whole.
func (c *client) receive(p []byte) {
	if !c.open {
		_, rest, ok := bytes.Cut(p, []byte("\r\n\r\n"))
		if !ok || !bytes.HasPrefix(p, []byte("HTTP/1.1 101")) {
			c.w.bad++
			return
		}
		c.open = true
		c.send("40")
		p = rest
	}
	for len(p) > 0 {
		n := int(p[1])
		if n > 125 {
			n, p = int(p[2])<<8|int(p[3]), p[2:]
		}
		c.packet(p[2 : 2+n])
		p = p[2+n:]
	}
}

func (c *client) packet(p []byte) {
	w := c.w
	switch {
	case string(p) == "2":
		w.beats++
		c.send("3")
	case p[0] == '0':
	case bytes.HasPrefix(p, []byte("40{")):
		w.joined++
		if c.talks() {
			c.send(`42["join","` + strconv.Itoa(int(c.index)/w.o.Room) + `"]`)
		}
	case bytes.HasPrefix(p, []byte(`42["said",`)):
		c.heard(p)
	default:
		w.bad++
	}
}

// heard checks a message of the room: `42["said",INDEX,N]`, the N of each
// speaker one after the other.
func (c *client) heard(p []byte) {
	f := bytes.Split(p[len(`42["said",`):len(p)-1], []byte{','})
	if len(f) != 2 {
		c.w.bad++
		return
	}
	index, _ := strconv.Atoi(string(f[0]))
	if index/c.w.o.Room != int(c.index)/c.w.o.Room {
		c.w.bad++
	}
	if n, _ := strconv.Atoi(string(f[1])); index == int(c.index) {
		if int32(n) != c.last+1 {
			c.w.bad++
		}
		c.last = int32(n)
	}
	c.w.delivered++
}

// send sends a text of up to 125 bytes; the mask of zeros changes nothing.
func (c *client) send(text string) {
	var b [140]byte
	p := append(b[:0], 0x81, 0x80|byte(len(text)), 0, 0, 0, 0)
	_, _ = c.conn.Write(append(p, text...))
}

// talks tells whether the client is one of those who talk: whole rooms are.
func (c *client) talks() bool {
	talkers := int(float64(c.w.o.N)*c.w.o.Chat) / c.w.o.Room * c.w.o.Room
	return int(c.index) < talkers
}

// startChat has each who talks say something once in Every, spread over that.
func (w *world) startChat() {
	w.talking = true
	var talkers []*client
	for i := range w.clients {
		if w.clients[i].talks() {
			talkers = append(talkers, &w.clients[i])
		}
	}
	const slots = 100
	for slot := range slots {
		var say func()
		say = func() {
			if !w.talking {
				return
			}
			for i := slot; i < len(talkers); i += slots {
				c := talkers[i]
				c.said++
				w.said++
				c.send(fmt.Sprintf(`42["say",%d,%d]`, c.index, c.said))
			}
			w.sim.AfterFunc(w.o.Every, say)
		}
		w.sim.AfterFunc(w.o.Every*time.Duration(slot)/slots, say)
	}
}

func (w *world) stopChat() { w.talking = false }

func (w *world) count(r *Report) {
	r.Sessions, r.Joined, r.Beats = len(w.clients), w.joined, w.beats
	r.Deliveries, r.Expected = w.delivered, w.said*w.o.Room
	r.Closed, r.Bad = w.closed, w.bad
}
