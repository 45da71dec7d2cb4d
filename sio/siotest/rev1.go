package siotest

import (
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// rev1 is a session of revision 1 (clients 0.7 to 0.9), the client's end. It
// behaves as client 0.9.17.
type rev1 struct {
	old
	c         *Conn
	kind      string // the transport's name
	sid       string
	heartbeat time.Duration // announced: no packet in that time, and the server is gone
	connected bool          // "1::" came

	agent   agent
	script  int // jsonp-polling: the index of the poll's callback
	posting bool
	ws      interface{ frame(wsproto.Op, []byte) } // on a websocket
	queue   [][]byte
	watch   time.Time
	closing bool
}

func newLegacy(c *Conn, transport string) *rev1 {
	return &rev1{c: c, old: old{c}, agent: agent{c: c}, kind: transport}
}

func (v *rev1) transport() string { return v.kind }

func (v *rev1) upgrade() { v.c.w.errorf("Upgrade: clients of 0.x don't change their transport") }

// target is the path and query of a request, with the cache buster that polling
// clients add.
func (v *rev1) target(path string, buster bool) string {
	t := v.c.host.path + "/1/" + path
	query := v.c.query
	if buster {
		if query != "" {
			query += "&"
		}
		query += "t=" + strconv.FormatInt(v.c.w.Now().UnixMilli(), 10)
	}
	if query != "" {
		t += "?" + query
	}
	return t
}

func (v *rev1) begin() {
	v.agent.do(&plan{method: "GET", target: v.target("", true), header: v.c.opt.Header}, v.shaken)
}

// shaken takes the answer to the handshake.
func (v *rev1) shaken(r *Response, err error) {
	switch {
	case v.c.ended:
		return
	case err != nil:
		v.c.end("transport error", err)
		return
	case r.wrongHead(textUTF8) != "":
		v.c.violated("answer to the handshake: %s", r.wrongHead(textUTF8))
		return
	case r.Status != 200:
		v.c.end("transport error", &RefusedError{Status: r.Status, Message: string(r.Body)})
		return
	}
	f := strings.Split(string(r.Body), ":")
	if len(f) != 4 || len(f[0]) != idLen || !positive(f[1]) || !positive(f[2]) || !known(strings.Split(f[3], ",")) {
		v.c.violated("answer to the handshake: %q", r.Body)
		return
	}
	v.sid = f[0]
	seconds, _ := strconv.Atoi(f[1])
	v.heartbeat = time.Duration(seconds) * time.Second
	if !strings.Contains(f[3], v.kind) {
		v.c.end("transport error", &RefusedError{Message: "the server has no " + v.kind})
		return
	}
	switch target := v.target(v.kind+"/"+v.sid, false); v.kind {
	case "websocket":
		v.ws = dialWebSocket(v.c, target, v)
	case "flashsocket":
		v.ws = dialHixie(v.c, target, v)
	case "htmlfile":
		v.openPage(nil)
	default:
		v.poll()
	}
	v.watch = v.c.w.Now().Add(v.heartbeat)
	v.watchAfter(v.heartbeat)
}

func positive(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0
}

// known reports whether clients know these transports, each once.
func known(names []string) bool {
	all := " websocket flashsocket htmlfile xhr-polling jsonp-polling "
	for _, n := range names {
		if n == "" || !strings.Contains(all, " "+n+" ") {
			return false
		}
		all = strings.Replace(all, n+" ", "", 1)
	}
	return true
}

// watchAfter ends a client whose server is silent, as clients since 0.9.1 do.
func (v *rev1) watchAfter(d time.Duration) {
	v.c.w.AfterFunc(d, func() {
		if v.c.ended {
			return
		}
		if left := v.watch.Sub(v.c.w.Now()); left > 0 {
			v.watchAfter(left)
			return
		}
		v.c.end("heartbeat timeout", errLost)
	})
}

func (v *rev1) poll() {
	p := plan{method: "GET", target: v.target(v.kind+"/"+v.sid, true), header: v.c.opt.Header}
	if v.kind == "jsonp-polling" {
		v.nextScript(&p)
	}
	v.agent.do(&p, v.polled)
}

// polled takes the answer to a poll. The next one begins at once.
func (v *rev1) polled(r *Response, err error) {
	switch {
	case v.c.ended:
		return
	case err != nil:
		v.c.end("transport error", err)
		return
	case r.Status != 200:
		v.c.violated("poll answered with status %d: %q", r.Status, r.Body)
		return
	case v.kind == "jsonp-polling" && !v.runScript(r):
		return
	case v.kind != "jsonp-polling" && r.wrongHead(textUTF8) != "":
		v.c.violated("answer to a poll: %s", r.wrongHead(textUTF8))
		return
	case !utf8.Valid(r.Body):
		v.c.violated("answer to a poll is not UTF-8: %q", r.Body)
		return
	}
	v.receiveAll(r.Body)
	if !v.c.ended {
		v.poll()
	}
}

// receiveAll takes the packets of a payload.
func (v *rev1) receiveAll(body []byte) {
	for !v.c.ended {
		data, rest, err := payload.NextRev1(body)
		if err != nil {
			v.c.violated("payload %q: %v", body, err)
			return
		}
		v.receive(data)
		if len(rest) == 0 {
			return
		}
		body = rest
	}
}

// beats reports whether heartbeats have a place here.
func (v *rev1) beats() bool {
	return !v.polling() || v.c.host.beats
}

// pulse answers a heartbeat, past what is queued.
func (v *rev1) pulse() {
	switch {
	case v.c.opt.Mute:
	case v.ws != nil:
		v.sendNow([]byte("2::"))
	default:
		v.postNow([]byte("2::"), func(*Response, error) {})
	}
}

func (v *rev1) polling() bool { return v.kind == "xhr-polling" || v.kind == "jsonp-polling" }

// notHandshaken is the server's word for a session that it doesn't know.
const notHandshaken = "7:::1+0"

// receive takes a packet.
func (v *rev1) receive(data []byte) {
	v.watch = v.c.w.Now().Add(v.heartbeat)
	wrong := ""
	switch text := string(data); {
	case text == notHandshaken:
		v.c.end("transport error", &RefusedError{Message: "client not handshaken"})
	case text == "0::":
		v.booted()
	case text == "2::" && v.beats():
		v.pulse()
	case text == "8::" && v.polling():
	case text == "1::" && !v.connected:
		v.rooted()
	case text == "7:::2" && v.c.ns != "/": // refused at the root: "0::" follows
	case !v.connected && text != "7:::2":
		wrong = "it came before the connect packet"
	default:
		wrong = v.take(data)
	}
	if wrong != "" {
		v.c.violated("packet %q: %s", data, wrong)
	}
}

// rooted: the connect packet has come. Namespaces are asked for now.
func (v *rev1) rooted() {
	v.connected = true
	v.c.sockets["/"].opened("")
	if v.c.ns != "/" {
		v.join(v.c.Socket)
	}
	v.flush()
}

// booted: the server has closed the whole session.
func (v *rev1) booted() {
	switch {
	case v.closing:
		v.c.end("io client disconnect", nil)
	case v.connected:
		v.c.end("io server disconnect", io.EOF)
	default:
		v.c.end("io server disconnect", &RefusedError{Message: "unauthorized"})
	}
}

// send implements line; revision 1 has no attachments.
func (v *rev1) send(text []byte, _ [][]byte) {
	v.queue = append(v.queue, text)
	v.flush()
}

func (v *rev1) flush() {
	if !v.connected || v.c.ended || len(v.queue) == 0 {
		return
	}
	if v.ws != nil {
		for _, p := range v.queue {
			v.sendNow(p)
		}
		v.queue = nil
		return
	}
	if v.posting {
		return
	}
	v.posting = true
	body := payload.AppendRev1(nil, v.queue...)
	v.queue = nil
	v.postNow(body, v.posted)
}

func (v *rev1) postNow(body []byte, then func(*Response, error)) {
	p := plan{
		method: "POST", target: v.target(v.kind+"/"+v.sid, true), header: v.c.opt.Header,
		fields: []string{"Content-Type", "text/plain;charset=UTF-8"}, body: body,
	}
	if v.kind == "jsonp-polling" {
		p.fields[1], p.body = formType, appendForm(p.body)
	}
	v.agent.do(&p, then)
}

// sendNow sends a packet on the websocket.
func (v *rev1) sendNow(p []byte) {
	v.c.note('>', "text", p)
	v.ws.frame(wsproto.OpText, p)
}

func (v *rev1) posted(r *Response, err error) {
	v.posting = false
	switch {
	case v.c.ended:
	case err != nil:
		v.c.end("transport error", err)
	case r.wrongHead(textUTF8) != "":
		v.c.violated("answer to a POST: %s", r.wrongHead(textUTF8))
	case r.Status != 200:
		v.c.end("transport error", &RefusedError{Status: r.Status, Message: string(r.Body)})
	case string(r.Body) != "1":
		v.c.violated("answer to a POST: %q", r.Body)
	default:
		v.flush()
	}
}

// close implements line: a goodbye, which the server answers.
func (v *rev1) close() {
	if v.closing || v.c.ended {
		return
	}
	v.closing = true
	if !v.connected {
		v.c.end("io client disconnect", errLost)
		return
	}
	v.send([]byte("0::"), nil)
}

// wsOpen implements wsUser.
func (v *rev1) wsOpen(*websocket) {}

// wsText implements wsUser: over websocket each packet is a message.
func (v *rev1) wsText(_ *websocket, p []byte) {
	if data, rest, err := payload.NextRev1(p); err != nil || len(rest) > 0 || len(data) != len(p) {
		v.c.violated("websocket message %q is not one packet", p)
		return
	}
	v.receive(p)
}

// wsBinary implements wsUser.
func (v *rev1) wsBinary(_ *websocket, p []byte) { v.c.violated("binary message %q", p) }

// wsOver implements wsUser.
func (v *rev1) wsOver(_ *websocket, err error, no *Response) {
	switch {
	case no != nil:
		v.c.end("transport error", &RefusedError{Status: no.Status, Message: string(no.Body)})
	case v.closing:
		v.c.end("io client disconnect", nil)
	case err == io.EOF:
		v.c.end("transport close", err)
	default:
		v.c.end("transport error", err)
	}
}
