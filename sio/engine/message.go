package engine

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Message is what a client has sent. It is lent: valid until OnMessage returns.
type Message struct {
	data   []byte
	binary bool
}

// IsText reports whether the message is text; else it is binary data.
func (m Message) IsText() bool { return !m.binary }

// Text is the message as a string.
func (m Message) Text() string { return string(m.data) }

// Bytes is a copy of the message.
func (m Message) Bytes() []byte { return bytes.Clone(m.data) }

// Raw is the message itself: lent, and not to be changed.
func (m Message) Raw() []byte { return m.data }

// Errors that calls return; test for them with errors.Is.
var (
	// ErrClosed says that the socket is closed, or was never open.
	ErrClosed = errors.New("engine: socket is closed")
	// ErrText says that a text is not UTF-8, which websockets could not carry,
	// or has the character U+001E, which divides the packets of revision 4's
	// polling: who had a server pass it on could put packets of his own into
	// another one's session.
	ErrText = errors.New("engine: a text message is not UTF-8, or has U+001E: send it as binary data")
)

// checkText looks for what a text must not be.
func checkText(s string) error {
	if !utf8.ValidString(s) || strings.IndexByte(s, 0x1e) >= 0 {
		return ErrText
	}
	return nil
}

// Packet is a message that is encoded once and sent to many: see
// [Socket.SendPacket] and [Server.SendPacket]. Any goroutine may use it.
type Packet struct {
	m    session.Message // in the form of all revisions, or of revision 4
	err  error
	once sync.Once
	rev3 session.Message // binary data in the form of revision 3
}

// Text makes a packet of a text; sending one that is not fails with ErrText.
func Text(s string) *Packet {
	if err := checkText(s); err != nil {
		return &Packet{err: err}
	}
	return &Packet{m: text(s)}
}

// Binary makes a packet of binary data, which it copies.
func Binary(b []byte) *Packet { return &Packet{m: blob(b, session.Rev4)} }

// Compress says whether the packet may be compressed, as it is by default. It
// returns p, and is called before p is sent.
func (p *Packet) Compress(on bool) *Packet {
	p.m.Plain = !on
	return p
}

// form is the packet for a revision, with a reference for the caller.
func (p *Packet) form(rev session.Rev) session.Message {
	m := p.m
	if m.Binary && rev == session.Rev3 {
		p.once.Do(func() {
			p.rev3 = blob(p.m.Payload(), session.Rev3)
			p.rev3.Plain = p.m.Plain
		})
		m = p.rev3
	}
	m.Buf.Retain()
	return m
}

// text encodes a text message, in the form of every revision.
func text(s string) session.Message {
	var room [session.Headroom]byte
	buf := ioloop.NewBuf()
	buf.SetBytes(append(append(append(buf.Bytes(), room[:]...), '4'), s...))
	return session.Seal(buf, false)
}

// blob encodes binary data. In revision 3 the type stands in front as a byte.
func blob(b []byte, rev session.Rev) session.Message {
	var room [session.Headroom]byte
	buf := ioloop.NewBuf()
	out := append(buf.Bytes(), room[:]...)
	if rev == session.Rev3 {
		out = append(out, 4)
	}
	buf.SetBytes(append(out, b...))
	return session.Seal(buf, true)
}
