package client

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
)

// permessage-deflate, RFC 7692. The client offers to keep no context, and the
// compressors are shared by all clients of the loop; a server that keeps its
// own context anyway gets a reader for each client that remembers.

// deflateAbove is the size from which the client compresses, as in ws of Node.
const deflateAbove = 1024

var tail = []byte{0x00, 0x00, 0xff, 0xff}

type deflate struct {
	keep   bool
	window []byte
}

// shared are the loop's; there is one loop in a process.
var shared struct {
	w *flate.Writer
	r io.ReadCloser
}

func newDeflate(extension []byte) *deflate {
	return &deflate{keep: !bytes.Contains(extension, []byte("server_no_context_takeover"))}
}

func (d *deflate) deflate(b []byte) []byte {
	var out bytes.Buffer
	if shared.w == nil {
		shared.w, _ = flate.NewWriter(&out, flate.BestSpeed) // a level that exists
	}
	shared.w.Reset(&out)
	_, _ = shared.w.Write(b)
	_ = shared.w.Flush()
	return bytes.TrimSuffix(out.Bytes(), tail)
}

func (d *deflate) inflate(b []byte) ([]byte, error) {
	src := io.MultiReader(bytes.NewReader(b), bytes.NewReader(tail), bytes.NewReader([]byte{0x01, 0x00, 0x00, 0xff, 0xff}))
	if shared.r == nil {
		shared.r = flate.NewReader(src)
	}
	if err := shared.r.(flate.Resetter).Reset(src, d.window); err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(shared.r, wireMax+1))
	if err != nil || len(out) > wireMax {
		return nil, fmt.Errorf("permessage-deflate: %d bytes, %w", len(out), err)
	}
	if d.keep {
		d.window = append(d.window, out...)
		d.window = append([]byte(nil), d.window[max(0, len(d.window)-32<<10):]...)
	}
	return out, nil
}

// wireMax bounds an inflated message.
const wireMax = 64 << 20
