package web

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// Answer implements transport.Exchange.
func (w *Conn) Answer(status int, contentType string, body []byte) {
	w.watcher = nil
	w.answer(status, contentType, body)
}

// Watch implements transport.Exchange.
func (w *Conn) Watch(g transport.Watcher) { w.watcher = g }

// finish answers the request in progress with a body of known length and turns
// to the next one.
func (w *Conn) finish(status int, contentType string, body []byte) {
	if w.phase == phaseOver {
		return
	}
	w.close = w.close || w.unread // else the body would be read as a request
	buf := ioloop.NewBuf()
	b := w.appendHead(buf.Bytes(), status, contentType)
	b = httpparse.AppendContentLength(b, int64(len(body)))
	b = append(b, "\r\n"...)
	if !w.head {
		b = append(b, body...)
	}
	buf.SetBytes(b)
	w.c.WriteBuf(buf, 0)
	w.next()
}

// next ends the request in progress.
func (w *Conn) next() {
	w.remote = nil
	if w.close || w.unread {
		w.phase = phaseOver
		w.sh.loop.StopTimer(&w.timer)
		w.c.CloseLinger()
		return
	}
	w.phase = phaseHead
	w.moved = false
	w.scanned = 0
	w.deadline(w.sh.front.cfg.IdleTimeout)
	w.c.SetHandler(w)
}

// appendHead appends all of an answer's head that does not depend on its body.
func (w *Conn) appendHead(b []byte, status int, contentType string) []byte {
	b = httpparse.AppendStatusLine(b, status)
	b = append(b, "Date: "...)
	b = append(b, w.sh.date.at(w.sh.loop.Now())...)
	b = append(b, "\r\n"...)
	if contentType != "" {
		b = httpparse.AppendField(b, "Content-Type", contentType)
	}
	if contentType == transport.Script || contentType == transport.HandshakeScript {
		// Old filters against injected scripts took the callback for one.
		b = append(b, "X-XSS-Protection: 0\r\n"...)
	}
	b = append(b, "Cache-Control: no-store\r\n"...)
	b = appendConnection(b, w.close, w.http10)
	return append(b, w.extraFields()...)
}

func appendConnection(b []byte, shut, http10 bool) []byte {
	switch {
	case shut:
		return append(b, "Connection: close\r\n"...)
	case http10:
		return append(b, "Connection: keep-alive\r\n"...)
	}
	return b
}

// refuse answers a Socket.IO request with an error.
func (w *Conn) refuse(status int, contentType, text string) {
	w.sh.front.hub.RefusedNow(w.sh.loop.Index(), status)
	w.finish(status, contentType, []byte(text))
}

// answerStatus refuses a request because of its body, with an empty answer as
// the Engine.IO reference gives.
func (w *Conn) answerStatus(err error) {
	status := 400
	var he *httpparse.Error
	if errors.As(err, &he) {
		status = he.Status
	}
	w.refuse(status, "", "")
}

// refuseEngine answers in the words of Engine.IO: JSON on polling; on a
// websocket handshake always 400 with the bare message, and the connection
// closes.
func (w *Conn) refuseEngine(code int, upgrade bool) {
	w.refuseText(code, engineMessage[code], upgrade)
}

var engineMessage = [...]string{
	0: "Transport unknown",
	1: "Session ID unknown",
	2: "Bad handshake method",
	3: "Bad request",
	4: "Forbidden",
	5: "Unsupported protocol version",
}

func (w *Conn) refuseText(code int, text string, upgrade bool) {
	if f := w.sh.front.cfg.OnRefused; f != nil {
		f(w.sh.loop.Index(), w.refused(code, text))
	}
	if upgrade {
		// No page reads this answer: the reference sends no further field.
		w.extra = nil
		w.close = true
		w.refuse(400, transport.HTML, text)
		return
	}
	status := 400
	if code == 4 {
		status = 403
	}
	w.refuse(status, transport.JSON, `{"code":`+strconv.Itoa(code)+`,"message":`+quoteJSON(text)+`}`)
}

// quoteJSON is text as JSON.stringify writes it: '<' and its kind as they are.
func quoteJSON(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string always can
	return strings.TrimSuffix(b.String(), "\n")
}

// lateAnswer is held back so that a client which repeats its request at once
// does not spin.
type lateAnswer struct {
	status      int
	contentType string
	body        []byte
}
