package session

import (
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

// The packets that sessions send of themselves, encoded once for the life of
// the process.
var (
	ping           = static("2")
	pong           = static("3")
	noop           = static("6")
	closePacket    = static("1")
	probePong      = static("3probe")
	rev1Heartbeat  = static("2::")
	rev1Noop       = static("8::")
	rev1Disconnect = static("0::")
	rev1Reconnect  = static("7:::1+0")
)

func static(text string) Message {
	return NewMessage(append(make([]byte, Headroom), text...), false)
}

// control is m with a reference of its own; the first one is never released.
func control(m Message) Message {
	m.Buf.Retain()
	return m
}

// ClosePacket is the Engine.IO packet "close".
func ClosePacket() Message { return control(closePacket) }

// HeartbeatRev1 is "2::".
func HeartbeatRev1() Message { return control(rev1Heartbeat) }

// NoopRev1 is "8::".
func NoopRev1() Message { return control(rev1Noop) }

// Reconnect is "7:::1+0": client not handshaken, reconnect.
func Reconnect() Message { return control(rev1Reconnect) }

// DisconnectRev1 is "0::", the end of the whole session.
func DisconnectRev1() Message { return control(rev1Disconnect) }

// NewMessage makes a message of b, whose first Headroom bytes are free. It
// copies b.
func NewMessage(b []byte, binary bool) Message {
	buf := ioloop.NewBuf()
	buf.SetBytes(append(buf.Bytes(), b...))
	return Seal(buf, binary)
}

// InASCII gives a text message whose JSON is in ASCII, see
// [payload.AppendASCII]: m itself if it is so. It takes over the reference.
func InASCII(m Message) Message {
	if payload.IsASCII(m.Payload()) {
		return m
	}
	buf := ioloop.NewBuf()
	var room [Headroom]byte
	buf.SetBytes(payload.AppendASCII(append(buf.Bytes(), room[:]...), m.Payload()))
	m.Buf.Release()
	return Seal(buf, false)
}

// Seal makes a message of a buffer whose first Headroom bytes are free, and
// writes its frame header there. It takes over the reference.
func Seal(buf *ioloop.Buf, binary bool) Message {
	b := buf.Bytes()
	op := wsproto.OpText
	if binary {
		op = wsproto.OpBinary
	}
	n := len(b) - Headroom
	at := Headroom - wsproto.HeaderSize(n)
	wsproto.PutHeader(b[at:], op, n)
	return Message{Buf: buf, Frame: uint8(at), Binary: binary}
}
