package siotest

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// The websocket of Flash (hixie-76), the client's end: what web-socket-js sends,
// and as picky about the answer as that is.

type hixie struct {
	c      *Conn
	conn   *ioloop.SimConn
	user   wsUser
	hs     HixieHandshake
	buf    []byte
	r      wsproto.HixieReader
	headed bool // the head of the answer is read
	open   bool
	said   bool // our closing is out
	over   bool // reports nothing more
}

// HixieHandshake is a client's opening handshake of hixie-76.
type HixieHandshake struct {
	Request string // with the empty line
	Key3    string // the 8 bytes behind it
	Origin  string
	Digest  string // the 16 bytes that shall come
}

// NewHixie makes a handshake for a target. fields are further lines of its head
// ("Cookie: x").
func (w *World) NewHixie(target, origin string, fields ...string) HixieHandshake {
	n1, key1 := w.hixieKey()
	n2, key2 := w.hixieKey()
	var sum [16]byte
	binary.BigEndian.PutUint32(sum[0:], n1)
	binary.BigEndian.PutUint32(sum[4:], n2)
	binary.LittleEndian.PutUint64(sum[8:], w.rand.Uint64())
	digest := md5.Sum(sum[:])
	head := "GET " + target + " HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: sim\r\nOrigin: " + origin +
		"\r\nCookie: \r\nSec-WebSocket-Key1: " + key1 + "\r\nSec-WebSocket-Key2: " + key2 + "\r\n"
	for _, f := range fields {
		head += f + "\r\n"
	}
	return HixieHandshake{Request: head + "\r\n", Key3: string(sum[8:]), Origin: origin, Digest: string(digest[:])}
}

// hixieKey hides a number in a key, as the draft (5.2) says.
func (w *World) hixieKey() (n uint32, key string) {
	const noise = "!\"#$%&'()*+,-./:;<=>?@ABCXYZ[]^_`abcxyz{|}~"
	spaces := 1 + w.rand.Uint32N(12)
	n = w.rand.Uint32N(math.MaxUint32 / spaces)
	b := []byte(strconv.FormatUint(uint64(n)*uint64(spaces), 10))
	for range 1 + w.rand.IntN(12) {
		b = w.insert(b, noise[w.rand.IntN(len(noise))], 0)
	}
	for range spaces {
		b = w.insert(b, ' ', 1)
	}
	return n, string(b)
}

// insert puts c somewhere into b, edge bytes from its ends at least.
func (w *World) insert(b []byte, c byte, edge int) []byte {
	if len(b) < 2*edge {
		b = append(b, 'x')
	}
	at := edge + w.rand.IntN(len(b)+1-2*edge)
	return append(b[:at:at], append([]byte{c}, b[at:]...)...)
}

// dialHixie opens one. The 8 bytes are sent for themselves.
func dialHixie(c *Conn, target string, user wsUser) *hixie {
	l := &hixie{c: c, user: user}
	conn, err := c.dial()
	if err != nil {
		c.w.AfterFunc(0, func() { l.end(err) })
		return l
	}
	l.conn = conn
	conn.OnData, conn.OnClose = l.data, l.closed
	var fields []string
	for _, name := range sortedKeys(c.opt.Header) {
		for _, v := range c.opt.Header[name] {
			fields = append(fields, name+": "+v)
		}
	}
	l.hs = c.w.NewHixie(target, "http://sim", fields...)
	c.note('>', "GET "+target+" (hixie-76)", nil)
	l.write([]byte(l.hs.Request))
	l.write([]byte(l.hs.Key3))
	return l
}

func (l *hixie) write(p []byte) {
	if _, err := l.conn.Write(p); err != nil {
		l.c.w.AfterFunc(0, func() { l.end(err) })
	}
}

// frame sends a text message.
func (l *hixie) frame(_ wsproto.Op, p []byte) {
	if !l.over && !l.said {
		l.write(append(append([]byte{0}, p...), 0xFF))
	}
}

func (l *hixie) data(p []byte) {
	l.buf = append(l.buf, p...)
	if !l.open && !l.handshake() {
		return
	}
	b := l.buf
	l.buf = nil
	if _, err := l.r.Read(b, maxFrame, l); err != nil {
		l.c.violated("%v", err)
	}
}

// handshake reads the answer to it, and reports whether frames follow.
func (l *hixie) handshake() bool {
	end := bytes.Index(l.buf, []byte("\r\n\r\n"))
	if !l.headed {
		if end < 0 {
			return false
		}
		if wrong := WrongHixieAnswer(string(l.buf[:end+2]), l.hs); wrong != "" {
			l.c.violated("answer to a handshake of hixie-76: %s", wrong)
			return false
		}
		l.buf = l.buf[end+4:]
		l.headed = true
	}
	if len(l.buf) < len(l.hs.Digest) {
		return false
	}
	if got := string(l.buf[:len(l.hs.Digest)]); got != l.hs.Digest {
		l.c.violated("digest %x, not %x", got, l.hs.Digest)
		return false
	}
	l.buf = l.buf[len(l.hs.Digest):]
	l.open = true
	l.user.wsOpen(nil)
	return !l.over
}

// WrongHixieAnswer says what web-socket-js would not take in the head of an
// answer, whose lines end in CRLF each; "" is for nothing.
func WrongHixieAnswer(head string, hs HixieHandshake) string {
	lines := strings.Split(strings.TrimSuffix(head, "\r\n"), "\r\n")
	if !strings.HasPrefix(lines[0], "HTTP/1.1 101 ") {
		return "status line " + strconv.Quote(lines[0])
	}
	fields := make(map[string]string)
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ": ")
		if !ok || strings.Contains(value, ": ") {
			return "line " + strconv.Quote(line)
		}
		fields[strings.ToLower(name)] = value
	}
	switch {
	case strings.ToLower(fields["upgrade"]) != "websocket":
		return "Upgrade is " + strconv.Quote(fields["upgrade"])
	case strings.ToLower(fields["connection"]) != "upgrade":
		return "Connection is " + strconv.Quote(fields["connection"])
	case !strings.EqualFold(fields["sec-websocket-origin"], hs.Origin):
		return "Sec-WebSocket-Origin is " + strconv.Quote(fields["sec-websocket-origin"])
	case fields["sec-websocket-protocol"] != "":
		return "Sec-WebSocket-Protocol was not asked for"
	}
	return ""
}

// OnText implements wsproto.HixieSink.
func (l *hixie) OnText(p []byte) bool {
	l.c.note('<', "text", p)
	l.user.wsText(nil, p)
	return !l.over && !l.c.ended
}

// OnClosing implements wsproto.HixieSink: it is answered, and the connection
// closed.
func (l *hixie) OnClosing() bool {
	l.c.note('<', "closing", nil)
	if !l.said {
		l.said = true
		l.write([]byte(wsproto.HixieClosing))
	}
	l.conn.OnData, l.conn.OnClose = nil, nil
	l.conn.Close()
	l.c.unlink(l.conn)
	l.end(io.EOF)
	return false
}

// closed: the connection ended.
func (l *hixie) closed(err error) {
	l.conn.OnData, l.conn.OnClose = nil, nil
	if err == io.EOF {
		l.conn.Close()
	}
	l.c.unlink(l.conn)
	if !l.open && errors.Is(err, io.EOF) {
		err = errLost
	}
	l.end(err)
}

func (l *hixie) end(err error) {
	if !l.over {
		l.over = true
		l.user.wsOver(nil, err, nil)
	}
}
