package web

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"slices"

	"github.com/tornadio/tornadio/httpparse"
)

// Polls of clients 1.x to 4.x are answered compressed where that pays and the
// client can read it, as by the reference. The compressors belong to the loop.
// They are the fastest kind, since their time is the loop's; a body above
// packAside, which Node's would leave to its thread pool, is compressed in a
// goroutine.

// packAside is the size of the largest body that a loop compresses itself:
// somewhat less than a millisecond.
const packAside = 64 << 10

// maxPacking is how many goroutines of a server compress at a time. Above it
// bodies go out as they are.
const maxPacking = 64

// coding is a content coding, as a number of one byte.
type coding uint8

var codingNames = [...]string{1: "gzip", 2: "deflate"}

// suit notes what the answer to a poll depends on in its request.
func (w *Conn) suit(req *httpparse.Request) {
	if w.sh.front.cfg.Compress > 0 && string(req.Method) == "GET" {
		best := httpparse.BestCoding(req.Get("Accept-Encoding"), codingNames[1:]...)
		w.coding = coding(max(slices.Index(codingNames[:], best), 0))
	}
	// Internet Explorer takes some polls for an attack by scripts (engine.io 6,
	// lib/transports/polling.ts).
	if agent := req.Get("User-Agent"); bytes.Contains(agent, []byte(";MSIE")) || bytes.Contains(agent, []byte("Trident/")) {
		w.addField("X-XSS-Protection", "0")
	}
}

// Plain implements transport.Packer.
func (w *Conn) Plain() { w.coding = 0 }

// Plain implements transport.Packer.
func (x *remote) Plain() { x.plain = true }

// answer finishes a poll, compressed where that pays.
func (w *Conn) answer(status int, contentType string, body []byte) {
	coding := w.coding
	w.coding = 0
	f := w.sh.front
	switch {
	case coding == 0 || status != 200 || len(body) < f.cfg.Compress:
		w.finish(status, contentType, body)
	case len(body) <= packAside:
		w.finishPacked(contentType, coding, w.sh.pack(coding, body))
	case f.packing.Add(1) > maxPacking:
		f.packing.Add(-1)
		w.finish(status, contentType, body)
	default:
		w.packElsewhere(contentType, coding, bytes.Clone(body))
	}
}

// packElsewhere compresses in a goroutine. The connection is busy until then
// and takes no other request.
func (w *Conn) packElsewhere(contentType string, coding coding, body []byte) {
	f, loop := w.sh.front, w.sh.loop
	loop.Group().Go(func() {
		var p packer
		packed := p.pack(coding, body)
		f.packing.Add(-1)
		_ = loop.Post(func() { w.finishPacked(contentType, coding, packed) })
	})
}

func (w *Conn) finishPacked(contentType string, coding coding, packed []byte) {
	w.addField("Content-Encoding", codingNames[coding])
	w.finish(200, contentType, packed)
}

// packer is a pair of compressors, made when they are first needed.
type packer struct {
	gzip *gzip.Writer
	zlib *zlib.Writer
	out  bytes.Buffer
}

// keepPacked is the largest output buffer that a packer keeps.
const keepPacked = 128 << 10

// pack compresses body. The result is valid until the next call.
func (p *packer) pack(coding coding, body []byte) []byte {
	if p.out.Cap() > keepPacked {
		p.out = bytes.Buffer{}
	}
	p.out.Reset()
	var w io.WriteCloser
	switch {
	case coding == 1 && p.gzip == nil:
		p.gzip, _ = gzip.NewWriterLevel(&p.out, gzip.BestSpeed) // the level is valid
		w = p.gzip
	case coding == 1:
		p.gzip.Reset(&p.out)
		w = p.gzip
	case p.zlib == nil:
		p.zlib, _ = zlib.NewWriterLevel(&p.out, zlib.BestSpeed) // "deflate" is zlib's format
		w = p.zlib
	default:
		p.zlib.Reset(&p.out)
		w = p.zlib
	}
	_, _ = w.Write(body) // a Buffer takes all
	_ = w.Close()
	return p.out.Bytes()
}

// pack compresses on the loop.
func (sh *Shard) pack(coding coding, body []byte) []byte {
	if sh.packer == nil {
		sh.packer = new(packer)
	}
	return sh.packer.pack(coding, body)
}
