package transport

import (
	"github.com/valyala/bytebufferpool"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// HTMLFile is the endless page of revision 1, for Internet Explorer: the answer
// to one GET in a frame of the page, a <script> for each payload. The client's
// packets come by POST.
//
// The page can't grow for ever: the browser keeps what it has read. Past
// MaxStream bytes its last script has the frame load itself again, and the
// answer ends. The client knows nothing of that, and till the next GET what is
// queued waits in the session, as between two polls.
type HTMLFile struct {
	conn  *ioloop.Conn // nil between two answers
	s     *session.Session
	next  Acceptor     // who takes the connection after the answer; nil: nobody, it closes
	timer ioloop.Timer // PollDuration to the next comment, or CloseTimeout to the next GET
	sent  int          // bytes of the page
	plain bool         // not chunked: HTTP/1.0
	aside bool
	// booted: "0::" was sent, the client is to stay away.
	booted bool
}

// Acceptor makes the handler of an HTTP connection.
type Acceptor interface {
	Accept(c *ioloop.Conn) ioloop.Handler
}

// The parts of the page. Internet Explorer begins to read after 256 bytes.
const (
	htmlFileHead = "<html><body><script>var _ = function (msg) { parent.s._(msg, document); };</script>" +
		spaces16 + spaces16 + spaces16 + spaces16 + spaces16 + spaces16 + spaces16 + spaces16 + spaces16 + spaces16 + spaces16
	htmlFileComment = "<!-- -->"
	htmlFileReload  = "<script>location.replace(location.href);</script>"

	spaces16 = "                "
)

// maxBehindStream bounds what a client may send behind the GET that is being
// answered.
const maxBehindStream = 16 << 10

// NewHTMLFile makes the htmlfile transport of s. Open follows.
func NewHTMLFile(s *session.Session) *HTMLFile { return &HTMLFile{s: s} }

// Open begins a page on c, the head of whose answer has been written, and makes
// itself its handler. plain says that the body is not chunked; next takes the
// connection after it, nil if it is to close.
func (h *HTMLFile) Open(c *ioloop.Conn, plain bool, next Acceptor) {
	h.conn, h.plain, h.next, h.sent = c, plain, next, 0
	c.SetHandler(h)
	h.write(htmlFileHead)
}

// Resting reports whether the link waits for its next GET.
func (h *HTMLFile) Resting() bool { return h.conn == nil && !h.aside }

// write appends to the page.
func (h *HTMLFile) write(text string) {
	b := bytebufferpool.Get()
	b.B = append(b.B, text...)
	h.writeBytes(b.B)
	bytebufferpool.Put(b)
}

func (h *HTMLFile) writeBytes(p []byte) {
	h.sent += len(p)
	m := h.s.Manager()
	m.Loop().StartTimer(&h.timer, m.Config().PollDuration, h)
	if h.plain {
		h.conn.Write(p)
		return
	}
	buf := ioloop.NewBuf()
	buf.SetBytes(httpparse.AppendChunk(buf.Bytes(), p))
	h.conn.WriteBuf(buf, 0)
}

// AppendHTMLScript appends the piece of a page that hands text to the client.
func AppendHTMLScript(dst, text []byte) []byte {
	dst = append(dst, "<script>_("...)
	dst = payload.AppendScriptString(dst, text, true)
	return append(dst, ");</script>"...)
}

// AppendHTMLPage appends a whole page that says no more than text.
func AppendHTMLPage(dst, text []byte) []byte {
	return AppendHTMLScript(append(dst, htmlFileHead...), text)
}

// Send implements session.Link.
func (h *HTMLFile) Send(ms []session.Message) {
	for _, m := range ms {
		h.booted = h.booted || string(m.Payload()) == "0::"
	}
	text, page := bytebufferpool.Get(), bytebufferpool.Get()
	text.B = appendPayloadRev1(text.B, ms)
	page.B = AppendHTMLScript(page.B, text.B)
	h.writeBytes(page.B)
	bytebufferpool.Put(text)
	bytebufferpool.Put(page)
	h.bound()
}

// bound has the client begin a new page when this one is too long.
func (h *HTMLFile) bound() {
	m := h.s.Manager()
	if h.sent >= m.Config().MaxStream && h.s.Open() {
		h.write(htmlFileReload)
		h.finish()
		m.Loop().StartTimer(&h.timer, m.Config().CloseTimeout, h)
	}
}

// finish ends the answer; the connection goes on with the next request.
func (h *HTMLFile) finish() {
	c := h.conn
	h.conn = nil
	h.s.Manager().Loop().StopTimer(&h.timer)
	if !h.plain {
		c.Write(httpparse.AppendLastChunk(nil))
	}
	if h.next == nil {
		c.CloseLinger()
		return
	}
	c.SetHandler(h.next.Accept(c))
}

// OnTimer implements ioloop.TimerHandler: nothing was said for PollDuration,
// and a comment keeps what lies between from taking the stream for dead; or no
// GET came for CloseTimeout.
func (h *HTMLFile) OnTimer(*ioloop.Timer) {
	if h.conn == nil {
		h.s.Lost(h, session.PingTimeout, nil)
		return
	}
	h.write(htmlFileComment)
	h.bound()
}

// OnData implements ioloop.Handler: a request behind one that is still being
// answered waits.
func (h *HTMLFile) OnData(c *ioloop.Conn, data []byte) int {
	if c != h.conn {
		return len(data)
	}
	if len(data) > maxBehindStream {
		c.Abort(errBehindStream)
	}
	return 0
}

// OnWritable implements ioloop.Handler.
func (h *HTMLFile) OnWritable(c *ioloop.Conn) {
	if c == h.conn && !h.aside {
		h.s.Flush()
	}
}

// OnClose implements ioloop.Handler.
func (h *HTMLFile) OnClose(c *ioloop.Conn, _ error) {
	if c == h.conn {
		h.conn = nil
		h.s.Manager().Loop().StopTimer(&h.timer)
		if !h.aside {
			h.s.Lost(h, session.TransportClose, nil)
		}
	}
}

// Ready implements session.Link.
func (h *HTMLFile) Ready() bool { return h.conn != nil && !h.conn.Congested() }

// Backlog implements session.Link.
func (h *HTMLFile) Backlog() int {
	if h.conn == nil {
		return 0
	}
	return h.conn.Backlog()
}

// Polling implements session.Polled: between two pages the session waits as
// one does between two polls.
func (h *HTMLFile) Polling() bool { return h.conn == nil }

// Name implements session.Link.
func (h *HTMLFile) Name() string { return NameHTMLFile }

// SetAside implements session.Asider.
func (h *HTMLFile) SetAside() bool {
	h.aside = true
	h.s.Manager().Loop().StopTimer(&h.timer)
	return h.conn != nil
}

// Close implements session.Link. The client does not notice the end of a page:
// one that is not to stay away is told to make a new handshake.
func (h *HTMLFile) Close(how session.Closing) {
	if h.conn == nil {
		h.s.Manager().Loop().StopTimer(&h.timer)
		return
	}
	if !h.aside && !h.booted && how != session.ClosePeer {
		r := session.Reconnect()
		b := bytebufferpool.Get()
		b.B = AppendHTMLScript(b.B, r.Payload())
		h.writeBytes(b.B)
		bytebufferpool.Put(b)
		r.Buf.Release()
	}
	h.finish()
}
