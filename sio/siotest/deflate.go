package siotest

import (
	"encoding/binary"

	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// deflate is a client's side of permessage-deflate.
type deflate struct {
	agreed   wsproto.Deflate
	in       wsproto.Inflater
	sent     []byte
	received []byte
	bytes    int // compressed ones that came
}

// agree takes the server's answer to the offer.
func (l *websocket) agree(answer string) {
	if answer == "" {
		return
	}
	d := wsproto.NegotiateDeflate([]byte(answer), true)
	if !l.c.opt.Deflate || !d.On {
		l.c.violated("Sec-WebSocket-Extensions is %q", answer)
		return
	}
	l.deflate = &deflate{agreed: d}
	l.r.Deflate()
}

// frame makes a compressed frame, masked.
func (d *deflate) frame(w *World, op wsproto.Op, p []byte) []byte {
	var mask [4]byte
	binary.BigEndian.PutUint32(mask[:], w.rand.Uint32())
	z := wsproto.AppendDeflated(nil, p, d.sent)
	if d.agreed.ClientTakeover {
		d.sent = append(d.sent, p...)
	}
	return wsproto.AppendMaskedDeflated(nil, op, mask, z)
}

// Inflate implements wsproto.DeflateSink.
func (l *websocket) Inflate(p []byte) ([]byte, *wsproto.CloseError) {
	d := l.deflate
	d.bytes += len(p)
	out, err := d.in.Inflate(p, maxFrame, d.received)
	if err == nil && d.agreed.ServerTakeover {
		d.received = append(d.received, out...)
	}
	return out, err
}

// Deflated is how many bytes of compressed messages have come so far over the
// connection's websocket.
func (c *Conn) Deflated() int {
	if e, ok := c.line.(*engine); ok && e.ws != nil && e.ws.deflate != nil {
		return e.ws.deflate.bytes
	}
	return 0
}
