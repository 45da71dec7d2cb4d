package web

import (
	"errors"
	"sync"
	"time"

	"github.com/valyala/bytebufferpool"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// phase is where a connection stands with its current request.
type phase uint8

const (
	phaseHead   phase = iota // between requests, or a head is coming
	phaseBody                // the body of a POST to a session is coming
	phaseBusy                // a request waits for its answer
	phaseFull                // the next request waits until the peer has read its answers
	phaseMoving              // on the way to another loop
	phaseGiven               // a websocket has the connection
	phaseOver                // no further request: closing
)

// Conn is an HTTP connection: one request at a time, in order, the next one is
// not looked at before the answer. It is dropped when a websocket takes the
// connection over.
type Conn struct {
	c     *ioloop.Conn
	sh    *Shard
	timer ioloop.Timer
	phase phase

	moved   bool
	scanned int // bytes of a partial head that were searched for its end
	owed    int // bytes the peer had not read at the last look; 0: not looked at

	// The request in progress.
	close   bool              // close after the answer
	http10  bool              // answer keep-alive in words
	head    bool              // HEAD: the answer has no body
	unread  bool              // its body was announced and nobody has taken it
	coding  coding            // how a poll's answer may be compressed
	extra   *extra            // what few requests need
	watcher transport.Watcher // told when the peer goes before the answer
	remote  *remote           // the session lives on another loop
	serving *serving          // an ordinary request
	post    *post             // the body of a POST
	late    *lateAnswer       // an answer that is held back on purpose
}

// post is a body on its way to a session. Posts are reused.
type post struct {
	dec    httpparse.Body
	body   *bytebufferpool.ByteBuffer
	binary bool
	begun  bool
	to     postTarget
	engine enginePost // is to, for a session of Engine.IO on this loop
}

var posts = sync.Pool{New: func() any { return new(post) }}

// postTarget takes the body of a POST.
type postTarget interface {
	// postBegun: the body has not come whole with its head. False ends the
	// request, which has been answered.
	postBegun(w *Conn) bool
	// postReady: the body is whole. It is p's, and lent until this returns,
	// unless it is taken out of p.
	postReady(w *Conn, p *post)
	// postBroken: it never will be. lost says that the client broke it off;
	// else it was refused for its size.
	postBroken(lost bool)
}

// OnData implements ioloop.Handler.
func (w *Conn) OnData(_ *ioloop.Conn, data []byte) (used int) {
	for used < len(data) {
		n := w.step(data[used:])
		used += n
		if n == 0 {
			break
		}
	}
	if p := w.post; p != nil && !p.begun {
		p.begun = true
		if !p.to.postBegun(w) {
			w.post = nil
			p.done()
		}
	}
	return used
}

// step takes what it can of data; 0 says that it has to wait.
func (w *Conn) step(data []byte) int {
	switch w.phase {
	case phaseHead:
		return w.takeHead(data)
	case phaseBody:
		return w.takeBody(data)
	case phaseBusy:
		switch {
		case w.serving != nil && w.serving.body.open():
			return w.takeServedBody(data)
		case w.serving != nil && w.serving.body.broken:
			return len(data)
		}
		return w.wait(data)
	case phaseFull:
		return w.wait(data)
	}
	if w.phase == phaseOver {
		return len(data)
	}
	return 0 // what follows belongs to the next loop, or to the websocket
}

// wait leaves pipelined input for its turn, but not without bound.
func (w *Conn) wait(data []byte) int {
	limit := w.maxHead()
	if w.waits() {
		limit += limit + w.sh.front.cfg.MaxMessage // its own head, and the body
	}
	if len(data) > limit {
		w.c.Abort(errFlood)
	}
	return 0
}

var errFlood = errors.New("web: too much input behind an unanswered request")

func (w *Conn) maxHead() int { return w.sh.front.limits.MaxHead }

// takeHead waits for a whole head and begins its request.
func (w *Conn) takeHead(data []byte) int {
	if data[0] == '<' {
		if used, ok := w.takePolicy(data); ok {
			return used
		}
	}
	if w.scanned == 0 {
		if w.full() {
			return w.wait(data)
		}
		if err := httpparse.CheckStart(data); err != nil {
			w.malformed(err)
			return len(data)
		}
		w.deadline(w.sh.front.cfg.HeadTimeout)
	}
	end := httpparse.HeadEnd(data, w.scanned)
	if end < 0 && len(data) < w.maxHead() {
		w.scanned = len(data)
		return 0
	}
	w.scanned = 0
	req := &w.sh.req
	n, err := req.Parse(data, &w.sh.front.limits)
	if err != nil {
		w.malformed(err)
		return len(data)
	}
	w.begin(req)
	w.sh.loop.StopTimer(&w.timer)
	w.phase = phaseBusy
	if n = w.route(req, data[:n]); w.waits() {
		return 0
	}
	return n
}

// begin notes what the answer will need of the request.
func (w *Conn) begin(req *httpparse.Request) {
	w.close = req.Close
	w.http10 = req.KeepAlive10
	w.head = string(req.Method) == "HEAD"
	w.unread = req.Chunked || req.ContentLength > 0
	w.watcher = nil
	w.coding = 0
	if w.extra != nil && !w.extra.again {
		w.extra = nil
	} else if w.extra != nil {
		w.extra.again = false
	}
}

// malformed answers a request that can't be read, and closes.
func (w *Conn) malformed(err error) {
	status, text := 400, "Bad Request"
	var he *httpparse.Error
	if errors.As(err, &he) {
		status, text = he.Status, he.Reason
	}
	w.close, w.head, w.extra = true, false, nil
	w.phase = phaseBusy
	w.refuse(status, transport.TextUTF8, text)
}

// takeBody gathers the body of a POST.
func (w *Conn) takeBody(data []byte) int {
	p := w.post
	used := 0
	for !p.dec.Done() && used < len(data) {
		chunk, n, err := p.dec.Next(data[used:])
		if err != nil {
			w.badBody(err)
			return len(data)
		}
		p.body.B = append(p.body.B, chunk...)
		used += n
		if n == 0 {
			break
		}
	}
	if p.dec.Done() {
		w.sh.loop.StopTimer(&w.timer)
		w.post = nil
		w.phase = phaseBusy
		p.to.postReady(w, p)
		p.done()
	}
	return used
}

// startPost begins to gather a body for a session. It reports false if the
// request was answered because of its body's length.
func (w *Conn) startPost(req *httpparse.Request) (*post, bool) {
	p := posts.Get().(*post)
	p.binary = isBinary(req.Get("Content-Type"))
	if err := p.dec.Start(req, &w.sh.front.cfg.Limits); err != nil {
		p.done()
		w.close = true
		w.answerStatus(err)
		return nil, false
	}
	w.unread = false
	p.body = bytebufferpool.Get()
	if req.Expect100 && !p.dec.Done() {
		w.c.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n"))
	}
	return p, true
}

// await makes p the body that is coming.
func (w *Conn) await(p *post, to postTarget) {
	p.to = to
	if p.dec.Done() {
		to.postReady(w, p)
		p.done()
		return
	}
	w.post = p
	w.phase = phaseBody
	w.deadline(w.sh.front.cfg.BodyTimeout)
}

// badBody answers a POST whose chunks can't be read, or are too many. Only the
// latter leaves the session alone, as with a length announced (engine.io 6).
func (w *Conn) badBody(err error) {
	var he *httpparse.Error
	if !errors.As(err, &he) || he.Status != 413 {
		w.dropPost(true)
		w.malformed(err)
		return
	}
	w.dropPost(false)
	w.close = true
	w.phase = phaseBusy
	w.sh.loop.StopTimer(&w.timer)
	w.answerStatus(err)
}

// dropPost forgets a body that will never be whole.
func (w *Conn) dropPost(lost bool) {
	p := w.post
	w.post = nil
	p.to.postBroken(lost)
	p.done()
}

// done gives the body and p back.
func (p *post) done() {
	if p.body != nil {
		bytebufferpool.Put(p.body)
	}
	*p = post{}
	posts.Put(p)
}

func (w *Conn) deadline(d time.Duration) { w.sh.loop.StartTimer(&w.timer, d, w) }

// OnTimer implements ioloop.TimerHandler: a deadline passed.
func (w *Conn) OnTimer(*ioloop.Timer) {
	switch w.phase {
	case phaseHead:
		if w.scanned == 0 {
			w.phase = phaseOver
			w.c.Close()
			return
		}
		w.timeout()
	case phaseBody:
		w.dropPost(true)
		w.timeout()
	case phaseBusy:
		w.busyTimer()
	case phaseFull:
		w.checkReader()
	}
}

func (w *Conn) busyTimer() {
	switch {
	case w.waits():
		w.answered(w.extra.asking, errAskTimeout)
	case w.late != nil:
		l := w.late
		w.late = nil
		w.finish(l.status, l.contentType, l.body)
	case w.serving != nil:
		if b := w.serving.body; b.open() {
			b.broken = true
			b.end(errBodyTimeout)
			w.close = true
		}
		w.checkReader()
	}
}

func (w *Conn) timeout() {
	w.close, w.head = true, false
	w.phase = phaseBusy
	w.finish(408, transport.TextUTF8, []byte("Request Timeout"))
}

// OnWritable implements ioloop.Handler.
func (w *Conn) OnWritable(*ioloop.Conn) {
	w.owed = 0
	if w.serving != nil {
		w.serving.writer.drained()
	}
	if w.phase == phaseFull {
		w.next()
	}
}

// OnClose implements ioloop.Handler.
func (w *Conn) OnClose(_ *ioloop.Conn, err error) {
	w.sh.loop.StopTimer(&w.timer)
	w.phase = phaseOver
	if w.post != nil {
		w.dropPost(true)
	}
	w.gone()
	if w.serving != nil {
		w.serving.abandon()
		w.serving = nil
	}
}

// gone tells who waits to answer that nobody listens any more.
func (w *Conn) gone() {
	if w.waits() {
		w.extra.asking.cancel()
	}
	if g := w.watcher; g != nil {
		w.watcher = nil
		g.Gone(w)
	}
	if r := w.remote; r != nil {
		w.remote = nil
		r.peerGone()
	}
}
