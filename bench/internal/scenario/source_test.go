package scenario

import (
	"net/netip"
	"testing"
)

// TestSource: clients past the ports of one address come from others, each of
// loopback; towards other machines the kernel chooses.
func TestSource(t *testing.T) {
	r := &Run{target: Target{Addr: netip.MustParseAddrPort("127.0.0.1:80")}}
	clients := map[netip.Addr]int{}
	for i := range 1_000_000 {
		clients[r.source(i)]++
	}
	for a, n := range clients {
		if !a.IsLoopback() || n > perSource {
			t.Errorf("%d clients come from %v", n, a)
		}
	}
	// 28 232 ports, and up to three connections of a client.
	if len(clients) != 112 || 3*perSource > 28_232 {
		t.Errorf("%d addresses", len(clients))
	}
	for _, other := range []string{"192.0.2.1:80", "[::1]:80"} {
		r.target.Addr = netip.MustParseAddrPort(other)
		if a := r.source(50_000); a.IsValid() {
			t.Errorf("to %s from %v", other, a)
		}
	}
}
