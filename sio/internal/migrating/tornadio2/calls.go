package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// Calls of TornadIO2, one by one. The page quotes them.

// User is a connection class with everything that they have.
type User struct {
	sio.Socket
	id   string
	tick *sio.Timer
}

func (c *User) OnOpen(h *sio.Handshake) error {
	if c.id = h.Query("id"); c.id == "" {
		return errors.New("who are you?") // return False
	}
	if h.Cookie("banned") != "" || !h.RemoteAddr().Addr().IsValid() {
		return &sio.RefusedError{Message: "banned"}
	}
	c.tick = c.Every(time.Minute, func() { c.Emit("minute", c.Context().Err() == nil) })
	return nil
}

// Sum is @event('sum') def sum(self, a, b): return a + b
func (c *User) Sum(a, b int) int { return a + b }

// Ask is self.emit_ack(self.on_color, 'color?', 'today')
func (c *User) Ask() {
	c.EmitAck("color?", func(a *sio.Ack) {
		var color string
		if err := a.Decode(&color); err == nil {
			c.Emit("colored", color)
		}
	}, "today")
}

// Query is a handler with @gen.sync_engine: it may block.
func (c *User) Query(q string) []string { return search(c.Context(), q) }

func endpoints(srv *sio.Server) {
	user := sio.Of[User](srv, "/user", nil) // __endpoints__ = {'/user': User, '/chat': ChatConnection}
	sio.Of[ChatConnection](srv, "/chat", nil)

	sio.Answer2(user, "sum", (*User).Sum)
	sio.On0(user, "ask", (*User).Ask)
	sio.Answer(user, "query", (*User).Query, sio.Ordered)

	srv.Decide(func(name string) sio.Endpoint { // get_endpoint
		if strings.HasPrefix(name, "/user-") {
			return user
		}
		return nil
	})
}

func search(ctx context.Context, q string) []string {
	select {
	case <-time.After(time.Millisecond): // a database, say
		return []string{q}
	case <-ctx.Done(): // the client has left
		return nil
	}
}
