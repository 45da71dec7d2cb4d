package transport

import (
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// Compression costs an idle websocket nothing: that it was agreed on is one bit
// of its reader, and what it takes to compress belongs to the loop. A message
// for many receivers is compressed once, and kept beside its bytes for all of
// them. Only a connection with context takeover has something of its own, the
// end of what was sent and received; how many may have is bounded.

// DeflateConfig is what the layers above decide. All is set.
type DeflateConfig struct {
	Threshold   int  // smaller messages go uncompressed, in bytes
	Takeover    bool // whether contexts are kept
	MaxContexts int  // on how many connections, over all loops
}

// deflater is what the websockets of one loop share.
type deflater struct {
	cfg      DeflateConfig
	most     int // contexts of this loop
	inflater wsproto.Inflater
	contexts map[*WebSocket]*context
}

// context is what a connection with takeover keeps.
type context struct {
	agreed   wsproto.Deflate
	sent     []byte // up to wsproto.MaxDict
	received []byte // up to wsproto.MaxWindow
}

// Share gives the transports of m's loop what they share. Nil: no compression.
func Share(m *session.Manager, cfg *DeflateConfig, loops int) {
	if cfg != nil {
		m.Transports = &deflater{cfg: *cfg, most: max(1, cfg.MaxContexts/loops)}
	}
}

// Negotiate judges what a client offers (Sec-WebSocket-Extensions).
func Negotiate(m *session.Manager, offers []byte) wsproto.Deflate {
	d, _ := m.Transports.(*deflater)
	if d == nil || len(offers) == 0 {
		return wsproto.Deflate{}
	}
	return wsproto.NegotiateDeflate(offers, d.cfg.Takeover && len(d.contexts) < d.most)
}

// Deflate turns on what was agreed on.
func (w *WebSocket) Deflate(agreed wsproto.Deflate) {
	if !agreed.On {
		return
	}
	w.r.Deflate()
	if agreed.ServerTakeover || agreed.ClientTakeover {
		d := w.deflate()
		if d.contexts == nil {
			d.contexts = make(map[*WebSocket]*context)
		}
		d.contexts[w] = &context{agreed: agreed}
	}
}

// deflate is the loop's deflater. It is there if compression was agreed on.
func (w *WebSocket) deflate() *deflater { return w.s.Manager().Transports.(*deflater) }

func (d *deflater) forget(w *WebSocket) { delete(d.contexts, w) }

// sendDeflated is Send where compression was agreed on.
func (w *WebSocket) sendDeflated(ms []session.Message) {
	d := w.deflate()
	c := d.contexts[w]
	for _, m := range ms {
		if w.b64 && m.Binary {
			m = inBase64(m)
		}
		switch {
		case m.Plain || len(m.Payload()) < d.cfg.Threshold:
			w.conn.WriteBuf(m.Buf, int(m.Frame))
		case c != nil && c.agreed.ServerTakeover:
			w.sendInContext(c, m)
		default:
			w.sendShared(m)
		}
	}
}

// sendShared sends a message's compressed form, and makes that for all its
// receivers if nobody has. An empty one says that it would be longer.
func (w *WebSocket) sendShared(m session.Message) {
	z := m.Buf.Alt()
	if z == nil {
		z = ioloop.NewBuf()
		b := wsproto.AppendDeflatedFrame(z.Bytes(), opOf(m), m.Payload(), nil)
		if len(b) >= m.Buf.Len()-int(m.Frame) {
			b = b[:0]
		}
		z.SetBytes(b)
		z = m.Buf.SetAlt(z)
	}
	if z.Len() == 0 {
		w.conn.WriteBuf(m.Buf, int(m.Frame))
		return
	}
	w.conn.WriteBuf(z.Retain(), 0)
	m.Buf.Release()
}

func (w *WebSocket) sendInContext(c *context, m session.Message) {
	z := ioloop.NewBuf()
	z.SetBytes(wsproto.AppendDeflatedFrame(z.Bytes(), opOf(m), m.Payload(), c.sent))
	w.conn.WriteBuf(z, 0)
	c.sent = remember(c.sent, m.Payload(), wsproto.MaxDict)
	m.Buf.Release()
}

func opOf(m session.Message) wsproto.Op {
	if m.Binary {
		return wsproto.OpBinary
	}
	return wsproto.OpText
}

// remember appends p to what came before, of which the last size bytes count.
func remember(before, p []byte, size int) []byte {
	if len(p) >= size {
		return append(before[:0], p[len(p)-size:]...)
	}
	if over := len(before) + len(p) - size; over > 0 {
		before = before[:copy(before, before[over:])]
	}
	return append(before, p...)
}

// Inflate implements wsproto.DeflateSink.
func (w *WebSocket) Inflate(p []byte) ([]byte, *wsproto.CloseError) {
	d := w.deflate()
	c := d.contexts[w]
	if c == nil || !c.agreed.ClientTakeover {
		return d.inflater.Inflate(p, w.max, nil)
	}
	out, err := d.inflater.Inflate(p, w.max, c.received)
	if err == nil {
		c.received = remember(c.received, out, wsproto.MaxWindow)
	}
	return out, err
}
