package siotest

import (
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// engine is a session of Engine.IO 3 or 4, the client's end. Its transports are in
// polling.go and websocket.go, the change between them in upgrade.go.
type engine struct {
	modern
	c     *Conn
	kind  string // "websocket", "polling"
	wants bool   // to upgrade as soon as possible
	// script: JSONP.
	script bool
	// pings counts those of a sio.Classic client; pinged: one waits for its pong.
	pings  int
	pinged bool
	sid    string
	open   openData
	queue  []message

	agent   agent
	polling bool       // a GET is on its way
	posting bool       // a POST is on its way
	ws      *websocket // carries the session
	up      *websocket // is probed
	probe   probeState

	watch   time.Time // no ping by then: the server is gone
	quiet   time.Time // before that no ping may come
	closing bool
	probed  bool // an upgrade was begun: noops may come
	told    bool // the server's close packet came
}

// message is one packet of Engine.IO on its way out.
type message struct {
	kind   payload.Kind
	data   []byte
	binary bool
}

// openData is the packet that begins a session.
type openData struct {
	SID          string   `json:"sid"`
	Upgrades     []string `json:"upgrades"`
	PingInterval int      `json:"pingInterval"`
	PingTimeout  int      `json:"pingTimeout"`
	MaxPayload   int      `json:"maxPayload"`
}

func newEngine(c *Conn, transport string) *engine {
	e := &engine{c: c, modern: modern{c: c}, agent: agent{c: c}, kind: "polling"}
	switch transport {
	case "websocket":
		e.kind = "websocket"
	case "upgrade":
		e.wants = true
	case "jsonp":
		e.script = true
	}
	return e
}

func (e *engine) transport() string { return e.kind }

// target is the path and query of a request.
func (e *engine) target(transport string) string {
	t := e.c.host.path + "/?EIO=4&transport=" + transport
	if e.c.classic() {
		t = e.c.host.path + "/?EIO=3&transport=" + transport
	}
	if e.script && e.sid == "" {
		t += "&j=7"
	} else if e.script {
		t += "&j=8" // of a later page's request: the first one counts
	}
	if e.script || e.c.opt.Base64 && (e.sid == "" || transport == "websocket") {
		t += "&b64=1"
	}
	if e.sid != "" {
		t += "&sid=" + url.QueryEscape(e.sid)
	}
	if e.c.query != "" {
		t += "&" + e.c.query
	}
	return t
}

func (e *engine) begin() {
	// The first ping may not come before that: what the server takes for the
	// opening is later still.
	e.quiet = e.c.w.Now()
	if e.kind == "websocket" {
		e.ws = dialWebSocket(e.c, e.target("websocket"), e)
		return
	}
	e.poll()
}

// opened takes the open packet.
func (e *engine) opened(data []byte) {
	var keys map[string]json.RawMessage
	_ = json.Unmarshal(data, &keys)
	err := json.Unmarshal(data, &e.open)
	o := &e.open
	switch {
	case err != nil, len(keys) != 5, len(o.SID) != idLen, keys["upgrades"] == nil,
		o.PingInterval <= 0, o.PingTimeout <= 0, o.MaxPayload <= 0:
		e.c.violated("open packet %q", data)
		return
	case e.kind == "websocket" && len(o.Upgrades) > 0,
		len(o.Upgrades) > 0 && !slices.Equal(o.Upgrades, []string{"websocket"}):
		e.c.violated("open packet on %s offers the upgrades %q", e.kind, o.Upgrades)
		return
	}
	e.sid = o.SID
	if e.c.classic() {
		e.beat()
	} else {
		e.quiet = e.quiet.Add(e.interval())
		e.expectPing()
	}
	e.join(e.c.Socket)
	if e.wants && len(o.Upgrades) > 0 {
		e.upgrade()
	}
}

func (e *engine) interval() time.Duration {
	return time.Duration(e.open.PingInterval) * time.Millisecond
}

// expectPing restarts the clock that ends a client whose server is silent.
func (e *engine) expectPing() {
	d := e.interval() + time.Duration(e.open.PingTimeout)*time.Millisecond
	first := e.watch.IsZero()
	e.watch = e.c.w.Now().Add(d)
	if first {
		e.watchAfter(d)
	}
}

func (e *engine) watchAfter(d time.Duration) {
	e.c.w.AfterFunc(d, func() {
		if e.c.ended {
			return
		}
		if left := e.watch.Sub(e.c.w.Now()); left > 0 {
			e.watchAfter(left)
			return
		}
		e.c.end("ping timeout", errLost)
	})
}

// send implements line.
func (e *engine) send(text []byte, attachments [][]byte) {
	if text != nil {
		e.queue = append(e.queue, message{kind: payload.Message, data: text})
	}
	for _, a := range attachments {
		e.queue = append(e.queue, message{kind: payload.Message, data: a, binary: true})
	}
	e.flush()
}

// control queues a packet of Engine.IO's own.
func (e *engine) control(kind payload.Kind, data string) {
	e.queue = append(e.queue, message{kind: kind, data: []byte(data)})
	e.flush()
}

// flush sends what is queued, unless that has to wait.
func (e *engine) flush() {
	switch {
	case e.c.ended || len(e.queue) == 0 || e.sid == "" || e.probe >= probePausing:
	case e.kind == "websocket":
		for _, m := range e.queue {
			e.frame(m)
		}
		e.queue = nil
	case !e.posting:
		e.post()
	}
}

// frame sends a packet on the websocket.
func (e *engine) frame(m message) {
	if e.c.classic() {
		e.c.note('>', "message", m.data)
		e.frameClassic(m)
		return
	}
	if m.binary {
		e.c.note('>', "binary", m.data)
		e.ws.frame(wsproto.OpBinary, m.data)
		return
	}
	e.c.note('>', "text "+strconv.Itoa(int(m.kind)), m.data)
	e.ws.frame(wsproto.OpText, payload.AppendEIO4(nil, true, m.kind, m.data))
}

// receive takes a packet from the transport that carries the session.
func (e *engine) receive(kind payload.Kind, data []byte) {
	if e.c.ended {
		return
	}
	if (e.sid == "") != (kind == payload.Open) {
		e.c.violated("%v packet, session open: %v", kind, e.sid != "")
		return
	}
	switch kind {
	case payload.Open:
		e.opened(data)
	case payload.Ping:
		if e.c.classic() {
			e.c.violated("ping packet for a client that pings")
			return
		}
		e.ping(data)
	case payload.Pong:
		if !e.c.classic() {
			e.c.violated("pong packet")
			return
		}
		e.pong(data)
	case payload.Message:
		e.text(data)
	case payload.Close:
		if e.kind == "websocket" {
			e.c.violated("close packet on a websocket")
			return
		}
		e.told = true
		e.c.end("transport close", io.EOF)
	case payload.Noop:
		if e.kind == "websocket" || !e.probed && !e.closing {
			e.c.violated("noop packet without a reason, on %s", e.kind)
		}
	default:
		e.c.violated("%v packet", kind)
	}
}

// early is how much too early a ping may be, see Config.PingInterval of sio.
func (e *engine) early() time.Duration {
	return max(50*time.Millisecond, min(800*time.Millisecond, e.interval()/25))
}

// ping answers the server's heartbeat.
func (e *engine) ping(data []byte) {
	now := e.c.w.Now()
	if now.Before(e.quiet.Add(-e.early())) {
		e.c.violated("ping %v before its time", e.quiet.Sub(now))
		return
	}
	e.expectPing()
	e.quiet = now.Add(e.interval())
	if !e.c.opt.Mute {
		e.control(payload.Pong, string(data))
	}
}

// close implements line: what is queued is sent first.
func (e *engine) close() {
	if e.closing || e.c.ended {
		return
	}
	e.closing = true
	switch {
	case e.sid == "":
		e.c.end("io client disconnect", errLost)
	case e.probe >= probePausing: // once the change is through
	case e.kind == "websocket":
		e.flush()
		e.ws.close()
	default:
		e.control(payload.Close, "")
	}
}

// wsOpen implements wsUser.
func (e *engine) wsOpen(l *websocket) {
	if e.kind == "polling" {
		e.probeOpen(l)
	}
}

// wsText implements wsUser.
func (e *engine) wsText(l *websocket, p []byte) {
	kind, data, err := payload.SplitFrameEIO4(p)
	switch {
	case err != nil && e.c.classic() && e.kind == "websocket":
		e.wsClassic(p, true)
	case err != nil:
		e.c.violated("websocket message %q: %v", p, err)
	case e.kind == "polling":
		e.probeText(l, kind, data)
	case e.c.classic():
		e.wsClassic(p, true)
	default:
		e.receive(kind, data)
	}
}

// wsBinary implements wsUser.
func (e *engine) wsBinary(l *websocket, p []byte) {
	switch {
	case e.kind == "polling":
		e.c.violated("binary message on a websocket that is probed")
	case e.c.classic():
		e.wsClassic(p, false)
	case e.sid == "":
		e.c.violated("binary message before the open packet")
	case !e.c.ended:
		e.binary(p)
	}
}

// wsOver implements wsUser.
func (e *engine) wsOver(l *websocket, err error, no *Response) {
	switch {
	case e.ws != nil && l != e.ws: // of an earlier attempt
	case e.kind == "polling":
		e.probeOver()
	case e.closing:
		e.c.end("io client disconnect", nil)
	case no != nil:
		e.refusedWebSocket(no)
	case err == io.EOF:
		e.c.end("transport close", err)
	default:
		e.c.end("transport error", err)
	}
}

// refusedWebSocket: a handshake on websocket is refused with 400, and the
// message alone.
func (e *engine) refusedWebSocket(r *Response) {
	if r.Status != 400 || r.wrongHead("text/html") != "" || r.Header.Get("Connection") != "close" {
		e.c.violated("websocket handshake refused with status %d and %v", r.Status, r.Header)
		return
	}
	e.c.end("transport error", &RefusedError{Status: r.Status, Message: string(r.Body)})
}
