package sio

import (
	"slices"
	"strings"
)

const enginePolling = "polling" // Engine.IO's, the one name that revision 1 does not have

// allTransports is the default of Config.Transports. With all of revision 1
// announced it is the order in which browsers try them (revision 1, section 2).
var allTransports = []string{
	"websocket", "flashsocket", "htmlfile", "xhr-polling", "jsonp-polling", enginePolling,
}

// checkTransports looks for mistakes in Config.Transports.
func (c *Config) checkTransports(bad func(ok bool, format string, args ...any)) {
	for i, t := range c.Transports {
		bad(slices.Contains(allTransports, t), "Transports has %q: write names out of \"%s\"",
			t, strings.Join(allTransports, `", "`))
		bad(!slices.Contains(c.Transports[:i], t), "Transports has %q twice: write each name once", t)
	}
}

// on reports whether a transport is on.
func (c *Config) on(name string) bool { return slices.Contains(c.Transports, name) }

// rev1 are the transports of clients 0.7 to 0.9, in their order.
func (c *Config) rev1() (names []string) {
	for _, t := range c.Transports {
		if t != enginePolling {
			names = append(names, t)
		}
	}
	return names
}
