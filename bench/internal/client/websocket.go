package client

import (
	"bytes"
	"fmt"

	"github.com/tornadio/tornadio/bench/internal/loop"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

type wsState uint8

const (
	wsNone    wsState = iota
	wsShaking         // the handshake of RFC 6455
	wsProbing         // "2probe" is out
	wsOpen            // it carries the client
)

// The key of RFC 6455, 1.3, and its answer. Servers do not care that it is the
// same for all.
const (
	wsKey    = "dGhlIHNhbXBsZSBub25jZQ=="
	wsAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

// dialWebSocket begins the websocket, of a session that exists or a new one.
func (c *Client) dialWebSocket(sid string) error {
	c.wsState = wsShaking
	ws, err := c.l.Dial(c.o.Addr, c.from, c.o.TLS, (*wsHandler)(c))
	c.ws = ws
	if c.poll != nil {
		c.poll.sid = sid
	}
	return err
}

// wsHandler are the client's callbacks of its websocket.
type wsHandler Client

// OnOpen sends the handshake.
func (w *wsHandler) OnOpen(k *loop.Conn) {
	c := (*Client)(w)
	sid := ""
	if c.poll != nil {
		sid = c.poll.sid
	}
	headers := "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + wsKey + "\r\n"
	if c.o.Deflate {
		headers += "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n"
	}
	k.Write(wire.AppendRequest(nil, "GET", c.target(c.socket(), sid), c.o.Host, headers, nil))
}

// OnClose ends the client.
func (w *wsHandler) OnClose(_ *loop.Conn, err error) {
	if err == nil {
		err = ErrEnded
	}
	(*Client)(w).fail(err)
}

// OnData takes frames.
func (w *wsHandler) OnData(_ *loop.Conn, b []byte) int {
	c := (*Client)(w)
	used := 0
	if c.wsState == wsShaking {
		if used = c.shakeHands(b); used == 0 {
			return 0
		}
	}
	for !c.down {
		f, n, err := wire.ParseFrame(b[used:])
		if err != nil {
			c.fail(err)
			break
		}
		if n == 0 {
			break
		}
		used += n
		c.frame(f)
	}
	return used
}

// shakeHands takes the answer to the handshake.
func (c *Client) shakeHands(b []byte) int {
	r, n, err := wire.ParseResponse(b)
	switch {
	case err != nil:
		c.fail(err)
	case n == 0:
	case r.Status != 101 || string(r.Field(r.Head, "sec-websocket-accept")) != wsAccept:
		c.fail(fmt.Errorf("%w: websocket: status %d %.100q", ErrRefused, r.Status, r.Body))
	default:
		ext := r.Field(r.Head, "sec-websocket-extensions")
		if bytes.HasPrefix(ext, []byte("permessage-deflate")) {
			c.packed = newDeflate(ext)
		} else if c.o.Deflate {
			// Figures of what was not done would be no figures.
			c.fail(fmt.Errorf("%w: websocket: no permessage-deflate", ErrRefused))
			break
		}
		c.wsState = wsOpen
		if c.o.Transport == Upgrade && c.o.Proto != wire.Rev1 {
			c.wsState = wsProbing
			c.writeFrame(wire.OpText, []byte("2probe"))
		}
	}
	return n
}

func (c *Client) frame(f wire.Frame) {
	switch f.Op {
	case wire.OpText, wire.OpBinary:
		if f.Fin {
			c.message(f.Op, f.Compressed, f.Payload)
			return
		}
		c.fragOp, c.fragRaw, c.frag = f.Op, f.Compressed, append([]byte{}, f.Payload...)
	case wire.OpContinuation:
		c.frag = append(c.frag, f.Payload...)
		if f.Fin {
			b := c.frag
			c.frag = nil
			c.message(c.fragOp, c.fragRaw, b)
		}
	case wire.OpPing:
		c.writeFrame(wire.OpPong, f.Payload)
	case wire.OpPong:
	case wire.OpClose:
		c.fail(fmt.Errorf("%w: websocket close %x %.60q", ErrEnded, f.Payload[:min(2, len(f.Payload))], f.Payload[min(2, len(f.Payload)):]))
	default:
		c.fail(wire.ErrFrame)
	}
}

func (c *Client) message(op byte, compressed bool, b []byte) {
	if compressed {
		if c.packed == nil {
			c.fail(fmt.Errorf("%w: compressed, and that was not agreed", wire.ErrFrame))
			return
		}
		var err error
		if b, err = c.packed.inflate(b); err != nil {
			c.fail(err)
			return
		}
	}
	switch {
	case c.wsState == wsProbing:
		c.probed(b)
	case op == wire.OpBinary && c.o.Proto == wire.EIO3 && len(b) > 0:
		c.attachment(b[1:])
	case op == wire.OpBinary:
		c.attachment(b)
	default:
		c.packet(b)
	}
}

// probed ends the upgrade: the poll that is open comes back with a noop.
func (c *Client) probed(b []byte) {
	if string(b) != "3probe" {
		c.fail(fmt.Errorf("%w: the answer to a probe: %.60q", ErrPacket, b))
		return
	}
	c.poll.retire(func() {
		c.wsState = wsOpen
		c.writeFrame(wire.OpText, []byte("5"))
		c.h.OnReady(c)
	})
}

func (c *Client) writeFrame(op byte, b []byte) {
	compressed := false
	if c.packed != nil && op <= wire.OpBinary && len(b) >= deflateAbove {
		b, compressed = c.packed.deflate(b), true
	}
	c.key = c.key*1664525 + 1013904223
	c.ws.Write(wire.AppendFrame(make([]byte, 0, len(b)+14), op, compressed, c.key, b))
}
