// Package scenario holds what the load tool does to a server: each scenario is
// a handler of clients, and Execute runs one of them once, measures and checks.
package scenario

import (
	"crypto/tls"
	"net/netip"
	"slices"
	"strings"
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
	Joining  time.Duration // how long all clients may take to join; 0: 30 s and 5 ms each
	Patience time.Duration // how long nothing may come at the end, before what is missing is lost; 0: 5 s

	Proto     wire.Proto
	Alone     bool // scenarios mixed and soak: clients of Proto alone
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
	Name  string
	Op    string // what is counted as one operation; "": nothing is
	Text  string
	make  func(*Run) traffic
	N     int    // clients unless told otherwise
	knobs string // the options that it heeds, of Knobs
}

// Knobs are options that not every scenario heeds.
var Knobs = []string{"rate", "inflight", "room", "size", "slow", "storm", "between-polls", "binary"}

// Uses reports whether the scenario heeds a knob.
func (i Info) Uses(knob string) bool { return slices.Contains(strings.Fields(i.knobs), knob) }

// Users are the scenarios that heed a knob.
func Users(knob string) []string {
	var names []string
	for _, i := range All {
		if i.Uses(knob) {
			names = append(names, i.Name)
		}
	}
	return names
}

// All are the scenarios, in the order of the help.
var All = []Info{
	{"idle", "", "clients that have joined and say nothing: bytes a connection", newIdle, 10_000, "between-polls"},
	{"connect", "connection", "connect, join, one echo, leave, again; with -storm all at once", newConnect, 64, "rate size storm"},
	{"echo", "message", "events with an acknowledgement", newEcho, 1000, "rate inflight size binary"},
	{"broadcast", "delivery", "one client's events to everyone", newBroadcast, 10_000, "rate inflight size"},
	{"rooms", "delivery", "rooms of 50 in which all talk; saturated, or paced with -rate", newRooms, 1000, "rate inflight size room"},
	{"presence", "delivery", "half of each room comes and goes, all of it is told", newPresence, 1000, "rate size room"},
	{"heartbeat", "heartbeat", "nothing but heartbeats: measure for their interval or more (-secs 26)", newHeartbeat, 10_000, ""},
	{"polling", "message", "echo over polling", newEcho, 100, "rate inflight size binary"},
	{"mixed", "delivery", "rooms of 0.9 and 4.x clients (-proto: of one alone), websocket and polling; each talks every 10 s, or at -rate", newMixed, 1000, "rate size room"},
	{"slow", "delivery", "broadcast while some clients never read", newSlow, 1000, "rate inflight size slow"},
	{"soak", "delivery", "mixed for hours (-secs 14400): memory over time", newMixed, 1000, "rate size room"},
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
