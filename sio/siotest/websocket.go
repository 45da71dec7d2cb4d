package siotest

import (
	"encoding/base64"
	"encoding/binary"
	"io"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// maxFrame bounds what a client takes in one message.
const maxFrame = 1 << 30

// websocket is the client's end of a websocket. It is a wsproto.Sink.
type websocket struct {
	c    *Conn
	conn *ioloop.SimConn
	user wsUser
	key  string
	in   responses
	r    wsproto.Reader
	open bool
	said bool // our close frame is out
	over bool // reports nothing more
	code uint16

	deflate *deflate // agreed on
}

// wsUser is told what happens on a websocket.
type wsUser interface {
	wsOpen(l *websocket)
	wsText(l *websocket, p []byte)
	wsBinary(l *websocket, p []byte)
	// wsOver comes once: refused says that the handshake was answered with
	// something else than a websocket.
	wsOver(l *websocket, err error, refused *Response)
}

// dialWebSocket opens a websocket to a target.
func dialWebSocket(c *Conn, target string, user wsUser) *websocket {
	l := &websocket{c: c, user: user, r: wsproto.NewClientReader(), key: newKey(c.w)}
	conn, err := c.dial()
	if err != nil {
		c.w.AfterFunc(0, func() { l.end(err, nil) })
		return l
	}
	l.conn = conn
	conn.OnData, conn.OnClose = l.data, l.closed
	p := plan{method: "GET", target: target, header: c.opt.Header, fields: upgradeFields(l.key)}
	if c.opt.Deflate {
		p.fields = append(p.fields, "Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
	}
	c.note('>', "GET "+target+" (websocket)", nil)
	l.write(p.bytes())
	return l
}

func newKey(w *World) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], w.rand.Uint64())
	binary.BigEndian.PutUint64(b[8:], w.rand.Uint64())
	return base64.StdEncoding.EncodeToString(b[:])
}

func (l *websocket) write(p []byte) {
	if _, err := l.conn.Write(p); err != nil {
		l.c.w.AfterFunc(0, func() { l.end(err, nil) })
	}
}

// frame sends a message, or a control frame.
func (l *websocket) frame(op wsproto.Op, p []byte) {
	if l.over || l.said {
		return
	}
	if l.deflate != nil && !op.IsControl() {
		l.write(l.deflate.frame(l.c.w, op, p))
		return
	}
	l.write(appendFrame(nil, l.c.w, op, p))
}

func appendFrame(dst []byte, w *World, op wsproto.Op, p []byte) []byte {
	var mask [4]byte
	binary.BigEndian.PutUint32(mask[:], w.rand.Uint32())
	return wsproto.AppendMasked(dst, op, true, mask, p)
}

// close says goodbye with a close frame; the server ends the connection.
func (l *websocket) close() {
	if l.over || l.said {
		return
	}
	if !l.open {
		l.drop()
		return
	}
	l.frame(wsproto.OpClose, nil)
	l.said = true
}

// drop ends the connection from this side.
func (l *websocket) drop() {
	if l.conn != nil {
		l.conn.OnData, l.conn.OnClose = nil, nil
		l.conn.Close()
		l.c.unlink(l.conn)
	}
	l.end(errLost, nil)
}

func (l *websocket) data(p []byte) {
	l.in.buf = append(l.in.buf, p...)
	if !l.open && !l.handshake() {
		return
	}
	for !l.over && !l.c.ended && len(l.in.buf) > 0 {
		used, err := l.r.Read(l.in.buf, maxFrame, l)
		l.in.buf = l.in.buf[used:]
		if err != nil {
			l.c.violated("%v", err)
			return
		}
		if used == 0 {
			return
		}
	}
}

// handshake reads the answer to it, and reports whether frames follow.
func (l *websocket) handshake() bool {
	resp, err := l.in.next(false)
	switch {
	case err != nil:
		l.c.violated("unreadable answer to a websocket handshake: %v", err)
		return false
	case resp == nil:
		return false
	case resp.Status != 101:
		l.conn.OnData, l.conn.OnClose = nil, nil
		l.conn.Close()
		l.c.unlink(l.conn)
		l.end(errLost, resp)
		return false
	}
	accept := string(wsproto.AppendAccept(nil, []byte(l.key)))
	if got := resp.Header.Get("Sec-WebSocket-Accept"); got != accept {
		l.c.violated("Sec-WebSocket-Accept is %q, not %q", got, accept)
		return false
	}
	l.agree(resp.Header.Get("Sec-WebSocket-Extensions"))
	l.open = true
	l.user.wsOpen(l)
	return !l.over
}

// closed: the connection ended.
func (l *websocket) closed(err error) {
	l.conn.OnData, l.conn.OnClose = nil, nil
	if err == io.EOF {
		l.conn.Close()
	}
	l.c.unlink(l.conn)
	if !l.open && err == io.EOF {
		err = errLost
	}
	l.end(err, nil)
}

func (l *websocket) end(err error, refused *Response) {
	if !l.over {
		l.over = true
		l.user.wsOver(l, err, refused)
	}
}

// OnText implements wsproto.Sink.
func (l *websocket) OnText(p []byte) bool {
	l.c.note('<', "text", p)
	l.user.wsText(l, p)
	return !l.over && !l.c.ended
}

// OnBinary implements wsproto.Sink.
func (l *websocket) OnBinary(p []byte) bool {
	l.c.note('<', "binary", p)
	l.user.wsBinary(l, p)
	return !l.over && !l.c.ended
}

// OnPing implements wsproto.Sink.
func (l *websocket) OnPing(p []byte) bool {
	l.frame(wsproto.OpPong, p)
	return !l.over
}

// OnPong implements wsproto.Sink.
func (l *websocket) OnPong([]byte) bool { return !l.over }

// OnCloseFrame implements wsproto.Sink: it is answered, and the connection
// closed; a server closes first (RFC 6455, 7.1.1), but a client that waits for
// that gains nothing here.
func (l *websocket) OnCloseFrame(code uint16, _ []byte) bool {
	l.code = code
	l.c.code = code
	l.c.note('<', "close frame", nil)
	if !l.said {
		body := wsproto.AppendCloseBody(nil, code, "")
		l.write(appendFrame(nil, l.c.w, wsproto.OpClose, body))
		l.said = true
	}
	if l.over {
		return false
	}
	l.conn.OnData, l.conn.OnClose = nil, nil
	l.conn.Close()
	l.c.unlink(l.conn)
	l.end(io.EOF, nil)
	return false
}
