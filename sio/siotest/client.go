package siotest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/packet"
)

// Client describes a client. The zero value is one of 4.x over websocket that
// joins "/".
type Client struct {
	// Generation is sio.Modern (0 too), sio.Classic or sio.Legacy.
	Generation sio.Generation
	// Transport is "websocket" ("" too), "polling" (in revision 1 the same as
	// "xhr-polling"), in revision 1 also "flashsocket", "htmlfile" and
	// "jsonp-polling", or for later ones "jsonp", or "upgrade": polling, and from
	// there to websocket as soon as possible.
	Transport string
	// Base64 clients can't receive bytes ("b64=1"). Twice ones encode text in
	// UTF-8 twice, as 1.x does over polling, and 1.0 over websocket too; if they
	// can receive bytes they send nothing else, unless TextBodies is set, which
	// makes them clients of 1.7. For sio.Classic alone.
	Base64, Twice, TextBodies bool
	// Parser is the form of the client's packets, of 4.x, which has to be the
	// server's: see sio.Config.Parser.
	Parser sio.Parser
	// Namespace is the one that the client joins. "": "/".
	Namespace string
	// Auth is sent with the request to join: 4.x, an object, as JSON;
	// sio.Classic, an object of strings, as the namespace's query.
	Auth any
	// Query and Header go with every request.
	Query  url.Values
	Header http.Header
	// Server is whom to connect to. Nil: the world's latest one.
	Server *sio.Server
	// Deflate makes the client offer permessage-deflate, and compress all that
	// it sends where the server agrees; 4.x over websocket.
	Deflate bool
	// Mute clients don't answer heartbeats.
	Mute bool
	// OnEvent gets every event of Namespace as it comes, the first one too.
	OnEvent func(*Event)
}

// Conn is a client. The embedded Socket is its place in Client.Namespace.
type Conn struct {
	*Socket
	w       *World
	opt     Client
	host    *host
	query   string
	line    line
	ended   bool
	err     error
	code    uint16
	sockets map[string]*Socket
	links   []*ioloop.SimConn
	paused  bool
	born    time.Time
	number  int
	notes   []note
}

// line is a session with the server, of either generation.
type line interface {
	// begin makes the handshake.
	begin()
	// send queues a packet of Socket.IO, and its attachments behind it.
	send(text []byte, attachments [][]byte)
	// close says goodbye.
	close()
	// upgrade changes from polling to websocket.
	upgrade()
	// transport is the name of what carries the session.
	transport() string

	// In the words of the generation:
	join(s *Socket)
	event(s *Socket, name string, args packet.Args, attachments [][]byte, id int64)
	message(s *Socket, v any)
	reply(s *Socket, e *Event, args packet.Args, attachments [][]byte)
	leave(s *Socket)
}

// Connect makes a client and runs the world until it has joined its namespace
// or was refused: see [Socket.Err].
func (w *World) Connect(opt Client) *Conn {
	w.t.Helper()
	c := w.Dial(opt)
	w.run(c.settled, w.timeout)
	if !c.settled() {
		w.fatalf("%s has neither joined nor was it refused%s", c, c.story())
	}
	return c
}

// Dial makes a client that begins to connect. It does not run the world, so it
// can be used in callbacks too.
func (w *World) Dial(opt Client) *Conn {
	w.t.Helper()
	if opt.Namespace == "" {
		opt.Namespace = "/"
	}
	w.clients++
	c := &Conn{
		w: w, opt: opt, host: w.host(opt.Server), query: opt.Query.Encode(),
		sockets: make(map[string]*Socket), born: w.Now(), number: w.clients,
	}
	transport := opt.Transport
	if transport == "" {
		transport = "websocket"
	}
	switch {
	case opt.Generation == sio.Legacy && transport == "polling":
		c.line = newLegacy(c, "xhr-polling")
	case opt.Generation == sio.Legacy && known([]string{transport}):
		c.line = newLegacy(c, transport)
	case opt.Generation != sio.Legacy && (transport == "websocket" || transport == "polling" || transport == "jsonp" || transport == "upgrade"):
		c.line = newEngine(c, transport)
	default:
		w.fatalf("no client of generation %v has a transport %q", opt.Generation, opt.Transport)
	}
	c.Socket = c.newSocket(opt.Namespace, opt.Auth)
	c.OnEvent = opt.OnEvent
	if c.legacy() && opt.Namespace != "/" {
		c.newSocket("/", nil) // in which these clients are always
	}
	c.line.begin()
	return c
}

