package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
)

// ErrScript is a script that can't be read.
var ErrScript = errors.New("script: bad answer")

// Script is what a JSONP answer says: io.j[0]("…"); or ___eio[0]("…");
func Script(b []byte) ([]byte, error) {
	open := bytes.IndexByte(b, '(')
	if open < 0 || !bytes.HasSuffix(b, []byte(");")) {
		return nil, ErrScript
	}
	return unquote(b[open+1 : len(b)-2])
}

// The scripts of an htmlfile page.
const (
	pageBegin = "<script>_("
	pageEnd   = ");</script>"
)

// NextScript is what the first whole script of a page says, and what follows
// it; nil if there is no whole one, and then rest is where to go on.
func NextScript(b []byte) (payload, rest []byte, err error) {
	begin := bytes.Index(b, []byte(pageBegin))
	if begin < 0 {
		return nil, b[max(0, len(b)-len(pageBegin)+1):], nil
	}
	b = b[begin:]
	// No text holds the end: the slash is escaped in it.
	end := bytes.Index(b, []byte(pageEnd))
	if end < 0 {
		return nil, b, nil
	}
	payload, err = unquote(b[len(pageBegin):end])
	return payload, b[end+len(pageEnd):], err
}

func unquote(b []byte) ([]byte, error) {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return nil, ErrScript
	}
	return []byte(text), nil
}

// AppendForm appends the form in which JSONP posts a payload. Revision 1 quotes
// it, so that browsers leave its line ends alone; Engine.IO doubles the
// backslash of an escaped one instead.
func (p Proto) AppendForm(dst, payload []byte) []byte {
	text := string(payload)
	if p == Rev1 {
		quoted, _ := json.Marshal(text) // of a string
		text = string(quoted)
	} else {
		text = string(bytes.ReplaceAll(payload, []byte(`\n`), []byte(`\\n`)))
	}
	return append(append(dst, "d="...), url.QueryEscape(text)...)
}
