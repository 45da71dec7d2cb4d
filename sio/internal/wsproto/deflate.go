package wsproto

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/flate"
)

// Compression of messages (RFC 7692, section 7.2). Nothing here belongs to a
// connection: a loop has one Inflater, and the compressor keeps no state at
// all. What a connection with context takeover keeps is bytes, which it gives
// as dict.

// MaxDict is how much of what was sent before the compressor refers to, in
// bytes: what a connection with context takeover has to keep of its own
// messages. Of the client's messages it has to keep MaxWindow.
const (
	MaxDict   = 8 << 10
	MaxWindow = 32 << 10
)

const (
	// deflateTail ends what a compressor flushes; it is not sent (section 7.2.1).
	deflateTail = "\x00\x00\xff\xff"
	// inflateTail is that and a last, empty block, so that a stream which ends
	// inside a block is told from one that is whole.
	inflateTail = deflateTail + "\x01\x00\x00\xff\xff"
)

// AppendDeflated appends a message's payload, compressed. dict is what was sent
// before on this connection, or nil.
func AppendDeflated(dst, p, dict []byte) []byte {
	if len(p) == 0 {
		return append(dst, 0) // an empty block (section 7.2.3.6)
	}
	w := appender{dst}
	_ = flate.StatelessDeflate(&w, p, false, dict) // an appender does not fail
	return bytes.TrimSuffix(w.b, []byte(deflateTail))
}

// AppendDeflatedFrame appends a server's frame with p compressed, the reserved
// bit 1 set.
func AppendDeflatedFrame(dst []byte, op Op, p, dict []byte) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, MaxHeaderSize)...)
	dst = AppendDeflated(dst, p, dict)
	n := len(dst) - at - MaxHeaderSize
	size := HeaderSize(n)
	putHeader(dst[at:], bitFin|bitRsv1|byte(op), 0, n)
	return dst[:at+size+copy(dst[at+size:], dst[at+MaxHeaderSize:])]
}

var inflateEnd = []byte(inflateTail)

type appender struct{ b []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}

// Inflater decompresses the messages of all connections of one goroutine.
type Inflater struct {
	r   io.ReadCloser
	in  tailed
	out []byte
}

// keepInflated is the most memory that an Inflater keeps between messages.
const keepInflated = 64 << 10

// Inflate decompresses a message's payload; dict is what the client has sent
// before, or nil. A message above max bytes is an error that costs no more than
// that; max must be positive. The result is valid until the next call.
func (f *Inflater) Inflate(p []byte, max int, dict []byte) ([]byte, *CloseError) {
	f.in.reset(p)
	if f.r == nil {
		f.r = flate.NewReaderDict(&f.in, dict)
	} else if err := f.r.(flate.Resetter).Reset(&f.in, dict); err != nil {
		return nil, errDeflate
	}
	if cap(f.out) > keepInflated {
		f.out = nil
	}
	out := f.out[:0]
	for {
		if len(out) == cap(out) {
			out = append(out, 0)[:len(out)]
		}
		n, err := f.r.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		f.out = out
		switch {
		case len(out) > max:
			return nil, errTooBig
		case err == io.EOF:
			return out, nil
		case err != nil:
			return nil, errDeflate
		}
	}
}

// tailed reads a message's payload and the tail that was not sent. It reads
// byte by byte too, so that the decompressor puts no buffer around it.
type tailed struct {
	p    []byte
	tail bool
}

func (t *tailed) reset(p []byte) { t.p, t.tail = p, false }

func (t *tailed) next() bool {
	if len(t.p) == 0 && !t.tail {
		t.p, t.tail = inflateEnd, true
	}
	return len(t.p) > 0
}

func (t *tailed) Read(b []byte) (int, error) {
	if !t.next() {
		return 0, io.EOF
	}
	n := copy(b, t.p)
	t.p = t.p[n:]
	return n, nil
}

func (t *tailed) ReadByte() (byte, error) {
	if !t.next() {
		return 0, io.EOF
	}
	c := t.p[0]
	t.p = t.p[1:]
	return c, nil
}
