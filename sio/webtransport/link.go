package webtransport

import (
	"errors"
	"io"
	"os"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	wt "github.com/quic-go/webtransport-go"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// link is the half of a connection that lives on its session's loop.
type link struct {
	conn *conn
	loop *ioloop.Loop
	s    *session.Session
	done bool // the session and the link have parted
}

// Name implements session.Link.
func (k *link) Name() string { return transport.NameWebTransport }

// Ready implements session.Link.
func (k *link) Ready() bool { return k.conn.ready() }

// Backlog implements session.Link.
func (k *link) Backlog() int { return int(k.conn.backlog.Load()) }

// Send implements session.Link. The connection's goroutine writes: a stream of
// QUIC blocks while its window is full.
func (k *link) Send(ms []session.Message) { k.conn.send(ms) }

// Close implements session.Link. Engine.IO says nothing of its own here: the
// WebTransport session ends.
func (k *link) Close(how session.Closing) {
	if k.done {
		return
	}
	k.done = true
	if how == session.CloseFault {
		go k.conn.part()
		return
	}
	k.conn.finish()
}

// leave tells the session that the link has ended.
func (k *link) leave(why session.Reason, cause error) {
	if !k.done {
		k.done = true
		k.s.Lost(k, why, cause)
		go k.conn.part()
	}
}

// take hands what was read to the session.
func (k *link) take(packets []packet, fault, end error) {
	if k.done {
		return
	}
	before := k.s.Enter()
	for _, p := range packets {
		if k.done {
			break
		}
		k.packet(p)
	}
	switch {
	case k.done:
	case fault != nil && k.s.Upgrading(k):
		k.leave(session.TransportError, fault)
	case fault != nil:
		k.s.Malformed(fault)
		k.leave(session.ParseError, fault) // if that did not
	case end != nil:
		k.leave(session.TransportClose, broken(end))
	}
	k.s.Leave(before)
}

// broken is what is told of the end of a stream: nothing, if it is a good one.
func broken(end error) error {
	if bye, ok := errors.AsType[*wt.SessionError](end); ok && bye.ErrorCode == 0 || end == io.EOF {
		return nil
	}
	if bye, ok := errors.AsType[*quic.ApplicationError](end); ok && bye.ErrorCode == quic.ApplicationErrorCode(http3.ErrCodeNoError) {
		return nil
	}
	if errors.Is(end, os.ErrDeadlineExceeded) { // the session ended first, and took the stream with it: see serve
		return nil
	}
	return end
}

func (k *link) packet(p packet) {
	kind, data := payload.Message, p.data
	var err error
	if !p.binary {
		kind, data, err = payload.SplitFrameEIO4(p.data)
	}
	switch {
	case k.s.Upgrading(k):
		if err != nil || p.binary {
			kind = payload.Noop // any packet but the two expected ends the probe
		}
		k.s.ReceiveProbe(k, kind, data)
	case err != nil:
		k.s.Malformed(err)
	case kind == payload.Close:
		// The reference ignores it here; the end of the session follows.
	default:
		k.s.Receive(kind, data, p.binary)
	}
}
