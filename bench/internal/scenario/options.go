// Package scenario holds what the load tool does to a server: each scenario is
// a handler of clients, and Execute runs one of them once, measures and checks.
package scenario

import (
	"crypto/tls"
	"net/netip"
	"slices"
	"time"

	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/peer"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// Options say what one run does.
type Options struct {
	Scenario string
	N        int           // clients
	Time     time.Duration // of measuring
	Warm     time.Duration // of traffic before it
	Rate     float64       // operations sent a second, open loop; 0: closed loop
	Inflight int           // closed loop: messages of a client on their way
	Room     int           // members of a room
	Size     int           // bytes of a message's text
	Binary   bool          // attachments instead of text, where the scenario echoes
	Slow     float64       // share of clients that never read, scenario slow
	Storm    bool          // scenario connect: all at once
	Rest     bool          // idle clients of polling have no poll open
	Dialling int           // connections that are being made at a time
	Patience time.Duration // how long nothing may come at the end, before what is missing is lost; 0: 5 s

	Proto     wire.Proto
	Transport client.Transport
	TLS       *tls.Config
	Deflate   bool
	Path      string
}

// Target is the server to load. PID and Server may be missing: then its CPU and
// memory are not known.
type Target struct {
	Addr   netip.AddrPort
	Host   string
	PID    int
	Server *peer.Server
}

// Info says what a scenario is.
type Info struct {
	Name string
	Op   string // what is counted as one operation; "": nothing is
	Text string
	make func(*Run) traffic
	N    int // clients unless told otherwise
}

// All are the scenarios, in the order of the help.
var All = []Info{
	{"idle", "", "clients that have joined and say nothing: bytes a connection", newIdle, 10_000},
	{"connect", "connection", "connect, join, one echo, leave, again; with -storm all at once", newConnect, 64},
	{"echo", "message", "events with an acknowledgement", newEcho, 1000},
	{"broadcast", "delivery", "one client's events to everyone", newBroadcast, 10_000},
	{"rooms", "delivery", "rooms of 50 in which all talk; saturated, or paced with -rate", newRooms, 1000},
	{"presence", "delivery", "half of each room comes and goes, the other half is told", newPresence, 1000},
	{"heartbeat", "heartbeat", "nothing but heartbeats", newHeartbeat, 10_000},
	{"polling", "message", "echo over polling", newEcho, 100},
	{"mixed", "delivery", "rooms with clients of 0.9 and 4.x over websocket and polling, chatting at a fixed rate", newMixed, 1000},
	{"slow", "delivery", "broadcast while some clients never read", newSlow, 1000},
	{"soak", "delivery", "mixed for hours; memory over time", newMixed, 1000},
}

// Find is the scenario of a name.
func Find(name string) (Info, bool) {
	i := slices.IndexFunc(All, func(s Info) bool { return s.Name == name })
	if i < 0 {
		return Info{}, false
	}
	return All[i], true
}

// traffic is a scenario at work.
type traffic interface {
	client.Handler
	// start begins, once all clients have joined; r.stopping ends it.
	start()
	// owed is how many messages are still on their way to the clients.
	owed() int
	// finish counts what never came.
	finish()
}
