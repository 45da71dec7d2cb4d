// Package peer starts the servers that are compared, each from a package of its
// own below bench/peers, and speaks with them over their standard input and
// output:
//
//	the tool           the peer
//	                   prints "listening ADDR"
//	"stat"             "HEAP ALLOCS [GCS PAUSE]": bytes of the heap and allocations so far, -1
//	                   where unknown; collections so far, and the nanoseconds of their pauses
//	"collect"          collects all garbage, and answers as to "stat"
//	"gc"               the same, and gives the memory back before
//	closes the input   ends
package peer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// Peer is a server that can be started.
type Peer struct {
	Name  string
	About string
	kind  kind
	ref   string // of ours: another revision of the library
	delay string // of ours: Config.WriteDelay
	typed bool   // of ours: handlers decode their arguments
	// What it can do; who asks for more is told so.
	protos     []wire.Proto
	transports []client.Transport
	cannot     map[string]string // scenario or option: why
}

type kind uint8

const (
	inModule kind = iota // a program of the module bench
	ownModule
	node
	python
)

var all = []Peer{
	{Name: "ours", About: "tornadio", kind: inModule,
		protos: []wire.Proto{wire.EIO4, wire.EIO3, wire.Rev1},
		transports: []client.Transport{client.WebSocket, client.Polling, client.Upgrade, client.JSONP,
			client.HTMLFile, client.FlashSocket}},
	{Name: "floor", About: "gnet and gobwas/ws, no library: what is possible", kind: inModule,
		protos: []wire.Proto{wire.EIO4}, transports: []client.Transport{client.WebSocket},
		cannot: map[string]string{"presence": "has no acknowledged comings and goings", "binary": "text alone", "tls": "plain TCP alone", "deflate": "no extensions"}},
	{Name: "node4", About: "socket.io 4.8.4 with ws", kind: node,
		protos:     []wire.Proto{wire.EIO4, wire.EIO3},
		transports: []client.Transport{client.WebSocket, client.Polling, client.Upgrade, client.JSONP}},
	{Name: "node09", About: "socket.io 0.9.19", kind: node,
		protos: []wire.Proto{wire.Rev1}, transports: []client.Transport{client.WebSocket, client.Polling, client.JSONP, client.HTMLFile},
		cannot: map[string]string{"binary": "its protocol has none", "deflate": "has no deflate", "tls": "is compared without"}},
	{Name: "zishang", About: "zishang520/socket.io v3", kind: ownModule,
		protos: []wire.Proto{wire.EIO4}, transports: []client.Transport{client.WebSocket, client.Polling, client.Upgrade},
		cannot: map[string]string{"deflate": "is compared without", "tls": "is compared without"}},
	{Name: "googollee", About: "googollee/go-socket.io", kind: ownModule,
		protos: []wire.Proto{wire.EIO3}, transports: []client.Transport{client.WebSocket, client.Polling, client.Upgrade},
		cannot: map[string]string{"binary": "its program decodes JSON alone", "deflate": "has no deflate", "tls": "is compared without"}},
	{Name: "python", About: "python-socketio", kind: python,
		protos: []wire.Proto{wire.EIO4}, transports: []client.Transport{client.WebSocket, client.Polling, client.Upgrade},
		cannot: map[string]string{"deflate": "is compared without", "tls": "is compared without"}},
}

// Find is the peer of a name, which for ours may be one of Variants.
func Find(name string) (Peer, error) {
	base, more, varied := strings.Cut(name, "+")
	base, ref, old := strings.Cut(base, "@")
	for _, p := range all {
		if p.Name != base {
			continue
		}
		if (varied || old) && base != "ours" {
			return Peer{}, fmt.Errorf("peer %q: there is only one %s", name, base)
		}
		if old && ref == "" {
			return Peer{}, fmt.Errorf("peer %q: write ours@HEAD~1, or another git revision", name)
		}
		p.Name, p.ref, p.typed = name, ref, more == "typed"
		if varied && !p.typed {
			if d, err := time.ParseDuration(more); err != nil || d <= 0 {
				return Peer{}, fmt.Errorf("peer %q: write ours+5ms, another duration, or ours+typed", name)
			}
			p.delay = more
		}
		return p, nil
	}
	return Peer{}, fmt.Errorf("there is no peer %q: write %s, ours@REV, ours+DELAY or ours+typed", name, strings.Join(Names(), ", "))
}

// Variants are the forms in which ours can be named besides.
var Variants = []struct{ Form, About string }{
	{"ours@REV", "the library as of a git revision"},
	{"ours+5ms", "with a Config.WriteDelay"},
	{"ours+typed", "handlers with typed arguments: JSON decoded and encoded, as the other peers do"},
}

// Names are the names of all peers.
func Names() []string {
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	return names
}

// Need is what a scenario asks of a server.
type Need struct {
	Scenario  string
	Proto     wire.Proto
	Transport client.Transport
	Binary    bool
	TLS       bool
	Deflate   bool
}

// Newest is the newest protocol that the peer speaks.
func (p Peer) Newest() wire.Proto { return p.protos[0] }

// Can reports why the peer can't do what is needed, "" if it can.
func (p Peer) Can(n Need) string {
	if !slices.Contains(p.protos, n.Proto) {
		return "does not speak " + n.Proto.String()
	}
	if !slices.Contains(p.transports, n.Transport) {
		return "has no " + n.Transport.String()
	}
	for what, wanted := range map[string]bool{n.Scenario: true, "binary": n.Binary, "tls": n.TLS, "deflate": n.Deflate} {
		if why := p.cannot[what]; why != "" && wanted {
			return why
		}
	}
	return ""
}
