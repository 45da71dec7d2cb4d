package ioloop

import (
	"bytes"
	"testing"
)

// If this fails a new release of Go has changed crypto/tls.Conn: find what holds
// its buffers now, or what gives them up.
func TestTrimKnowsTheFields(t *testing.T) {
	t.Parallel()
	if !rawInputKnown || !handKnown || !inputKnown {
		t.Errorf("rawInput: %v, hand: %v, input: %v", rawInputKnown, handKnown, inputKnown)
	}
}

func TestTrimBuffer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		size, used, keep int
		kept             bool
	}{
		{1000, 0, 999, false}, {1000, 0, 1000, true}, {1000, 1, 10, true}, {0, 0, 0, true},
	} {
		b := bytes.NewBuffer(make([]byte, tt.used, tt.size))
		trimBuffer(b, tt.keep)
		if got := b.Cap() == tt.size; got != tt.kept || b.Len() != tt.used {
			t.Errorf("%+v: kept %v, %d bytes", tt, got, b.Len())
		}
	}
}
