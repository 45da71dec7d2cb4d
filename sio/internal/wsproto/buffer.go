package wsproto

import "sync"

const (
	// minBuffer is what the first byte of a payload that is not whole costs.
	minBuffer = 512
	// maxPooled bounds the buffers that the pool keeps: a peer that sends one
	// byte of a frame may hold one, so a big one would be an amplifier.
	maxPooled = 4 << 10
)

// buffer gathers the payload of a message whose frames are not all there. What
// a reader knows of that payload lies here, too: an idle one knows nothing.
type buffer struct {
	b     []byte
	start int // bytes of the message in earlier fragments
	valid int // bytes of the text message that are checked, whole characters
}

var buffers = sync.Pool{New: func() any {
	return &buffer{b: make([]byte, 0, minBuffer)}
}}

func getBuffer() *buffer { return buffers.Get().(*buffer) }

func putBuffer(b *buffer) {
	if b != nil && cap(b.b) <= maxPooled {
		*b = buffer{b: b.b[:0]}
		buffers.Put(b)
	}
}

// add appends p. The room doubles from what has arrived, never from what was
// announced, so memory stays within twice the bytes received and the copying
// is linear; limit is the length known to be the last, where growing stops, or
// 0 when more may follow.
func (b *buffer) add(p []byte, limit int) {
	need := len(b.b) + len(p)
	if need > cap(b.b) {
		room := 2 * need
		if limit > 0 {
			room = min(room, limit)
		}
		b.b = append(make([]byte, 0, room), b.b...)
	}
	b.b = append(b.b, p...)
}
