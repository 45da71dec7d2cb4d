package transport

import (
	"github.com/valyala/bytebufferpool"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// XHR is xhr-polling of revision 1.
type XHR struct {
	s     *session.Session
	get   Exchange
	timer ioloop.Timer // runs while a poll is open
}

// NewXHR makes the xhr-polling transport of s.
func NewXHR(s *session.Session) *XHR { return &XHR{s: s} }

// Poll takes a GET. A second one replaces the first, which is answered with a
// noop: behind a proxy the server may still hold a poll whose client is gone
// (revision 1, 5.4).
func (p *XHR) Poll(x Exchange) {
	if p.get != nil {
		p.Send([]session.Message{session.NoopRev1()})
	}
	p.get = x
	x.Watch(p)
	p.s.PollOpened()
	p.s.Manager().Loop().StartTimer(&p.timer, p.s.Manager().Config().PollDuration, p)
	p.s.Flush()
}

// OnTimer implements ioloop.TimerHandler: nothing to say for PollDuration.
func (p *XHR) OnTimer(*ioloop.Timer) {
	if p.get != nil {
		p.Send([]session.Message{session.NoopRev1()})
	}
}

// Gone implements Watcher: the client dropped its poll. It may come back until
// the close timeout.
func (p *XHR) Gone(x Exchange) {
	if p.get == x {
		p.get = nil
		p.released()
	}
}

func (p *XHR) released() {
	p.s.Manager().Loop().StopTimer(&p.timer)
	p.s.PollClosed()
}

// PostRev1 takes the body of a POST for s, whatever carries it: a payload of
// packets. The answer is "1", as Node's was: some old XHR stacks mishandle an
// empty 200.
func PostRev1(s *session.Session, x Exchange, body []byte) {
	before := s.Enter()
	err := receiveRev1(s, body)
	x.Answer(200, TextUTF8, []byte("1"))
	if err != nil {
		s.Malformed()
	}
	s.Leave(before)
}

func receiveRev1(s *session.Session, body []byte) error {
	for len(body) > 0 {
		packet, rest, err := payload.NextRev1(body)
		if err != nil {
			return err
		}
		s.ReceiveRev1(packet)
		body = rest
	}
	return nil
}

// Ready implements session.Link.
func (p *XHR) Ready() bool { return p.get != nil }

// Backlog implements session.Link.
func (p *XHR) Backlog() int { return 0 }

// Polling implements session.Polled.
func (p *XHR) Polling() bool { return true }

// Name implements session.Link.
func (p *XHR) Name() string { return NameXHR }

// Send implements session.Link.
func (p *XHR) Send(ms []session.Message) {
	b := bytebufferpool.Get()
	for _, m := range ms {
		if len(ms) == 1 {
			b.B = append(b.B, m.Payload()...)
		} else {
			b.B = payload.AppendRev1Framed(b.B, m.Payload())
		}
		m.Buf.Release()
	}
	x := p.get
	p.get = nil
	p.released()
	x.Answer(200, TextUTF8, b.B)
	bytebufferpool.Put(b)
}

// Close implements session.Link. A client that is to stay away has its "0::" in
// the queue, which the poll took. A poll that is still open here belongs to a
// client which may come back: it is told to make a new handshake.
func (p *XHR) Close(how session.Closing) {
	if p.get == nil {
		return
	}
	m := session.Reconnect()
	if how == session.CloseReplaced {
		m = session.NoopRev1()
	}
	p.Send([]session.Message{m})
}
