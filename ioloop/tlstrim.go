package ioloop

import (
	"bytes"
	"crypto/tls"
	"reflect"
	"unsafe"
)

// crypto/tls keeps two buffers as long as a connection lives, each as big as the
// biggest thing it ever held: of raw input (17 kB after one big record, 2 kB
// after a handshake), and of handshake messages (2 kB). It has no call to give
// them up. So trim replaces them with empty ones while nothing is in them, which
// is a state that crypto/tls itself begins with.
//
// The fields are found by name and type at start. If a new release has them no
// more nothing is trimmed, and only memory is lost; TestTrimKnowsTheFields would
// tell.
var (
	rawInputAt, rawInputKnown = fieldAt[bytes.Buffer]("rawInput")
	handAt, handKnown         = fieldAt[bytes.Buffer]("hand")
	inputAt, inputKnown       = fieldAt[bytes.Reader]("input") // within rawInput
)

func fieldAt[T any](name string) (uintptr, bool) {
	f, ok := reflect.TypeFor[tls.Conn]().FieldByName(name)
	return f.Offset, ok && f.Type == reflect.TypeFor[T]()
}

// keepInput is the most that raw input may keep: room for records of a common
// size, so that those cost no allocation.
const keepInput = 2 << 10

// trim frees what c holds idle of more than keep bytes. It is called on the loop, while no other call of
// c is under way.
func trim(c *tls.Conn, keep int) {
	if rawInputKnown && inputKnown {
		trimBuffer((*bytes.Buffer)(unsafe.Add(unsafe.Pointer(c), rawInputAt)), keep)
		if r := (*bytes.Reader)(unsafe.Add(unsafe.Pointer(c), inputAt)); r.Len() == 0 {
			r.Reset(nil)
		}
	}
	if handKnown {
		trimBuffer((*bytes.Buffer)(unsafe.Add(unsafe.Pointer(c), handAt)), 0)
	}
}

func trimBuffer(b *bytes.Buffer, keep int) {
	if b.Len() == 0 && b.Cap() > keep {
		*b = bytes.Buffer{}
	}
}
