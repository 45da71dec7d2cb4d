package adaptertest_test

import (
	"testing"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/adaptertest"
)

// A test of an adapter, on fleets of three servers. Each test of the suite makes
// a fleet of its own, which begins with its server 0.
func ExampleRun() {
	TestAdapter := func(t *testing.T) {
		var b *bus
		adaptertest.Run(t, 3, func(_ *testing.T, server int) func(sio.Local) (sio.Adapter, error) {
			if server == 0 {
				b = &bus{}
			}
			return b.adapter
		})
	}
	_ = TestAdapter
}
