package transport

import (
	"errors"
	"unicode/utf8"

	"github.com/valyala/bytebufferpool"

	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// Revision 3 of Engine.IO: how its bodies and frames differ from those of
// revision 4. A binary message of it begins with its type as a byte.

// receiveEIO3 takes the packets of a body. A fault loses those behind it.
func (p *Polling) receiveEIO3(body []byte, binary bool) error {
	next := payload.NextEIO3
	if binary {
		next = payload.NextBinaryEIO3
	}
	for {
		q, rest, err := next(body)
		if err != nil || q.None {
			return err
		}
		switch {
		case q.Base64:
			err = p.receiveBase64(q.Kind, q.Data)
		case q.Binary:
			p.s.Receive(q.Kind, q.Data, true)
		case binary:
			if !utf8.Valid(q.Data) {
				return errText
			}
			p.s.Receive(q.Kind, q.Data, false)
		default:
			p.receiveOnceOrTwice(q.Kind, q.Data)
		}
		if err != nil || len(rest) == 0 {
			return err
		}
		body = rest
	}
}

// receiveOnceOrTwice takes a text that a client 1.x would have encoded in UTF-8
// twice; it is looked for until a text has come which is encoded once. Of those
// which can send bytes, old ones never send text; but 1.7 sends bytes only in
// bodies that hold binary data, as 2.x does.
func (p *Polling) receiveOnceOrTwice(kind payload.Kind, data []byte) {
	if p.flags&formOnce != 0 {
		p.s.Receive(kind, data, false)
		return
	}
	b := bytebufferpool.Get()
	defer bytebufferpool.Put(b)
	data, once := onceOrTwice(b, data)
	if once {
		p.flags |= formOnce
	}
	p.s.Receive(kind, data, false)
}

// onceOrTwice gives the text that a client meant, in b's memory if it has to be
// decoded; once says that this client never encodes twice.
func onceOrTwice(b *bytebufferpool.ByteBuffer, text []byte) (meant []byte, once bool) {
	out, twice, once := payload.DecodeTwice(b.B[:0], text)
	b.B = out
	if twice {
		return out, false
	}
	return text, once
}

// EncodesOnce reports whether the client is known not to encode the texts of a
// websocket twice: it is too new, or has shown so.
func (p *Polling) EncodesOnce() bool { return p.flags&(formOnce|formNew) != 0 }

// onEIO3 takes a message of a websocket.
func (w *WebSocket) onEIO3(p []byte, text bool) bool {
	b := bytebufferpool.Get()
	defer bytebufferpool.Put(b)
	if text && !w.once {
		p, w.once = onceOrTwice(b, p)
		if len(b.B) > 0 {
			w.take(splitText(p))
			return !w.done
		}
	}
	kind, data, binary, err := frameEIO3(b.B[:0], p, text)
	w.take(kind, data, binary, err)
	return !w.done
}

// splitText is frameEIO3 for a text that is no base64.
func splitText(p []byte) (kind payload.Kind, data []byte, binary bool, err error) {
	kind, data, err = payload.SplitFrameEIO4(p)
	return kind, data, false, err
}

// appendEIO3 appends the messages as one body and releases them. bytes says
// that it is in the binary form, which a body with binary data takes if the
// client can receive it.
func (p *Polling) appendEIO3(dst []byte, ms []session.Message) (body []byte, bytes bool) {
	bytes = p.flags&formBytes != 0
	for _, m := range ms {
		bytes = bytes || m.Binary && p.flags&formBase64 == 0
	}
	for _, m := range ms {
		switch {
		case bytes:
			dst = payload.AppendBinaryEIO3(dst, m.Payload(), m.Binary)
		case m.Binary:
			dst = payload.AppendBase64EIO3(dst, m.Payload())
		default:
			dst = payload.AppendEIO3(dst, m.Payload())
		}
		m.Buf.Release()
	}
	return dst, bytes
}

// inBase64 is a binary message for a websocket with "b64=1", whose frames are
// all text. It takes over the reference.
func inBase64(m session.Message) session.Message {
	b := bytebufferpool.Get()
	var room [session.Headroom]byte
	b.B = payload.AppendFrameBase64EIO3(append(b.B[:0], room[:]...), m.Payload())
	text := session.NewMessage(b.B, false)
	bytebufferpool.Put(b)
	m.Buf.Release()
	return text
}

var errKind = errors.New("transport: malformed packet")

// frameEIO3 takes a message of a websocket apart. Base64 is decoded into dst's
// memory, or its own.
func frameEIO3(dst, p []byte, text bool) (kind payload.Kind, data []byte, binary bool, err error) {
	switch {
	case !text:
		kind, data, err = payload.SplitBinaryEIO3(p)
		return kind, data, true, err
	case len(p) == 0 || p[0] != 'b':
		return splitText(p)
	}
	if kind, data, err = payload.SplitFrameEIO4(p[1:]); err == nil {
		data, err = payload.DecodeBase64(dst, data)
	}
	if err != nil {
		return 0, nil, false, errKind
	}
	return kind, data, true, nil
}
