package siotest

import (
	"errors"
	"io"

	"github.com/tornadio/tornadio/ioloop"
)

// agent sends a client's requests as a browser does: each over a connection
// that is free, or a new one, which stays open for the next.
type agent struct {
	c    *Conn
	free []*carrier
}

// carrier is one HTTP connection of an agent.
type carrier struct {
	a    *agent
	conn *ioloop.SimConn
	in   responses
	cur  *exchange
	used bool // has carried an exchange before
}

// exchange is a request that waits for its answer.
type exchange struct {
	what  string // for reports
	bytes []byte
	then  func(*Response, error)
}

var errLost = errors.New("connection lost")

// do sends a request. then runs once, never within do.
func (a *agent) do(p *plan, then func(*Response, error)) {
	x := &exchange{what: p.method + " " + p.target, bytes: p.bytes(), then: then}
	a.c.note('>', x.what, p.body)
	a.carry(x)
}

func (a *agent) carry(x *exchange) {
	if n := len(a.free); n > 0 {
		k := a.free[n-1]
		a.free = a.free[:n-1]
		k.begin(x)
		return
	}
	conn, err := a.c.dial()
	if err != nil {
		a.c.w.AfterFunc(0, func() { x.then(nil, err) })
		return
	}
	k := &carrier{a: a, conn: conn}
	conn.OnData = k.data
	conn.OnClose = k.closed
	k.begin(x)
}

func (k *carrier) begin(x *exchange) {
	k.cur = x
	if _, err := k.conn.Write(x.bytes); err != nil {
		k.a.c.w.AfterFunc(0, func() { k.closed(err) })
	}
}

// data takes bytes of the server.
func (k *carrier) data(p []byte) {
	k.in.buf = append(k.in.buf, p...)
	if k.cur == nil {
		k.a.c.violated("%d bytes on a connection without a request", len(p))
		return
	}
	resp, err := k.in.next(false)
	if err != nil {
		k.a.c.violated("%s: unreadable answer: %v", k.cur.what, err)
		return
	}
	if resp != nil {
		k.answered(resp)
	}
}

func (k *carrier) answered(resp *Response) {
	x := k.cur
	k.cur, k.used = nil, true
	if len(k.in.buf) > 0 {
		k.a.c.violated("%s: %d bytes behind the answer", x.what, len(k.in.buf))
		return
	}
	if resp.Header.Get("Connection") == "close" {
		k.conn.OnData, k.conn.OnClose = nil, nil
		k.conn.Close()
		k.a.c.unlink(k.conn)
	} else {
		k.a.free = append(k.a.free, k)
	}
	k.a.c.note('<', x.what, resp.Body)
	x.then(resp, nil)
}

// closed: the server, or a fault, ended the connection. A request that met the
// end of a connection which had rested is sent again, as browsers do: the
// server has not seen it.
func (k *carrier) closed(err error) {
	k.conn.OnData, k.conn.OnClose = nil, nil
	if err == io.EOF {
		k.conn.Close()
	}
	k.a.c.unlink(k.conn)
	for i, f := range k.a.free {
		if f == k {
			k.a.free = append(k.a.free[:i], k.a.free[i+1:]...)
			break
		}
	}
	x := k.cur
	if x == nil {
		return
	}
	k.cur = nil
	switch resp := k.in.closed(); {
	case resp != nil:
		x.then(resp, nil)
	case err == io.EOF && k.used && len(k.in.buf) == 0 && k.in.cur == nil:
		k.a.carry(x)
	case err == nil || err == io.EOF:
		x.then(nil, errLost)
	default:
		x.then(nil, err)
	}
}
