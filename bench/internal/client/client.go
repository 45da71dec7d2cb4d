// Package client is a Socket.IO client of any generation, small enough that
// one core drives tens of thousands: it lives on a loop of package loop and has
// no goroutine of its own.
package client

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/tornadio/tornadio/bench/internal/loop"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// Transport is how a client gets its packets carried.
type Transport uint8

// The transports. Polling is revision 1's xhr-polling too, JSONP its
// jsonp-polling. Upgrade begins with polling and changes to a websocket.
const (
	WebSocket Transport = iota
	Polling
	Upgrade
	JSONP
	HTMLFile    // revision 1
	FlashSocket // revision 1: a websocket by another name
)

var transportNames = [...]string{WebSocket: "websocket", Polling: "polling", Upgrade: "upgrade",
	JSONP: "jsonp", HTMLFile: "htmlfile", FlashSocket: "flashsocket"}

// String is the name as in flags.
func (t Transport) String() string { return transportNames[t] }

// Of reports whether the clients of a generation have the transport.
func (t Transport) Of(p wire.Proto) bool {
	return p == wire.Rev1 || t != HTMLFile && t != FlashSocket
}

// ParseTransport is the inverse of String; it knows revision 1's names too.
func ParseTransport(s string) (Transport, error) {
	switch s {
	case "xhr-polling":
		return Polling, nil
	case "jsonp-polling":
		return JSONP, nil
	}
	for i, name := range transportNames {
		if s == name {
			return Transport(i), nil
		}
	}
	return 0, fmt.Errorf("unknown transport %q: write websocket, polling, upgrade, jsonp, htmlfile or flashsocket", s)
}

// Options are what clients of a run have in common.
type Options struct {
	Addr      netip.AddrPort
	Host      string // for the Host field
	Path      string // "/socket.io"
	Proto     wire.Proto
	Transport Transport
	TLS       *tls.Config // nil: plain TCP
	Deflate   bool        // offer permessage-deflate
	Rest      bool        // polling: once joined, poll no more and close the connections
}

// Handler hears of a client. Its methods run on the loop; what they get is
// lent until they return.
type Handler interface {
	// OnReady: the client has joined "/".
	OnReady(c *Client)
	// OnEvent: an event came. args is JSON with commas between.
	OnEvent(c *Client, name, args []byte, bin [][]byte)
	// OnAck: an acknowledgement came.
	OnAck(c *Client, id int, args []byte, bin [][]byte)
	// OnDown: the connection ended, or the server broke the protocol. It is
	// not called after Close.
	OnDown(c *Client, err error)
}

// Client is one client.
type Client struct {
	Index int // the caller's
	Pings int // heartbeats that were answered

	o    *Options
	l    *loop.Loop
	h    Handler
	from netip.Addr
	down bool
	up   bool // joined
	key  uint32

	ws      *loop.Conn
	wsState wsState
	packed  *deflate // nil unless negotiated
	frag    []byte   // of a message in several frames
	fragOp  byte
	fragRaw bool // the fragments are compressed

	poll *polling // nil without

	held *held // an event or acknowledgement that waits for its attachments
	ping time.Duration
	beat *loop.Timer // engine 3 pings by itself
}

type held struct {
	packet wire.Packet
	text   []byte
	bin    [][]byte
}

// Errors that OnDown gets.
var (
	ErrEnded   = errors.New("the server ended the connection")
	ErrRefused = errors.New("the server refused")
	ErrPacket  = errors.New("the server sent a packet that must not be")
)

// Dial begins a client. An error is one of this machine; the server's come to
// OnDown.
func Dial(l *loop.Loop, o *Options, from netip.Addr, index int, h Handler) (*Client, error) {
	c := &Client{Index: index, o: o, l: l, h: h, from: from, key: uint32(index)*2654435761 | 1}
	if o.Transport == WebSocket && o.Proto != wire.Rev1 {
		return c, c.dialWebSocket("")
	}
	c.poll = &polling{c: c}
	return c, c.poll.begin()
}

// Ready reports whether the client has joined and is still there.
func (c *Client) Ready() bool { return c.up && !c.down }

// Interval is how often the server promised heartbeats, 0 if it did not say.
// Revision 1 tells only after how long without one a client may give up.
func (c *Client) Interval() time.Duration { return c.ping }

// Carrier is what carries the client now.
func (c *Client) Carrier() Transport {
	if c.wsState == wsOpen {
		return WebSocket
	}
	return Polling
}

// Emit sends an event. With an id that is not negative it asks for an
// acknowledgement.
func (c *Client) Emit(id int, name string, args []byte, bin ...[]byte) {
	if c.down {
		return
	}
	var room [256]byte
	c.send(c.o.Proto.AppendEvent(room[:0], id, name, args, len(bin)), bin)
}

// Pause stops reading.
func (c *Client) Pause() {
	if c.ws != nil && !c.ws.Closed() {
		c.ws.Pause()
	}
	if c.poll != nil {
		c.poll.pause()
	}
}

// Close leaves in the words of the protocol and closes the connection at once.
func (c *Client) Close() {
	if c.down {
		return
	}
	if c.up {
		c.send([]byte(c.o.Proto.DisconnectPacket()), nil)
		if c.wsState == wsOpen {
			c.writeFrame(wire.OpClose, []byte{0x03, 0xe8})
		}
	}
	c.drop()
}

// drop closes without a word.
func (c *Client) drop() {
	c.down = true
	c.l.Stop(c.beat)
	if c.ws != nil {
		c.ws.Close()
	}
	if c.poll != nil {
		c.poll.close()
	}
}

func (c *Client) fail(err error) {
	if c.down {
		return
	}
	c.drop()
	c.h.OnDown(c, err)
}

// send hands a packet to the transport.
func (c *Client) send(packet []byte, bin [][]byte) {
	if c.wsState != wsOpen {
		c.poll.send(packet, bin)
		return
	}
	c.writeFrame(wire.OpText, packet)
	for _, b := range bin {
		if c.o.Proto == wire.EIO3 {
			b = append([]byte{4}, b...)
		}
		c.writeFrame(wire.OpBinary, b)
	}
}
