package client

import "github.com/tornadio/tornadio/bench/internal/wire"

// Where requests go.

// socket is the name of the transport of the client's websocket.
func (c *Client) socket() string {
	if c.o.Transport == FlashSocket {
		return "flashsocket"
	}
	return "websocket"
}

// carrier is the name of the transport of the client's GETs and POSTs.
func (c *Client) carrier() string {
	switch {
	case c.o.Proto != wire.Rev1:
		return "polling"
	case c.o.Transport == JSONP:
		return "jsonp-polling"
	case c.o.Transport == HTMLFile:
		return "htmlfile"
	}
	return "xhr-polling"
}

// target is a request's target. Without a session it is that of a handshake.
func (c *Client) target(transport, sid string) string {
	if c.o.Proto == wire.Rev1 {
		return c.targetRev1(transport, sid)
	}
	t := c.o.Path + "/?EIO=4&transport=" + transport
	if c.o.Proto == wire.EIO3 {
		t = c.o.Path + "/?EIO=3&transport=" + transport
		if transport == "polling" {
			t += "&b64=1"
		}
	}
	if c.o.Transport == JSONP {
		t += "&j=0"
	}
	if sid != "" {
		t += "&sid=" + sid
	}
	return t
}

func (c *Client) targetRev1(transport, sid string) string {
	switch {
	case sid == "" && c.o.Transport == JSONP:
		return c.o.Path + "/1/?t=1&jsonp=0"
	case sid == "":
		return c.o.Path + "/1/?t=1"
	case transport == "jsonp-polling":
		return c.o.Path + "/1/" + transport + "/" + sid + "?t=1&i=0"
	}
	return c.o.Path + "/1/" + transport + "/" + sid
}
