//go:build !windows

package ioloop

import (
	"fmt"
	"net"
	"sync"
	"testing"
)

// Listening, over real sockets.

// gnet: its balancing varies with the acceptor. Ours evens out the loops, and
// one which blocks does not keep the others' connections. A connection that has
// just come to its loop may count twice until the acceptor hears of it, so the
// loops are even but for a few.
func TestFactBalancing(t *testing.T) {
	t.Parallel()
	const few = 4
	g, addr := serve(t, Config{Loops: 4, SlowCallback: -1}, echoing)
	for range 40 {
		dial(t, addr)
	}
	eventually(t, "40 connections", func() bool { return g.Conns() == 40 })
	for _, l := range g.Loops() {
		if n := l.load.Load(); n < 10-few || n > 10+few {
			t.Errorf("loop %d has %d of 40 connections", l.Index(), n)
		}
	}
	block := make(chan struct{})
	unblock := sync.OnceFunc(func() { close(block) })
	defer unblock()
	_ = g.Loop(2).Post(func() { <-block })
	var peers []*net.TCPConn
	for range 40 {
		c := dial(t, addr)
		send(t, c, "hello")
		peers = append(peers, c)
	}
	eventually(t, "30 more connections", func() bool { return g.Conns() >= 70-few })
	unblock()
	for _, c := range peers {
		want(t, c, "hello")
	}
}

// gnet: ":P" is both families, "[::]:P" is IPv6 only, and LocalAddr is the
// listener's. Ours are net.Listen's, and the real one.
func TestFactAddresses(t *testing.T) {
	t.Parallel()
	const v4, v6 = "127.0.0.1", "::1"
	for _, tt := range []struct {
		network, host string
		hosts         []string
	}{
		{"tcp", "", []string{v4, v6}},
		{"tcp", "[::]", []string{v4, v6}},
		{"tcp", "0.0.0.0", []string{v4}}, // at least
		{"tcp4", "", []string{v4}},
		{"tcp6", "", []string{v6}},
		{"tcp", "127.0.0.1", []string{v4}},
		{"tcp", "[::1]", []string{v6}},
		{"tcp", "localhost", []string{v4}},
	} {
		accept, conns := accepted(&funcs{})
		g := newTestGroup(t, Config{Loops: 1})
		addr, err := g.Listen(tt.network, tt.host+":0", accept)
		if err != nil {
			t.Errorf("%s %s: %v", tt.network, tt.host, err)
			continue
		}
		start(t, g)
		_, port, _ := net.SplitHostPort(addr.String())
		for _, host := range tt.hosts {
			peer := dial(t, net.JoinHostPort(host, port))
			c := receive(t, "accept", conns)
			if got, want := c.RemoteAddr().String(), peer.LocalAddr().String(); got != want {
				t.Errorf("%s %s: RemoteAddr %s; want %s", tt.network, tt.host, got, want)
			}
			if got, want := fmt.Sprint(c.LocalAddr()), peer.RemoteAddr().String(); got != want {
				t.Errorf("%s %s: LocalAddr %s; want %s", tt.network, tt.host, got, want)
			}
		}
		stopGroup(t, g)
	}
}
