package siotest

import (
	"strconv"

	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// From polling to websocket, as socket.io-client does it: probe, hold back
// what is to be sent, wait for the open poll and POST to end, say 5, go on.

// probeState says how far an upgrade is.
type probeState uint8

const (
	probeNone    probeState = iota
	probeDialing            // the websocket is not open, or has not answered the probe
	probePausing            // it has; poll and POST have to end
)

// upgrade implements line.
func (e *engine) upgrade() {
	if e.kind != "polling" || e.probe != probeNone || e.sid == "" || e.c.ended || e.closing {
		return
	}
	e.probe, e.probed = probeDialing, true
	e.up = dialWebSocket(e.c, e.target("websocket"), e)
}

func (e *engine) probeOpen(l *websocket) {
	e.c.note('>', "text 2", []byte("probe"))
	l.frame(wsproto.OpText, []byte("2probe"))
}

// probeText takes the answer to the probe.
func (e *engine) probeText(l *websocket, kind payload.Kind, data []byte) {
	if l != e.up || e.probe != probeDialing || kind != payload.Pong || string(data) != "probe" {
		e.c.violated("%v packet %q in answer to a probe", kind, data)
		return
	}
	e.probe = probePausing
	e.paused()
}

// paused changes over once nothing is on its way by polling.
func (e *engine) paused() {
	if e.polling || e.posting {
		return
	}
	e.ws, e.up = e.up, nil
	e.probe, e.kind = probeNone, "websocket"
	e.frame(message{kind: payload.Upgrade})
	e.c.note('=', "upgraded, "+strconv.Itoa(len(e.queue))+" packets were held", nil)
	e.flush()
	if e.closing {
		e.ws.close()
	}
}

// probeOver: the websocket ended before the change. Polling goes on.
func (e *engine) probeOver() {
	if e.c.ended || e.probe == probeNone {
		return
	}
	held := e.probe == probePausing
	e.probe, e.up = probeNone, nil
	if held && !e.polling {
		e.poll()
	}
	if e.closing && held {
		e.control(payload.Close, "")
		return
	}
	e.flush()
}
