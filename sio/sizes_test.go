package sio

import (
	"testing"
	"unsafe"

	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/transport"
)

// What an idle client is made of. A field that few clients need belongs behind
// a pointer that is there already: every byte here is paid once a connection.
func TestSizes(t *testing.T) {
	for name, size := range map[string][2]uintptr{
		"client":              {unsafe.Sizeof(client{}), 192},
		"Socket":              {unsafe.Sizeof(Socket{}), 112},
		"session.Session":     {unsafe.Sizeof(session.Session{}), 136},
		"transport.WebSocket": {unsafe.Sizeof(transport.WebSocket{}), 64},
		"transport.Polling":   {unsafe.Sizeof(transport.Polling{}), 32},
		"transport.Hixie":     {unsafe.Sizeof(transport.Hixie{}), 48},
		"transport.HTMLFile":  {unsafe.Sizeof(transport.HTMLFile{}), 120},
		"transport.XHR":       {unsafe.Sizeof(transport.XHR{}), 96},
	} {
		if size[0] > size[1] {
			t.Errorf("%s has %d bytes, want at most %d", name, size[0], size[1])
		}
	}
}
