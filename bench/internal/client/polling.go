package client

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"github.com/tornadio/tornadio/bench/internal/loop"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// Polling as browsers do it: one connection for the GET that is nearly always
// open, one for the POSTs, both kept alive.

type polling struct {
	c       *Client
	sid     string
	get     exchange
	post    exchange
	out     []byte // packets for the next POST, each framed unless it is the only one
	first   []byte // that only one, bare
	count   int
	retired func() // upgrading: called once the poll is back and no POST is out
	shaken  bool   // revision 1: the handshake is done
	page    *page  // htmlfile, instead of GETs
}

// exchange is a connection with at most one request out.
type exchange struct {
	p      *polling
	conn   *loop.Conn
	open   bool
	busy   bool
	wanted []byte // the request that waits for the connection
	then   func(r wire.Response)
	script bool // answers are scripts
	form   bool // bodies are forms
}

func (p *polling) begin() error {
	p.get.p, p.post.p = p, p
	p.get.script = p.c.o.Transport == JSONP
	p.post.form = p.get.script
	return p.get.request("GET", "", nil, p.polled)
}

// close closes both connections.
func (p *polling) close() {
	for _, x := range []*exchange{&p.get, &p.post} {
		if x.conn != nil {
			x.conn.Close()
		}
	}
	if p.page != nil && p.page.conn != nil {
		p.page.conn.Close()
	}
}

// pause stops reading what is asked for already, so that nothing else follows.
func (p *polling) pause() {
	conns := []*loop.Conn{p.get.conn, p.post.conn}
	if p.page != nil {
		conns = append(conns, p.page.conn)
	}
	for _, k := range conns {
		if k != nil && !k.Closed() {
			k.Pause()
		}
	}
}

// polled takes the answer to a GET and polls again.
func (p *polling) polled(r wire.Response) {
	if p.c.o.Proto == wire.Rev1 && !p.shaken {
		p.handshakeRev1(r.Body)
		return
	}
	if p.take(r.Body); p.c.down {
		return
	}
	if p.retired != nil {
		p.settle()
		return
	}
	if p.c.o.Rest && p.c.up {
		p.rest()
	} else {
		p.poll()
	}
}

// take takes the packets of a payload.
func (p *polling) take(payload []byte) {
	err := p.c.o.Proto.SplitPayload(payload, func(b []byte, binary bool) bool {
		if binary {
			return p.c.attachment(b)
		}
		return p.c.packet(b)
	})
	if err != nil {
		p.c.fail(fmt.Errorf("%w: %.60q", err, payload))
	}
}

// rest leaves the session alone, with no connection open.
func (p *polling) rest() {
	if !p.get.busy && !p.post.busy && p.count == 0 {
		p.close()
	}
}

func (p *polling) poll() {
	if err := p.get.request("GET", p.sid, nil, p.polled); err != nil {
		p.c.fail(err)
	}
}

// opened keeps the session's id.
func (p *polling) opened(sid string) { p.sid = sid }

// handshakeRev1 takes "sid:heartbeat:close:transports".
func (p *polling) handshakeRev1(body []byte) {
	sid, rest, ok := bytes.Cut(body, []byte(":"))
	if !ok {
		p.c.fail(fmt.Errorf("%w: handshake %.100q", ErrPacket, body))
		return
	}
	p.shaken, p.sid = true, string(sid)
	beat, _, _ := bytes.Cut(rest, []byte(":"))
	if secs, err := strconv.Atoi(string(beat)); err == nil { // empty: no heartbeats
		p.c.ping = time.Duration(secs) * time.Second
	}
	switch p.c.o.Transport {
	case Polling, JSONP:
		p.poll()
		return
	case HTMLFile:
		p.page = &page{p: p}
		p.page.request()
		return
	}
	p.close()
	if err := p.c.dialWebSocket(p.sid); err != nil {
		p.c.fail(err)
	}
}

