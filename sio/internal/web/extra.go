package web

import (
	"net/http"

	"github.com/tornadio/tornadio/httpparse"
)

// extra is what few requests need: those of pages of other origins, and those
// for which an option or a hook has something to do. A connection has none
// while it rests.
type extra struct {
	fields []byte // lines that the answer gets, each with its CRLF
	again  bool   // the head is read a second time: it keeps what it has here

	asked   stage   // how far the application has been asked
	verdict error   // its answer at that stage, until it is taken
	asking  *asking // it is being asked
	held    *held   // a middleware's own answer
	id      string  // made by GenerateID

	request *http.Request // for the application: hooks, and middlewares' own
	why     string        // which of the bad requests it is, for OnRefused

}

// more is the request's extra.
func (w *Conn) more() *extra {
	if w.extra == nil {
		w.extra = new(extra)
	}
	return w.extra
}

// addField adds a line to the answer's head.
func (w *Conn) addField(name, value string) {
	x := w.more()
	x.fields = httpparse.AppendField(x.fields, name, value)
}

// extraFields are the lines that the request's answer gets besides its own.
func (w *Conn) extraFields() []byte {
	if w.extra == nil {
		return nil
	}
	return w.extra.fields
}

// addHeader adds the fields of a hook, but for those that an answer has of its
// own: a second one would break it.
func (w *Conn) addHeader(h http.Header) {
	for name, values := range h {
		switch name {
		case "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection", "Date",
			"Upgrade", "Sec-Websocket-Accept", "Sec-Websocket-Extensions", "Sec-Websocket-Protocol", "Cache-Control":
			continue
		}
		for _, v := range values {
			w.addField(name, v)
		}
	}
}
