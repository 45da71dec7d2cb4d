package siotest

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/tornadio/tornadio/ioloop"
)

// htmlfile of revision 1: one answer without end, a page whose scripts hand
// over payloads. A page that loads itself again is fetched again.

// page is the client's end of it.
type page struct {
	v     *rev1
	conn  *ioloop.SimConn
	in    responses
	begun bool // the head and the prologue are read
	taken int  // bytes of the body that were read
	again bool // the page loads itself again
}

const (
	pageHead    = "<html><body><script>var _ = function (msg) { parent.s._(msg, document); };</script>"
	pageComment = "<!-- -->"
	pageReload  = "<script>location.replace(location.href);</script>"
	pageParsed  = 256 // bytes that Internet Explorer wants before it reads
	pageType    = "text/html; charset=UTF-8"
)

// openPage fetches the page, over the connection of the last one if that is
// still open.
func (v *rev1) openPage(conn *ioloop.SimConn) {
	g := &page{v: v, conn: conn}
	if conn == nil {
		var err error
		if g.conn, err = v.c.dial(); err != nil {
			v.c.w.AfterFunc(0, func() { v.c.end("transport error", err) })
			return
		}
	}
	g.conn.OnData, g.conn.OnClose = g.data, g.closed
	p := plan{method: "GET", target: v.target("htmlfile/"+v.sid, true), header: v.c.opt.Header}
	v.c.note('>', "GET "+p.target+" (htmlfile)", nil)
	if _, err := g.conn.Write(p.bytes()); err != nil {
		v.c.w.AfterFunc(0, func() { g.closed(err) })
	}
}

func (g *page) data(p []byte) {
	c := g.v.c
	g.in.buf = append(g.in.buf, p...)
	whole, err := g.in.next(false)
	r := whole
	if r == nil {
		r = g.in.cur
	}
	switch {
	case err != nil:
		c.violated("unreadable page: %v", err)
		return
	case r == nil:
		return
	case r.Status != 200 || r.Header.Get("Content-Type") != pageType || r.Header.Get("Cache-Control") != "no-store":
		c.violated("page answered with status %d, %v", r.Status, r.Header)
		return
	}
	g.read(r.Body)
	if whole == nil || c.ended {
		return
	}
	if !g.again {
		c.violated("the page ended without a word: %q", r.Body)
		return
	}
	conn := g.conn
	if r.Header.Get("Connection") == "close" {
		g.drop()
		conn = nil
	}
	g.v.openPage(conn)
}

// read takes what is new and whole in the page.
func (g *page) read(body []byte) {
	rest := string(body[g.taken:])
	if !g.begun {
		if len(rest) < pageParsed {
			return
		}
		if !strings.HasPrefix(rest, pageHead) {
			g.v.c.violated("the page begins with %q", rest)
			return
		}
		g.begun = true
		rest = rest[len(pageHead):]
	}
	for !g.v.c.ended && !g.again {
		rest = strings.TrimLeft(rest, " ")
		n := g.element(rest)
		if n == 0 {
			break
		}
		rest = rest[n:]
	}
	g.taken = len(body) - len(rest)
	if g.again && rest != "" {
		g.v.c.violated("behind the last script of a page: %q", rest)
	}
}

// element takes one script or comment; 0 says that it is not whole.
func (g *page) element(rest string) (n int) {
	const open, end = "<script>_(", ");</script>"
	if strings.HasPrefix(rest, pageComment) {
		return len(pageComment)
	}
	at := strings.Index(rest, "</script>")
	if at < 0 {
		return 0
	}
	script := rest[:at+len("</script>")]
	var text string
	switch {
	case script == pageReload:
		g.again = true
	case strings.HasPrefix(script, open) && strings.HasSuffix(script, end) &&
		json.Unmarshal([]byte(script[len(open):len(script)-len(end)]), &text) == nil:
		g.v.c.note('<', "script", []byte(text))
		// Clients since 0.9.15 undo an escape that the page need not have.
		g.v.receiveAll([]byte(strings.ReplaceAll(text, `\/`, "/")))
	default:
		g.v.c.violated("script %q", script)
	}
	return len(script)
}

func (g *page) drop() {
	g.conn.OnData, g.conn.OnClose = nil, nil
	g.conn.Close()
	g.v.c.unlink(g.conn)
}

// closed: the connection ended, of which the client of a page learns nothing;
// here it does, so that tests need not wait.
func (g *page) closed(err error) {
	g.conn.OnData, g.conn.OnClose = nil, nil
	if err == io.EOF {
		g.conn.Close()
	}
	g.v.c.unlink(g.conn)
	if err == nil || errors.Is(err, io.EOF) {
		err = errLost
	}
	g.v.c.end("transport error", err)
}