// send puts a packet and its attachments into the next POST.
func (p *polling) send(packet []byte, bin [][]byte) {
	p.add(packet)
	for _, b := range bin {
		p.add(p.c.o.Proto.AppendBinaryPacket(nil, b))
	}
	p.flush()
}

func (p *polling) add(packet []byte) {
	if p.count++; p.count == 1 {
		p.first = append(p.first[:0], packet...)
		return
	}
	if p.count == 2 {
		p.out = p.c.o.Proto.AppendPayload(p.out[:0], p.first, true)
	}
	p.out = p.c.o.Proto.AppendPayload(p.out, packet, true)
}

func (p *polling) flush() {
	if p.count == 0 || p.post.busy || p.c.down {
		return
	}
	body := p.out
	if p.count == 1 {
		body = p.c.o.Proto.AppendPayload(nil, p.first, false)
	}
	p.count = 0
	if err := p.post.request("POST", p.sid, body, p.posted); err != nil {
		p.c.fail(err)
	}
}

func (p *polling) posted(wire.Response) {
	p.flush()
	p.settle()
	if p.c.o.Rest && p.c.up && !p.c.down {
		p.rest()
	}
}

// retire calls f once nothing is on its way by polling any more.
func (p *polling) retire(f func()) {
	p.retired = f
	p.settle()
}

func (p *polling) settle() {
	if p.retired != nil && !p.get.busy && !p.post.busy && p.count == 0 {
		f := p.retired
		p.retired = nil
		p.close()
		f()
	}
}

// request sends a request; then is called with its answer, if that is 200.
func (x *exchange) request(method, sid string, body []byte, then func(wire.Response)) error {
	c := x.p.c
	x.busy, x.then = true, then
	if x.form {
		body = c.o.Proto.AppendForm(nil, body)
	}
	req := wire.AppendRequest(nil, method, c.target(c.carrier(), sid), c.o.Host, x.fields(method), body)
	if x.conn != nil && !x.conn.Closed() {
		if x.open {
			x.conn.Write(req)
		} else {
			x.wanted = req
		}
		return nil
	}
	x.wanted, x.open = req, false
	conn, err := c.l.Dial(c.o.Addr, c.from, c.o.TLS, x)
	x.conn = conn
	return err
}

// fields are the lines that say what a body is.
func (x *exchange) fields(method string) string {
	switch {
	case method != "POST":
		return ""
	case x.form:
		return "Content-Type: application/x-www-form-urlencoded\r\n"
	}
	return "Content-Type: text/plain;charset=UTF-8\r\n"
}

// OnOpen sends what waits.
func (x *exchange) OnOpen(k *loop.Conn) {
	x.open = true
	k.Write(x.wanted)
	x.wanted = nil
}

// OnClose is a failure only where an answer is due.
func (x *exchange) OnClose(_ *loop.Conn, err error) {
	if x.busy {
		if err == nil {
			err = ErrEnded
		}
		x.p.c.fail(fmt.Errorf("polling: %w", err))
	}
}

// OnData takes the answer.
func (x *exchange) OnData(k *loop.Conn, b []byte) int {
	r, n, err := wire.ParseResponse(b)
	switch {
	case err != nil:
		x.p.c.fail(err)
	case n == 0:
	case !x.busy:
		x.p.c.fail(fmt.Errorf("%w: an answer to nothing", wire.ErrHTTP))
	case r.Status != 200:
		x.p.c.fail(fmt.Errorf("%w: polling: status %d %.100q", ErrRefused, r.Status, r.Body))
	default:
		x.answered(k, r)
	}
	return n
}

func (x *exchange) answered(k *loop.Conn, r wire.Response) {
	if x.script {
		text, err := wire.Script(r.Body)
		if err != nil {
			x.p.c.fail(fmt.Errorf("%w: %.60q", err, r.Body))
			return
		}
		r.Body = text
	}
	x.busy = false
	if r.Close {
		k.Close()
	}
	x.then(r)
}
