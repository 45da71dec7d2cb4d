package transport

import (
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// socket is what the links over a websocket of either kind have in common: the
// connection is theirs from the answered handshake to the end.
type socket struct {
	conn *ioloop.Conn
	s    *session.Session
	max  int  // bytes of a message
	done bool // the session and the link have parted
	// checking: attached when the client has been heard (check.go).
	checking bool
	flash    bool // the transport's name is flashsocket
	b64      bool // revision 3: binary messages go out as text
	once     bool // revision 3: the client is known to encode text once
}

// Ready implements session.Link.
func (k *socket) Ready() bool { return !k.conn.Congested() }

// Backlog implements session.Link.
func (k *socket) Backlog() int { return k.conn.Backlog() }

// Name implements session.Link.
func (k *socket) Name() string {
	if k.flash {
		return NameFlashSocket
	}
	return NameWebSocket
}

// OnWritable implements ioloop.Handler.
func (k *socket) OnWritable(*ioloop.Conn) {
	if !k.done {
		k.s.Flush()
	}
}

// SetAside implements session.Asider: the connection stays open, and mute.
func (k *socket) SetAside() bool {
	open := !k.done
	k.done = true
	return open
}

// closing reports whether a Close has something to do: the link has not parted
// from its session, or was set aside.
func (k *socket) closing(how session.Closing) bool {
	open := !k.done || how == session.CloseReplaced
	k.done = true
	return open
}

// The check of a fresh websocket (revision 1, 10.3; TornadIO2's
// websocket_check): software between client and server may accept the upgrade
// and hold everything back. So only a heartbeat is sent first, and the link
// carries its session from the client's first packet on. Till then the session
// has the transport it had, or none.
//
// trial gives a link some time; it outlives it by what is left of that. A
// socket that is heard in time costs nothing more.
type trial struct {
	timer ioloop.Timer
	of    interface{ unheard() }
}

func startTrial(loop *ioloop.Loop, d time.Duration, of interface{ unheard() }) *trial {
	t := &trial{of: of}
	loop.StartTimer(&t.timer, d, t)
	return t
}

// OnTimer implements ioloop.TimerHandler.
func (t *trial) OnTimer(*ioloop.Timer) { t.of.unheard() }

// begin makes l, which embeds k, the transport of its session; with a check,
// once the client has been heard.
func (k *socket) begin(l checked, check bool) {
	if !check {
		k.s.Attach(l)
		return
	}
	k.checking = true
	m := k.s.Manager()
	startTrial(m.Loop(), m.Config().ClientTimeout, l)
	l.Send([]session.Message{session.HeartbeatRev1()})
}

// checked is a link that can be held back.
type checked interface {
	session.Link
	unheard()
}

// heard ends the check with the client's first packet p. It reports whether
// that was only the answer to the heartbeat, which counts for nothing else: the
// connect packet may still be lost.
func (k *socket) heard(l checked, p []byte) (spent bool) {
	k.checking = false
	if k.s.Ended() {
		l.Send([]session.Message{session.Reconnect()})
		l.Close(session.CloseEnd)
		return true
	}
	k.s.Attach(l)
	return payload.Classify(p) == payload.Heartbeat
}
