package siotest

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// jsonp-polling of revision 1: an answer to a poll is a script that calls
// io.j[i], a POST is a form.

const (
	scriptType = "text/javascript; charset=UTF-8"
	formType   = "application/x-www-form-urlencoded"
)

// nextScript makes the next callback the poll's.
func (v *rev1) nextScript(p *plan) {
	v.script++
	p.target += "&i=" + strconv.Itoa(v.script)
}

// runScript makes the payload of the script in an answer the answer's body, and
// reports whether it is one.
func (v *rev1) runScript(r *Response) bool {
	if wrong := r.wrongHead(scriptType); wrong != "" {
		v.c.violated("answer to a poll: %s", wrong)
		return false
	}
	text, ok := scriptText(r.Body, v.script)
	if !ok {
		v.c.violated("answer to a poll is not a script that calls io.j[%d] with a string: %q", v.script, r.Body)
		return false
	}
	r.Body = []byte(text)
	return true
}

// scriptText is what a script hands to the callback of that index. What ends a
// line of a script before ES2019 must not stand in it.
func scriptText(script []byte, index int) (text string, ok bool) {
	lit, ok := strings.CutPrefix(string(script), "io.j["+strconv.Itoa(index)+"](")
	if lit, ok2 := strings.CutSuffix(lit, ");"); ok && ok2 && !strings.ContainsAny(lit, "\u2028\u2029") {
		return text, json.Unmarshal([]byte(lit), &text) == nil
	}
	return "", false
}

// appendForm makes a form of a payload, as clients since 0.8.6 do.
func appendForm(payload []byte) []byte {
	lit, _ := json.Marshal(string(payload)) // a string always can be
	return []byte("d=" + url.QueryEscape(string(lit)))
}
