package transport

import (
	"errors"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// WebSocket carries a session over RFC 6455. It is the handler of its
// connection from the answered handshake to the end.
type WebSocket struct {
	socket
	r wsproto.Reader
}

// NewWebSocket makes c, whose handshake has been answered, the carrier of s,
// and its handler. A message may have up to max bytes. The caller attaches it,
// or begins an upgrade with it.
func NewWebSocket(c *ioloop.Conn, s *session.Session, max int) *WebSocket {
	w := &WebSocket{socket: socket{conn: c, s: s, max: max}}
	c.SetHandler(w)
	return w
}

// BeginRev1 makes w the transport of a session of revision 1, at once or after
// a check (socket.go); flash says that it was asked for as flashsocket.
func (w *WebSocket) BeginRev1(flash, check bool) {
	w.flash = flash
	w.begin(w, check)
}

// unheard ends a check.
func (w *WebSocket) unheard() {
	if w.checking && !w.done {
		w.Close(session.CloseFault)
	}
}

// Rev3 says what is known of a client of revision 3: that it takes binary
// messages as text only ("b64=1" in the handshake), and that it does not encode
// texts twice.
func (w *WebSocket) Rev3(b64, once bool) { w.b64, w.once = b64, once }

// OnData implements ioloop.Handler.
func (w *WebSocket) OnData(_ *ioloop.Conn, data []byte) int {
	if w.done {
		return len(data)
	}
	before := w.s.Enter()
	used, err := w.r.Read(data, w.max, w)
	if err != nil {
		w.refuse(err)
		used = len(data)
	}
	w.s.Leave(before)
	return used
}

// refuse answers a broken frame with its close code.
func (w *WebSocket) refuse(err error) {
	if w.done {
		return
	}
	var ce *wsproto.CloseError
	if errors.As(err, &ce) {
		w.closeFrame(ce.Code)
	}
	w.part(session.TransportError, err)
	w.conn.CloseLinger()
}

// part tells the session that the link has ended.
func (w *WebSocket) part(why session.Reason, cause error) {
	if !w.done {
		w.done = true
		w.s.Lost(w, why, cause)
	}
}

// OnClose implements ioloop.Handler.
func (w *WebSocket) OnClose(_ *ioloop.Conn, err error) {
	w.part(session.TransportClose, broken(err))
	if w.r.Deflates() {
		w.deflate().forget(w)
	}
	w.r.Release()
}

// OnText implements wsproto.Sink.
func (w *WebSocket) OnText(p []byte) bool {
	if w.s.Rev() == session.Rev1 {
		if !w.checking || !w.heard(w, p) {
			w.s.ReceiveRev1(p)
		}
		return !w.done
	}
	if w.s.Rev() == session.Rev3 {
		return w.onEIO3(p, true)
	}
	kind, data, err := payload.SplitFrameEIO4(p)
	w.take(kind, data, false, err)
	return !w.done
}

// take takes a packet of Engine.IO.
func (w *WebSocket) take(kind payload.Kind, data []byte, binary bool, err error) {
	switch {
	case w.s.Upgrading(w):
		if err != nil || binary {
			kind = payload.Noop // any packet but the two expected ends the probe
		}
		w.s.ReceiveProbe(w, kind, data)
	case err != nil:
		w.s.Malformed(err)
	case kind == payload.Close:
		// The reference ignores it here; the socket's end follows.
	default:
		w.s.Receive(kind, data, binary)
	}
}

// OnBinary implements wsproto.Sink. Revision 1 has no binary packets; its
// clients can't send any.
func (w *WebSocket) OnBinary(p []byte) bool {
	switch w.s.Rev() {
	case session.Rev1:
		w.s.Malformed(errBinary)
	case session.Rev3:
		return w.onEIO3(p, false)
	default:
		w.take(payload.Message, p, true, nil)
	}
	return !w.done
}

// OnPing implements wsproto.Sink.
func (w *WebSocket) OnPing(p []byte) bool {
	if w.conn.Backlog() > w.s.Manager().Config().MaxQueueBytes {
		// It asks and does not read the answers.
		w.part(session.TransportError, errPings)
		w.conn.CloseLinger()
		return false
	}
	var b [140]byte
	w.conn.Write(wsproto.AppendFrame(b[:0], wsproto.OpPong, p))
	return !w.done
}

// OnPong implements wsproto.Sink.
func (w *WebSocket) OnPong([]byte) bool { return !w.done }

// OnCloseFrame implements wsproto.Sink: the peer's close frame is answered with its own
// code (RFC 6455, 5.5.1).
func (w *WebSocket) OnCloseFrame(code uint16, _ []byte) bool {
	w.closeFrame(code)
	w.part(session.TransportClose, nil)
	w.conn.CloseLinger()
	return false
}

func (w *WebSocket) closeFrame(code uint16) {
	var b [16]byte
	w.conn.Write(wsproto.AppendClose(b[:0], code, ""))
}

// Send implements session.Link. Nothing is copied: the connection takes over
// the shared buffers, and all that a turn sends leaves in one write: at the end
// of a batch at once, so that the receivers of a broadcast need memory for their
// writes one after another, not all together.
func (w *WebSocket) Send(ms []session.Message) {
	if w.r.Deflates() {
		w.sendDeflated(ms)
	} else {
		w.send(ms)
	}
	if w.s.Manager().Ending() {
		w.conn.Flush()
	}
}

func (w *WebSocket) send(ms []session.Message) {
	for _, m := range ms {
		if w.b64 && m.Binary {
			m = inBase64(m)
		}
		w.conn.WriteBuf(m.Buf, int(m.Frame))
	}
}

// Close implements session.Link: what was sent before leaves first, then a
// close frame without a code, as the reference's.
func (w *WebSocket) Close(how session.Closing) {
	if w.closing(how) {
		w.closeFrame(0)
		w.conn.CloseLinger()
	}
}
