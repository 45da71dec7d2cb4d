package transport

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/valyala/bytebufferpool"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// JSONP is jsonp-polling of revision 1: each poll is a script of the page, and
// each POST a form whose answer goes to a hidden frame. Every poll must be
// answered by a script that calls the function: after one that does not the
// client polls no more.
type JSONP struct{ poll1 }

// NewJSONP makes the jsonp-polling transport of s.
func NewJSONP(s *session.Session) *JSONP { return &JSONP{poll1{s: s, script: true}} }

// Poll takes a GET, whose script calls the function of that index.
func (p *JSONP) Poll(x Exchange, index int64) { p.hold(x, index) }

// Name implements session.Link.
func (p *JSONP) Name() string { return NameJSONP }

// ScriptIndex reads the index of a client's callback (the parameters i and
// jsonp). It consists of digits alone: it is written into a script.
func ScriptIndex(raw []byte) (index int64, ok bool) {
	const maxDigits = 15
	if len(raw) == 0 || len(raw) > maxDigits {
		return 0, false
	}
	for _, c := range raw {
		if c < '0' || c > '9' {
			return 0, false
		}
		index = index*10 + int64(c-'0')
	}
	return index, true
}

// AppendScript appends the script that hands text to the function.
func AppendScript(dst []byte, index int64, text []byte) []byte {
	dst = appendCall(dst, index)
	dst = payload.AppendScriptString(dst, text, false)
	return append(dst, ");"...)
}

// AppendScriptError appends the script that hands the function an Error, which
// is how a client learns of a refusal: it never sees the status of a script.
func AppendScriptError(dst []byte, index int64, text string) []byte {
	dst = append(appendCall(dst, index), "new Error("...)
	dst = payload.AppendScriptString(dst, []byte(text), false)
	return append(dst, "));"...)
}

func appendCall(dst []byte, index int64) []byte {
	dst = append(dst, "io.j["...)
	dst = strconv.AppendInt(dst, index, 10)
	return append(dst, "]("...)
}

func answerScript(x Exchange, index int64, text []byte) {
	b := bytebufferpool.Get()
	b.B = AppendScript(b.B, index, text)
	x.Answer(200, Script, b.B)
	bytebufferpool.Put(b)
}

// PostJSONP is PostRev1 for a form. One without the field "d" is answered 400,
// and the session goes on.
func PostJSONP(s *session.Session, x Exchange, form []byte) {
	b := bytebufferpool.Get()
	defer bytebufferpool.Put(b)
	body, ok := readForm(b.B, form)
	if !ok {
		x.Answer(400, TextUTF8, []byte("No field d in the form"))
		return
	}
	if body != nil {
		b.B = body[:0] // it may have grown
	}
	PostRev1(s, x, body)
}

// readForm gives the payload in a form, decoded to dst's memory or its own.
// Clients from 0.8.6 send a JSON string, since browsers turn each LF of a form
// into CRLF. Earlier ones send the text itself, with lengths from before that;
// there it is undone. No packet starts with a quote.
func readForm(dst, form []byte) (body []byte, ok bool) {
	raw, ok := httpparse.QueryGet(form, "d")
	if !ok {
		return nil, false
	}
	text, err := httpparse.Unescape(dst, raw, true)
	if err != nil {
		return nil, false
	}
	if len(text) == 0 || text[0] != '"' {
		return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), true
	}
	var s string
	if json.Unmarshal(text, &s) != nil {
		return nil, false
	}
	return append(text[:0], s...), true
}
