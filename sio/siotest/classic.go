package siotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tornadio/tornadio/sio/internal/packet"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// What clients 1.x and 2.x (Engine.IO 3, protocol 4) do differently from later
// ones.

// beat pings the server, which has to answer in time.
func (e *engine) beat() {
	e.c.w.AfterFunc(e.interval(), func() {
		if e.c.ended || e.c.opt.Mute {
			return
		}
		e.control(payload.Ping, "")
		e.pings, e.pinged = e.pings+1, true
		n := e.pings
		e.c.w.AfterFunc(time.Duration(e.open.PingTimeout)*time.Millisecond, func() {
			if e.pinged && e.pings == n {
				e.c.end("ping timeout", errLost)
			}
		})
	})
}

func (e *engine) pong(data []byte) {
	if !e.pinged || len(data) > 0 {
		e.c.violated("pong packet %q, asked for: %v", data, e.pinged)
		return
	}
	e.pinged = false
	e.beat()
}

// frameClassic sends a packet on the websocket.
func (e *engine) frameClassic(m message) {
	switch {
	case !m.binary:
		text := payload.AppendEIO4(nil, true, m.kind, m.data)
		if e.c.opt.Twice {
			text = encodeTwice(text)
		}
		e.ws.frame(wsproto.OpText, text)
	case e.c.opt.Base64:
		e.ws.frame(wsproto.OpText, payload.AppendFrameBase64EIO3(nil, m.typed()))
	default:
		e.ws.frame(wsproto.OpBinary, m.typed())
	}
}

// typed is a binary message with its type in front.
func (m message) typed() []byte { return append([]byte{byte(m.kind)}, m.data...) }

// bodyClassic writes messages as a body.
func (e *engine) bodyClassic(ms []message) (body []byte, contentType string) {
	bytes := e.asBytes(ms)
	for _, m := range ms {
		text := payload.AppendEIO4(nil, true, m.kind, m.data)
		switch {
		case bytes && m.binary:
			body = payload.AppendBinaryEIO3(body, m.typed(), true)
		case bytes:
			body = payload.AppendBinaryEIO3(body, text, false)
		case m.binary:
			body = payload.AppendBase64EIO3(body, m.typed())
		default:
			if e.c.opt.Twice {
				text = encodeTwice(text)
			}
			body = strconv.AppendInt(body, int64(payload.UTF16Len(text)), 10)
			body = append(append(body, ':'), text...)
		}
	}
	if bytes {
		return body, "application/octet-stream"
	}
	return body, "text/plain;charset=UTF-8"
}

// asBytes reports whether the messages go as bytes: in old clients 1.x all do
// that can, in 1.7 and 2.x those with binary data among them.
func (e *engine) asBytes(ms []message) bool {
	if e.c.opt.Base64 || e.script {
		return false
	}
	return e.c.opt.Twice && !e.c.opt.TextBodies || slices.ContainsFunc(ms, func(m message) bool { return m.binary })
}

// encodeTwice is UTF-8 of which each byte is a character.
func encodeTwice(text []byte) (b []byte) {
	for _, c := range text {
		b = utf8.AppendRune(b, rune(c))
	}
	return b
}

// takeClassic takes the packets of an answer.
func (e *engine) takeClassic(body []byte, bytes bool) {
	next := payload.NextEIO3
	if bytes {
		next = payload.NextBinaryEIO3
	}
	for !e.c.ended && !e.c.w.broken {
		p, rest, err := next(body)
		if err != nil || p.None {
			e.c.violated("answer to a poll: %v", err)
			return
		}
		switch {
		case p.Base64:
			e.takeBase64(p.Data)
		case p.Binary && e.sid == "":
			e.c.violated("binary message before the open packet")
		case p.Binary:
			e.binary(p.Data)
		default:
			e.receive(p.Kind, p.Data)
		}
		if len(rest) == 0 {
			return
		}
		if body = rest; e.told {
			e.c.violated("packets behind the close packet: %q", rest)
		}
	}
}

