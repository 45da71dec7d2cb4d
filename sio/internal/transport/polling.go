package transport

import (
	"slices"

	"github.com/valyala/bytebufferpool"

	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Polling is the polling transport of Engine.IO: a GET waits for packets, a
// POST brings some. It holds nothing between two requests but a few words.
type Polling struct {
	s       *session.Session
	get     Exchange // the open poll
	index   int32    // the Form's, see form.go
	flags   uint8
	posting bool // a POST's body is on its way
}

// NewPolling makes the polling transport of s.
func NewPolling(s *session.Session, f Form) *Polling {
	return &Polling{s: s, index: f.index, flags: f.flags}
}

// Poll takes a GET. A second one while one is open is an error that ends the
// session: the open one gets a close packet, the new one an empty 400
// (engine.io 6, "overlap from client").
func (p *Polling) Poll(x Exchange) {
	if p.get != nil {
		x.Answer(400, "", nil)
		p.s.Misused(errPolls)
		return
	}
	p.get = x
	x.Watch(p)
	p.s.Flush()
}

// Gone implements Watcher: the client dropped its poll. engine.io 6 ends the
// session then ("poll connection closed prematurely").
func (p *Polling) Gone(x Exchange) {
	if p.get == x {
		p.get = nil
		p.s.Lost(p, session.TransportError, errDropped)
	}
}

// BeginPost is called when a POST's body has not come whole with its head. It
// reports false, and the session ends, if another POST is on its way.
func (p *Polling) BeginPost() bool {
	if p.posting {
		p.s.Misused(errPosts)
		return false
	}
	p.posting = true
	return true
}

// EndPost ends what BeginPost began; broken says that the body never came.
func (p *Polling) EndPost(broken bool) {
	p.posting = false
	if broken {
		p.s.Lost(p, session.TransportError, errBroken)
	}
}

var ok = []byte("ok")

// Post takes the body of a POST. It is answered "ok" even if its packets can't
// be read, as the reference does; the session ends then. A binary body has no
// meaning in revision 4.
func (p *Polling) Post(x Exchange, binary bool, body []byte) {
	if p.posting || binary && p.flags&formRev3 == 0 {
		x.Answer(400, "", nil)
		p.s.Misused(p.wrongPost())
		return
	}
	before := p.s.Enter()
	err := p.receive(body, binary)
	x.Answer(200, HTML, ok)
	if err != nil {
		p.s.Malformed(err)
	}
	p.s.Leave(before)
}

func (p *Polling) receive(body []byte, binary bool) error {
	switch {
	case binary:
		return p.receiveEIO3(body, true)
	case p.flags&formScript != 0:
		return p.receiveForm(body)
	}
	return p.receiveText(body)
}

func (p *Polling) receiveText(body []byte) error {
	if err := checkText(body); err != nil {
		return err
	}
	if p.flags&formRev3 != 0 {
		return p.receiveEIO3(body, false)
	}
	for {
		kind, binary, data, rest, err := payload.NextEIO4(body)
		if err != nil {
			return err
		}
		if binary {
			err = p.receiveBase64(payload.Message, data)
		} else {
			p.s.Receive(kind, data, false)
		}
		if err != nil || len(rest) == 0 {
			return err
		}
		body = rest
	}
}

func (p *Polling) receiveBase64(kind payload.Kind, data []byte) error {
	b := bytebufferpool.Get()
	defer bytebufferpool.Put(b)
	var err error
	if b.B, err = payload.DecodeBase64(b.B[:0], data); err != nil {
		return err
	}
	p.s.Receive(kind, b.B, true)
	return nil
}

// Ready implements session.Link.
func (p *Polling) Ready() bool { return p.get != nil }

// Backlog implements session.Link.
func (p *Polling) Backlog() int { return 0 }

// Polling implements session.Polled.
func (p *Polling) Polling() bool { return true }

// Name implements session.Link.
func (p *Polling) Name() string { return NamePolling }

// Send implements session.Link: all messages leave in the answer to the open
// poll.
func (p *Polling) Send(ms []session.Message) {
	if !slices.ContainsFunc(ms, mayPack) {
		if x, ok := p.get.(Packer); ok {
			x.Plain()
		}
	}
	b := bytebufferpool.Get()
	bytes := false
	if p.flags&formRev3 != 0 {
		b.B, bytes = p.appendEIO3(b.B, ms)
	} else {
		b.B = appendEIO4(b.B, ms)
	}
	p.answer(b.B, bytes)
	bytebufferpool.Put(b)
}

// mayPack: as in the reference, one message that may be compressed is enough
// for the whole answer to be.
func mayPack(m session.Message) bool { return !m.Plain }

func appendEIO4(dst []byte, ms []session.Message) []byte {
	for i, m := range ms {
		if m.Binary {
			dst = payload.AppendBinaryEIO4(dst, i == 0, m.Payload())
		} else {
			p := m.Payload()
			dst = payload.AppendEIO4(dst, i == 0, payload.Kind(p[0]-'0'), p[1:])
		}
		m.Buf.Release()
	}
	return dst
}

func (p *Polling) answer(body []byte, bytes bool) {
	x := p.get
	p.get = nil
	switch {
	case p.flags&formScript != 0:
		b := bytebufferpool.Get()
		b.B = appendFunction(b.B, p.index, body)
		x.Answer(200, TextUTF8, b.B)
		bytebufferpool.Put(b)
	case bytes:
		x.Answer(200, Bytes, body)
	default:
		x.Answer(200, TextUTF8, body)
	}
}

// Close implements session.Link. The session has put its last packet into the
// poll if it ends; a poll that is still open has been left behind by an
// upgrade, and gets a close packet.
func (p *Polling) Close(session.Closing) {
	if p.get != nil {
		p.Send([]session.Message{session.ClosePacket()})
	}
}
