package transport

import (
	"strconv"

	"github.com/valyala/bytebufferpool"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Form is how the bodies of a polling session of Engine.IO are written. The
// session's first request fixes it.
type Form struct {
	index int32 // of the function that JSONP answers call
	flags uint8
}

const (
	// formRev3: bodies of revision 3.
	formRev3 uint8 = 1 << iota
	// formBase64: "b64=1", the client can't receive bytes. It comes with every
	// request of JSONP.
	formBase64
	// formBytes: nothing but bytes. Browsers with clients up to 1.2 take no
	// other body once they can receive bytes.
	formBytes
	// formScript: JSONP.
	formScript
	// formOnce: the client has shown that it encodes text once, see
	// payload.DecodeTwice.
	formOnce
	// formNew: the client is too new to encode twice on a websocket.
	formNew
)

// FormOf reads the form from the query of a first request. It fails on a JSONP
// index that is none; the reference would answer with a script that can't be
// read.
func FormOf(rev session.Rev, query []byte) (f Form, ok bool) {
	if rev == session.Rev3 {
		f.flags = formRev3
	}
	if j, script := httpparse.QueryGet(query, "j"); script {
		if f.index, ok = functionIndex(j); !ok {
			return Form{}, false
		}
		f.flags |= formScript | formBase64
	}
	if Base64(query) {
		f.flags |= formBase64
	}
	switch t, stamped := httpparse.QueryGet(query, "t"); {
	case rev != session.Rev3 || !stamped:
	case !oldStamp(t):
		f.flags |= formNew
	case f.flags&formBase64 == 0:
		f.flags |= formBytes
	}
	return f, true
}

// Base64 reports whether a request says that its client can't receive bytes.
func Base64(query []byte) bool {
	v, ok := httpparse.QueryGet(query, "b64")
	return ok && len(v) > 0
}

// functionIndex keeps the digits of j, as the reference does: they are written
// into a script.
func functionIndex(j []byte) (index int32, ok bool) {
	const maxDigits = 9
	digits := 0
	var room [64]byte
	if plain, err := httpparse.Unescape(room[:0], j, true); err == nil {
		j = plain
	}
	for _, c := range j {
		if c-'0' > 9 {
			continue
		}
		if digits++; digits > maxDigits {
			return 0, false
		}
		index = index*10 + int32(c-'0')
	}
	return index, digits > 0
}

// oldStamp reports whether t is a time stamp of the clients up to 1.3: milliseconds
// and a count, 1400000000000-0. Later ones write it in characters of their own.
func oldStamp(t []byte) bool {
	n := 0
	for n < len(t) && t[n]-'0' <= 9 {
		n++
	}
	return n >= 13 && n < len(t)-1 && t[n] == '-'
}

// appendFunction appends the script of a JSONP answer.
func appendFunction(dst []byte, index int32, text []byte) []byte {
	dst = append(dst, "___eio["...)
	dst = strconv.AppendInt(dst, int64(index), 10)
	dst = append(dst, "]("...)
	dst = payload.AppendScriptString(dst, text, false)
	return append(dst, ");"...)
}

// receiveForm takes the body of a JSONP POST: the payload in the field "d". One
// without it brings nothing, as in the reference.
func (p *Polling) receiveForm(form []byte) error {
	raw, ok := httpparse.QueryGet(form, "d")
	if !ok {
		return nil
	}
	b := bytebufferpool.Get()
	defer bytebufferpool.Put(b)
	var err error
	if b.B, err = httpparse.Unescape(b.B[:0], raw, true); err != nil {
		return err
	}
	return p.receiveText(payload.FormText(b.B))
}