// wsClassic takes a message of the websocket that carries the session.
func (e *engine) wsClassic(p []byte, text bool) {
	var kind payload.Kind
	var data []byte
	var err error
	binary := !text
	switch {
	case text && len(p) > 0 && p[0] == 'b':
		if kind, data, err = payload.SplitFrameEIO4(p[1:]); err == nil {
			data, err = payload.DecodeBase64(nil, data)
		}
		binary = true
	case text:
		if !payload.IsASCII(p) {
			e.c.violated("websocket message %q is not ASCII", p)
			return
		}
		kind, data, err = payload.SplitFrameEIO4(p)
	default:
		kind, data, err = payload.SplitBinaryEIO3(p)
	}
	switch {
	case err != nil, binary && (kind != payload.Message || e.sid == ""), binary && text != e.c.opt.Base64:
		e.c.violated("websocket message %q, %v", p, err)
	case binary:
		if !e.c.ended {
			e.binary(data)
		}
	default:
		e.receive(kind, data)
	}
}

// scriptHead is what a JSONP answer begins with.
const scriptHead = "___eio[7]("

// unwrap takes the payload out of a JSONP answer.
func (e *engine) unwrap(body []byte) []byte {
	text, ok := bytes.CutPrefix(body, []byte(scriptHead))
	text, end := bytes.CutSuffix(text, []byte(");"))
	var s string
	if !ok || !end || json.Unmarshal(text, &s) != nil || bytes.ContainsAny(text, "\u2028\u2029") {
		e.c.violated("answer to a poll is not the script asked for: %q", body)
	}
	return []byte(s)
}

// form is a body as a JSONP form, escaped as the clients do.
func form(body []byte) []byte {
	body = bytes.ReplaceAll(body, []byte(`\n`), []byte("\\\n"))
	body = bytes.ReplaceAll(body, []byte("\n"), []byte(`\n`))
	return []byte("d=" + url.QueryEscape(string(body)))
}

// joinClassic asks for a namespace; what the client gives as Auth goes into its
// query.
func (m *modern) joinClassic(s *Socket) {
	if s.ns == "/" {
		return // in which it is unasked
	}
	var fields map[string]string
	data, err := json.Marshal(s.auth)
	if err == nil {
		err = json.Unmarshal(data, &fields)
	}
	if err != nil {
		m.c.w.errorf("Auth of a client 1.x or 2.x: %v, it has to be an object of strings", err)
		return
	}
	p := packet.Packet{Type: packet.Connect, Namespace: []byte(s.ns)}
	query := url.Values{}
	for k, v := range fields {
		query.Set(k, v)
	}
	p.Query = []byte(query.Encode())
	m.write(&p, nil)
}

// msgpackText is a packet that socket.io-msgpack-parser 2 writes as text.
func msgpackText(p *packet.Packet) []byte {
	fields := map[string]any{"type": p.Type, "nsp": string(p.Namespace)}
	if len(p.Query) > 0 {
		fields["query"] = string(p.Query)
		fields["nsp"] = string(p.Namespace) + "?" + string(p.Query)
	}
	text, _ := json.Marshal(fields)
	return text
}

// msgpackClassic is any other packet of that parser: the types of binary
// packets stay what they are.
func msgpackClassic(p *packet.Packet, attachments [][]byte) []byte {
	b := packet.AppendMsgpack(nil, p, attachments)
	if len(attachments) > 0 { // a map with its type first
		i := bytes.Index(b, []byte("\xa4type")) + len("\xa4type")
		b[i] = byte(p.Type)
	}
	return b
}

func (m *modern) takeJoiningClassic(s *Socket, p *packet.Packet) (wrong string) {
	switch p.Type {
	case packet.Connect:
		if len(p.Data) > 0 || len(p.Query) > 0 {
			return fmt.Sprintf("its data is %q", p.Data)
		}
		id := m.c.line.(*engine).sid
		if s.ns != "/" {
			id = s.ns + "#" + id
		}
		s.opened(id)
	case packet.ConnectError:
		var message string
		if json.Unmarshal(p.Data, &message) == nil {
			s.refusedWith(message, nil)
		} else {
			s.refusedWith("", p.Data)
		}
	default:
		return "it came before the namespace was joined"
	}
	return ""
}
