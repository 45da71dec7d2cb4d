package sio

import "slices"

// Transports of Engine.IO that revision 1 does not have.
const (
	enginePolling      = "polling"
	engineWebTransport = "webtransport"
)

// allTransports is the default of Config.Transports. With all of revision 1
// announced it is the order in which browsers try them (revision 1, section 2).
var allTransports = []string{
	"websocket", "flashsocket", "htmlfile", "xhr-polling", "jsonp-polling", enginePolling,
}

// knownTransports are all that Config.Transports may name. WebTransport is off
// unless it is named, as in the reference: it needs a port of its own.
var knownTransports = append(slices.Clone(allTransports), engineWebTransport)

// on reports whether a transport is on.
func (c *Config) on(name string) bool { return slices.Contains(c.Transports, name) }

// rev1 are the transports of clients 0.7 to 0.9, in their order.
func (c *Config) rev1() (names []string) {
	for _, t := range c.Transports {
		if t != enginePolling && t != engineWebTransport {
			names = append(names, t)
		}
	}
	return names
}
