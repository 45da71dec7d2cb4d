package siotest

import (
	"errors"
	"io"
	"strings"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// Raw is a connection to a server, in bytes: for tests of the protocol. All
// that waits runs the world and fails the test when nothing comes.
type Raw struct {
	w       *World
	conn    *ioloop.SimConn
	in      responses
	heads   []bool // requests on their way: HEAD or not
	frames  []Frame
	r       wsproto.Reader
	ws      bool
	body    string // of the last answer that Body took
	closed  bool
	err     error
	problem error // what came can't be read
}

// The operation codes of websocket frames.
const (
	Text       = 1
	Binary     = 2
	CloseFrame = 8
	Ping       = 9
	Pong       = 10
)

// Frame is a whole message of a websocket, or a control frame.
type Frame struct {
	Op      int
	Payload []byte
	Code    int // of a close frame; 1005 if it has none
}

// HTTP connects to the world's latest server.
func (w *World) HTTP() *Raw {
	w.t.Helper()
	return w.dialRaw(w.find(func(*host) bool { return true }))
}

// HTTPTo connects to a server.
func (w *World) HTTPTo(srv *sio.Server) *Raw {
	w.t.Helper()
	return w.dialRaw(w.host(srv))
}

func (w *World) dialRaw(h *host) *Raw {
	w.t.Helper()
	conn, err := w.sim.Dial("tcp", h.addr)
	if err != nil {
		w.fatalf("%v", err)
	}
	r := &Raw{w: w, conn: conn, r: wsproto.NewClientReader()}
	conn.OnData = r.data
	conn.OnClose = func(err error) { r.closed, r.err = true, err }
	return r
}

// Conn is the simulated connection, for faults.
func (r *Raw) Conn() *ioloop.SimConn { return r.conn }

// Write sends bytes as they are.
func (r *Raw) Write(p string) {
	r.w.t.Helper()
	if _, err := r.conn.Write([]byte(p)); err != nil {
		r.w.fatalf("write: %v", err)
	}
}

// Do sends a request and waits for its answer. fields are lines of its head
// ("Origin: x"); Host and Content-Length are added.
func (r *Raw) Do(method, target, body string, fields ...string) *Response {
	r.w.t.Helper()
	r.Send(method, target, body, fields...)
	return r.Response()
}

// Get is Do for GET.
func (r *Raw) Get(target string, fields ...string) *Response {
	r.w.t.Helper()
	return r.Do("GET", target, "", fields...)
}

// Send sends a request and does not wait.
func (r *Raw) Send(method, target, body string, fields ...string) {
	r.w.t.Helper()
	p := plan{method: method, target: target}
	if body != "" {
		p.body = []byte(body)
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ":")
		p.fields = append(p.fields, name, strings.TrimSpace(value))
	}
	r.heads = append(r.heads, method == "HEAD")
	r.Write(string(p.bytes()))
}

// Response waits for the next answer.
func (r *Raw) Response() *Response {
	r.w.t.Helper()
	resp := r.TryResponse()
	for resp == nil && !r.closed && r.problem == nil {
		had := len(r.in.buf)
		if !r.w.run(func() bool { return r.closed || len(r.in.buf) > had }, r.w.timeout) {
			break
		}
		resp = r.TryResponse()
	}
	if resp == nil && r.closed {
		resp = r.in.closed()
	}
	if resp == nil {
		r.w.fatalf("no answer (closed: %v %v; unreadable: %v; so far %q)", r.closed, r.err, r.problem, r.in.buf)
	}
	return resp
}

// TryResponse gives the next answer if it is there, else nil. It does not wait.
func (r *Raw) TryResponse() *Response {
	head := len(r.heads) > 0 && r.heads[0]
	resp, err := r.in.next(head)
	r.problem = err
	if resp != nil && len(r.heads) > 0 {
		r.heads = r.heads[1:]
	}
	return resp
}

