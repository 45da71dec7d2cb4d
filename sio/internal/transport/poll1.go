package transport

import (
	"github.com/valyala/bytebufferpool"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// poll1 is what the two polling transports of revision 1 have in common: one
// GET that waits. They differ in how an answer is written down.
type poll1 struct {
	s     *session.Session
	get   Exchange
	timer ioloop.Timer // PollDuration while a poll is open, else CloseTimeout
	aside bool
	// script says that an answer is the script io.j[index](…), see jsonp.go.
	script bool
	index  int64
}

// hold takes a GET. A second one replaces the first, which is answered with a
// noop: behind a proxy the server may still hold a poll whose client is gone
// (revision 1, 5.4). index is the callback's of the new one.
func (p *poll1) hold(x Exchange, index int64) {
	if p.get != nil {
		p.noop()
	}
	p.get, p.index = x, index
	x.Watch(p)
	p.s.Manager().Loop().StartTimer(&p.timer, p.s.Manager().Config().PollDuration, p)
	p.s.Flush()
}

func (p *poll1) noop() { p.Send([]session.Message{session.NoopRev1()}) }

// OnTimer implements ioloop.TimerHandler: nothing to say for PollDuration, or
// nobody asked for CloseTimeout.
func (p *poll1) OnTimer(*ioloop.Timer) {
	switch {
	case p.get != nil:
		p.noop()
	case p.s.Open() && !p.aside:
		p.lost()
	}
}

// Gone implements Watcher: the client dropped its poll. It may come back until
// the close timeout.
func (p *poll1) Gone(x Exchange) {
	if p.get == x {
		p.get = nil
		p.released()
	}
}

// released: no poll is open.
func (p *poll1) released() {
	m := p.s.Manager()
	if p.aside || !p.s.Open() {
		m.Loop().StopTimer(&p.timer)
		return
	}
	m.Loop().StartTimer(&p.timer, m.Config().CloseTimeout, p)
}

// lost ends the session, whose link embeds p.
func (p *poll1) lost() { p.s.Lost(p.s.Link(), session.PingTimeout, nil) }

// Ready implements session.Link.
func (p *poll1) Ready() bool { return p.get != nil }

// Backlog implements session.Link.
func (p *poll1) Backlog() int { return 0 }

// Polling implements session.Polled.
func (p *poll1) Polling() bool { return true }

// Quiet implements session.Quiet: a client's answer to a heartbeat would abort
// its own POST in flight (revision 1, 10.1).
func (p *poll1) Quiet() {}

// Send implements session.Link: all messages leave in the answer to the open
// poll.
func (p *poll1) Send(ms []session.Message) {
	b := bytebufferpool.Get()
	b.B = appendPayloadRev1(b.B, ms)
	x := p.get
	p.get = nil
	p.released()
	if p.script {
		answerScript(x, p.index, b.B)
	} else {
		x.Answer(200, TextUTF8, b.B)
	}
	bytebufferpool.Put(b)
}

// appendPayloadRev1 appends the messages as one payload and releases them.
func appendPayloadRev1(dst []byte, ms []session.Message) []byte {
	for _, m := range ms {
		if len(ms) == 1 {
			dst = append(dst, m.Payload()...)
		} else {
			dst = payload.AppendRev1Framed(dst, m.Payload())
		}
		m.Buf.Release()
	}
	return dst
}

// SetAside makes way for another transport: an open poll is left unanswered. A noop
// would make the client poll again, and so take the session back.
func (p *poll1) SetAside() bool {
	p.s.Manager().Loop().StopTimer(&p.timer)
	p.aside = true
	return p.get != nil
}

// Close implements session.Link. A client that is to stay away has its "0::" in
// the queue, which the poll took. A poll that is still open here belongs to a
// client which may come back: it is told to make a new handshake.
func (p *poll1) Close(how session.Closing) {
	if p.get == nil {
		p.s.Manager().Loop().StopTimer(&p.timer)
		return
	}
	if p.aside || how == session.CloseReplaced {
		p.noop()
		return
	}
	p.Send([]session.Message{session.Reconnect()})
}
