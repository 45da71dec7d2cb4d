package client

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/tornadio/tornadio/bench/internal/wire"
)

// What a packet means is the same on every transport.

// packet takes a text packet. It reports whether the client goes on.
func (c *Client) packet(b []byte) bool {
	p := c.o.Proto.Parse(b)
	if c.held != nil && p.Kind != wire.Ping && p.Kind != wire.Pong {
		c.fail(fmt.Errorf("%w: text where attachments are due: %.60q", ErrPacket, b))
		return false
	}
	switch p.Kind {
	case wire.Event, wire.Ack:
		if p.Bin > 0 {
			c.hold(b)
			break
		}
		c.deliver(p, nil)
	case wire.Ping:
		c.Pings++
		c.send([]byte(c.o.Proto.PongPacket()), nil)
	case wire.Pong:
		c.Pings++
	case wire.Noop:
	case wire.Open:
		c.opened(p.Args)
	case wire.Connect:
		if c.o.Proto == wire.EIO4 && len(p.Args) == 0 {
			c.fail(fmt.Errorf("%w: it joins without a session id, as servers 1.x and 2.x do: write -proto eio3", ErrPacket))
			break
		}
		c.joined()
	case wire.Refused:
		c.fail(fmt.Errorf("%w: %.200q", ErrRefused, b))
	case wire.Close, wire.Disconnect:
		c.fail(fmt.Errorf("%w: %.20q", ErrEnded, b))
	default:
		c.fail(fmt.Errorf("%w: %.60q", ErrPacket, b))
	}
	return !c.down
}

// hold keeps a packet until its attachments are there.
func (c *Client) hold(b []byte) {
	c.held = &held{text: slices.Clone(b)}
	c.held.packet = c.o.Proto.Parse(c.held.text)
}

// attachment takes a binary message.
func (c *Client) attachment(b []byte) bool {
	if c.held == nil {
		c.fail(fmt.Errorf("%w: binary data that belongs to nothing", ErrPacket))
		return false
	}
	c.held.bin = append(c.held.bin, slices.Clone(b))
	if h := c.held; len(h.bin) == h.packet.Bin {
		c.held = nil
		c.deliver(h.packet, h.bin)
	}
	return !c.down
}

func (c *Client) deliver(p wire.Packet, bin [][]byte) {
	if p.Kind == wire.Ack {
		c.h.OnAck(c, p.ID, p.Args, bin)
	} else {
		c.h.OnEvent(c, p.Name, p.Args, bin)
	}
}

// opened takes the handshake of Engine.IO.
func (c *Client) opened(data []byte) {
	var open struct {
		SID          string `json:"sid"`
		PingInterval int    `json:"pingInterval"`
	}
	if err := json.Unmarshal(data, &open); err != nil || open.SID == "" {
		c.fail(fmt.Errorf("%w: handshake %.100q", ErrPacket, data))
		return
	}
	c.ping = time.Duration(open.PingInterval) * time.Millisecond
	if c.poll != nil {
		c.poll.opened(open.SID)
	}
	if hello := c.o.Proto.ConnectPacket(); hello != "" {
		c.send([]byte(hello), nil)
	}
	if c.o.Proto == wire.EIO3 && c.ping > 0 {
		c.beat = c.l.After(c.ping, c.heartbeat)
	}
}

// heartbeat is engine 3's: the client pings.
func (c *Client) heartbeat() {
	if !c.down {
		c.send([]byte(c.o.Proto.PingPacket()), nil)
		c.beat = c.l.After(c.ping, c.heartbeat)
	}
}

// joined: the namespace "/" is joined. A client that upgrades is ready when it
// has upgraded.
func (c *Client) joined() {
	if c.up {
		return
	}
	c.up = true
	if c.o.Transport == Upgrade && c.wsState != wsOpen {
		if err := c.dialWebSocket(c.poll.sid); err != nil {
			c.fail(err)
		}
		return
	}
	c.h.OnReady(c)
}
