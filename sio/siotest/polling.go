package siotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/tornadio/tornadio/sio/internal/payload"
)

// Engine.IO 4 over polling: one GET waits for packets, one POST brings some.

const textUTF8 = "text/plain; charset=UTF-8"

// poll sends a GET.
func (e *engine) poll() {
	e.polling = true
	e.agent.do(&plan{method: "GET", target: e.target("polling"), header: e.c.opt.Header}, e.polled)
}

// polled takes its answer.
func (e *engine) polled(r *Response, err error) {
	e.polling = false
	switch {
	case e.c.ended:
		return
	case err != nil:
		e.c.end("transport error", err)
		return
	case r.Status != 200:
		e.refusedPoll(r)
		return
	}
	bytes := e.c.classic() && !e.c.opt.Base64 && !e.script && r.Header.Get("Content-Type") == "application/octet-stream"
	if wrong := r.wrongHead(textUTF8); wrong != "" && !bytes {
		e.c.violated("answer to a poll: %s", wrong)
		return
	}
	body := r.Body
	if e.script {
		body = e.unwrap(body)
	}
	switch {
	case bytes:
		e.takeClassic(body, true)
	case e.c.classic():
		if e.ascii(body) {
			e.takeClassic(body, false)
		}
	default:
		e.takeBody(body)
	}
	switch {
	case e.c.ended:
	case e.probe == probePausing:
		e.paused()
	default:
		e.poll()
	}
}

// ascii checks a body of text for a sio.Classic client: what is beyond ASCII
// is not read alike by 1.x and 2.x.
func (e *engine) ascii(body []byte) bool {
	if !payload.IsASCII(body) {
		e.c.violated("answer to a poll is not ASCII: %q", body)
		return false
	}
	return true
}

// takeBody takes the packets of an answer.
func (e *engine) takeBody(body []byte) {
	if !utf8.Valid(body) {
		e.c.violated("answer to a poll is not UTF-8: %q", body)
		return
	}
	for !e.c.ended && !e.c.w.broken {
		kind, binary, data, rest, err := payload.NextEIO4(body)
		if err != nil {
			e.c.violated("answer to a poll: %v", err)
			return
		}
		if binary {
			e.takeBase64(data)
		} else {
			e.receive(kind, data)
		}
		if len(rest) == 0 {
			return
		}
		if body = rest; e.told {
			e.c.violated("packets behind the close packet: %q", rest)
		}
	}
}

func (e *engine) takeBase64(data []byte) {
	b, err := payload.DecodeBase64(nil, data)
	switch {
	case err != nil || len(data)%4 != 0:
		e.c.violated("base64 %q: %v", data, err)
	case e.sid == "":
		e.c.violated("binary message before the open packet")
	default:
		e.binary(b)
	}
}

// engineErrors are the refusals of Engine.IO whose words are fixed.
var engineErrors = map[int]string{
	0: "Transport unknown",
	1: "Session ID unknown",
	2: "Bad handshake method",
	3: "Bad request",
	5: "Unsupported protocol version",
}

// refusedPoll: an error in JSON, whose code and status belong together.
func (e *engine) refusedPoll(r *Response) {
	if e.sid != "" && r.Status == 400 && len(r.Body) == 0 { // over misuse
		e.c.end("transport error", &RefusedError{Status: r.Status})
		return
	}
	var data struct {
		Code    *int
		Message string
	}
	wrong := r.wrongHead("application/json")
	if err := json.Unmarshal(r.Body, &data); err != nil || data.Code == nil {
		wrong = fmt.Sprintf("body %q", r.Body)
	}
	if wrong == "" {
		fixed, known := engineErrors[*data.Code]
		forbidden := *data.Code == 4 && r.Status == 403 && e.sid == ""
		if !forbidden && (!known || fixed != data.Message || r.Status != 400) {
			wrong = fmt.Sprintf("body %q", r.Body)
		}
	}
	if wrong != "" {
		e.c.violated("poll refused with status %d: %s", r.Status, wrong)
		return
	}
	e.c.end("transport error", &RefusedError{Status: r.Status, Message: data.Message})
}

// post sends what is queued, as much as one body may hold.
func (e *engine) post() {
	var body []byte
	n := 0
	for n < len(e.queue) {
		m := e.queue[n]
		var next []byte
		if m.binary {
			next = payload.AppendBinaryEIO4(body, n == 0, m.data)
		} else {
			next = payload.AppendEIO4(body, n == 0, m.kind, m.data)
		}
		if n > 0 && len(next) > e.open.MaxPayload {
			break
		}
		body = next
		n++
	}
	contentType := "text/plain;charset=UTF-8"
	if e.c.classic() {
		body, contentType = e.bodyClassic(e.queue[:n])
	}
	if e.script {
		body, contentType = form(body), "application/x-www-form-urlencoded"
	}
	last := e.queue[n-1].kind == payload.Close
	e.queue = e.queue[n:]
	e.posting = true
	p := plan{
		method: "POST", target: e.target("polling"), header: e.c.opt.Header, body: body,
		fields: []string{"Content-Type", contentType},
	}
	e.agent.do(&p, func(r *Response, err error) { e.posted(r, err, last) })
}

// posted takes the answer to a POST.
func (e *engine) posted(r *Response, err error, last bool) {
	e.posting = false
	switch {
	case e.c.ended:
		return
	case err != nil:
		e.c.end("transport error", err)
		return
	case r.Status == 413 && len(r.Body) == 0:
		e.c.end("transport error", &RefusedError{Status: r.Status})
		return
	case r.Status != 200:
		e.refusedPoll(r)
		return
	case !bytes.Equal(r.Body, []byte("ok")) || r.wrongHead("text/html") != "":
		e.c.violated("answer to a POST: %q, %v", r.Body, r.Header)
		return
	case last:
		e.c.end("io client disconnect", nil)
		return
	}
	if e.probe == probePausing {
		e.paused()
		return
	}
	e.flush()
}