// Upgrade makes a websocket handshake and waits for its answer. After a 101 the
// connection takes frames.
func (r *Raw) Upgrade(target string, fields ...string) *Response {
	r.w.t.Helper()
	key := newKey(r.w)
	up := upgradeFields(key)
	for i := 0; i < len(up); i += 2 {
		fields = append(fields, up[i]+": "+up[i+1])
	}
	resp := r.Get(target, fields...)
	if resp.Status != 101 {
		return resp
	}
	if got, want := resp.Header.Get("Sec-WebSocket-Accept"), string(wsproto.AppendAccept(nil, []byte(key))); got != want {
		r.w.fatalf("Sec-WebSocket-Accept is %q, not %q", got, want)
	}
	r.ws = true
	r.data(nil)
	return resp
}

// WriteFrame sends a whole message, or a control frame, masked as a client
// must.
func (r *Raw) WriteFrame(op int, payload string) {
	r.w.t.Helper()
	r.Write(string(appendFrame(nil, r.w, wsproto.Op(op), []byte(payload))))
}

// Frame waits for the next message or control frame. Pings are not answered by
// themselves.
func (r *Raw) Frame() Frame {
	r.w.t.Helper()
	r.w.run(func() bool { return len(r.frames) > 0 || r.closed || r.problem != nil }, r.w.timeout)
	if len(r.frames) == 0 {
		r.w.fatalf("no frame (closed: %v %v; unreadable: %v)", r.closed, r.err, r.problem)
	}
	f := r.frames[0]
	r.frames = r.frames[1:]
	return f
}

// Text waits for the next frame, which must be a text.
func (r *Raw) Text() string {
	r.w.t.Helper()
	f := r.Frame()
	if f.Op != Text {
		r.w.fatalf("frame with operation code %d and payload %q instead of a text", f.Op, f.Payload)
	}
	return string(f.Payload)
}

// Bytes are the bytes that came and were not taken as an answer or a frame.
func (r *Raw) Bytes() []byte { return r.in.buf }

// Skip takes n of them.
func (r *Raw) Skip(n int) { r.in.buf = r.in.buf[n:] }

// Body is what has come so far of the body of an answer that may never be
// whole; once it is, all of it, till the next begins.
func (r *Raw) Body() string {
	if resp := r.TryResponse(); resp != nil {
		r.body = string(resp.Body)
	}
	if r.in.cur == nil {
		return r.body
	}
	return string(r.in.cur.Body)
}

// Closed reports whether the server has closed the connection: io.EOF in
// order, ioloop.ErrReset by a reset.
func (r *Raw) Closed() (bool, error) { return r.closed, r.err }

// WaitClosed waits until the server has closed the connection in order.
func (r *Raw) WaitClosed() {
	r.w.t.Helper()
	r.w.run(func() bool { return r.closed }, r.w.timeout)
	if !r.closed || !errors.Is(r.err, io.EOF) {
		r.w.fatalf("the server has not closed the connection in order (closed: %v %v; so far %q)", r.closed, r.err, r.in.buf)
	}
}

// Close closes the connection from this side.
func (r *Raw) Close() { r.conn.Close() }

func (r *Raw) data(p []byte) {
	r.in.buf = append(r.in.buf, p...)
	if !r.ws || r.problem != nil {
		return
	}
	used, err := r.r.Read(r.in.buf, maxFrame, (*rawSink)(r))
	r.in.buf = r.in.buf[used:]
	r.problem = err
}

// rawSink keeps what a Raw reads as a websocket.
type rawSink Raw

func (r *rawSink) add(op int, p []byte, code uint16) bool {
	r.frames = append(r.frames, Frame{Op: op, Payload: append([]byte(nil), p...), Code: int(code)})
	return true
}

// OnText implements wsproto.Sink.
func (r *rawSink) OnText(p []byte) bool { return r.add(Text, p, 0) }

// OnBinary implements wsproto.Sink.
func (r *rawSink) OnBinary(p []byte) bool { return r.add(Binary, p, 0) }

// OnPing implements wsproto.Sink.
func (r *rawSink) OnPing(p []byte) bool { return r.add(Ping, p, 0) }

// OnPong implements wsproto.Sink.
func (r *rawSink) OnPong(p []byte) bool { return r.add(Pong, p, 0) }

// OnCloseFrame implements wsproto.Sink.
func (r *rawSink) OnCloseFrame(code uint16, reason []byte) bool {
	return r.add(CloseFrame, reason, code)
}