// String names the client in reports.
func (c *Conn) String() string {
	g := "4.x"
	if c.legacy() {
		g = "0.x"
	} else if c.classic() {
		g = "1.x/2.x"
	}
	return fmt.Sprintf("client %d (%s, %s)", c.number, g, c.line.transport())
}

func (c *Conn) classic() bool { return c.opt.Generation == sio.Classic }

func (c *Conn) legacy() bool { return c.opt.Generation == sio.Legacy }

// World is the world the client lives in.
func (c *Conn) World() *World { return c.w }

// Transport is what carries the client now: "websocket", "polling", or another
// one of revision 1.
func (c *Conn) Transport() string { return c.line.transport() }

// Ended reports whether the whole connection is over.
func (c *Conn) Ended() bool { return c.ended }

// CloseCode is the code of the server's websocket close frame: 1005 if it had
// none, 0 if none came.
func (c *Conn) CloseCode() int { return int(c.code) }

// Join asks for a further namespace and runs the world until that is joined or
// refused.
func (c *Conn) Join(namespace string, auth any) *Socket {
	c.w.t.Helper()
	s := c.StartJoin(namespace, auth)
	c.w.run(s.settled, c.w.timeout)
	if !s.settled() {
		c.w.fatalf("%s: namespace %q neither joined nor refused%s", c, namespace, c.story())
	}
	return s
}

// StartJoin is Join without waiting.
func (c *Conn) StartJoin(namespace string, auth any) *Socket {
	c.w.t.Helper()
	if s := c.sockets[namespace]; s != nil && s.live() {
		c.w.fatalf("%s is in namespace %q already", c, namespace)
	}
	s := c.newSocket(namespace, auth)
	if c.ended {
		s.close("transport close")
		return s
	}
	c.line.join(s)
	return s
}

// Upgrade begins to change a client of 4.x from polling to websocket. It does
// not wait; see Transport.
func (c *Conn) Upgrade() { c.line.upgrade() }

// Close leaves all namespaces and closes the connection, with the goodbyes of
// the protocol. It does not wait; see Ended.
func (c *Conn) Close() {
	if c.ended {
		return
	}
	for _, name := range sortedKeys(c.sockets) {
		c.sockets[name].goodbye()
	}
	c.line.close()
}

// Drop ends the client's connections without a goodbye, as a process that dies
// does.
func (c *Conn) Drop() {
	c.cut((*ioloop.SimConn).Close)
	c.end("transport close", errLost)
}

// Reset is Drop with a reset instead of an orderly end.
func (c *Conn) Reset() {
	c.cut((*ioloop.SimConn).Reset)
	c.end("transport close", errLost)
}

// Vanish makes the client disappear without a trace: nothing comes or goes any
// more, and the server is not told.
func (c *Conn) Vanish() {
	c.cut((*ioloop.SimConn).Vanish)
	c.end("transport close", errLost)
}

func (c *Conn) cut(how func(*ioloop.SimConn)) {
	for _, l := range c.links {
		l.OnData, l.OnClose = nil, nil
		how(l)
	}
	c.links = nil
}

// Pause has the client stop reading, or go on. What the server sends piles up
// there.
func (c *Conn) Pause(pause bool) {
	c.paused = pause
	for _, l := range c.links {
		l.Pause(pause)
	}
}

// dial opens a connection to the client's server.
func (c *Conn) dial() (*ioloop.SimConn, error) {
	l, err := c.w.sim.Dial("tcp", c.host.addr)
	if err != nil {
		return nil, err
	}
	if c.paused {
		l.Pause(true)
	}
	c.links = append(c.links, l)
	return l, nil
}

// unlink forgets a connection that has ended.
func (c *Conn) unlink(l *ioloop.SimConn) {
	for i, x := range c.links {
		if x == l {
			c.links = append(c.links[:i], c.links[i+1:]...)
			return
		}
	}
}

// end ends the client, whose connections are closed by then or not needed.
func (c *Conn) end(why string, err error) {
	if c.ended {
		return
	}
	c.ended = true
	if c.err == nil {
		c.err = err
	}
	c.note('=', "ended: "+why, nil)
	c.cut((*ioloop.SimConn).Close)
	for _, name := range sortedKeys(c.sockets) {
		c.sockets[name].close(why)
	}
}

// RefusedError says that the server let a client, or a socket, not in.
type RefusedError struct {
	Status  int             // of HTTP; 0 if it was told in Socket.IO's words
	Message string          // the server's
	Data    json.RawMessage // of a sio.RefusedError
}

// Error implements error.
func (e *RefusedError) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("siotest: refused with status %d: %s", e.Status, e.Message)
	}
	return "siotest: refused: " + e.Message
}
