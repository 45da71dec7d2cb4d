package engine

import (
	"testing"
	"unsafe"
)

// TestSizes: a session must not cost more than one of Socket.IO does, whose
// client and socket have 432 bytes.
func TestSizes(t *testing.T) {
	if got := unsafe.Sizeof(Socket{}); got > 240 {
		t.Errorf("Socket has %d bytes, want at most 240", got)
	}
}
