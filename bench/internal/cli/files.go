package cli

import (
	"fmt"

	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// A client takes an open file here and one in the server for each of its
// connections. A machine that allows less than a run needs is found out before.

// spareFiles are what the tool itself opens, and spareServer what servers keep
// back: ours 1024 of what it may open.
const (
	spareFiles  = 64
	spareServer = 1100
)

// files compares the clients with the limit of open files.
func (s *session) files(limit int) error {
	for _, j := range s.jobs() {
		each, most := perClient(j), limit-spareServer
		if s.url != "" {
			most = limit - spareFiles // the server has its own limit
		}
		if need := j.o.N * each; need > most {
			return fmt.Errorf("%s with %d clients opens %d files, and the limit here is %d, of which %d are for clients; at most %d clients, or raise it: `ulimit -Hn 1048576` as root, or LimitNOFILE= of the unit",
				j.o.Scenario, j.o.N, need, limit, most, most/each)
		}
	}
	return nil
}

// perClient is how many connections a client has at most.
func perClient(j job) int {
	switch {
	case j.o.Rest, j.o.Scenario == "connect" && !j.o.Storm && j.o.Rate > 0:
		return 0
	case isMixed(j):
		return 2
	case j.o.Transport == client.Polling, j.o.Transport == client.JSONP, j.o.Transport == client.HTMLFile:
		return 2
	case j.o.Transport == client.Upgrade && j.o.Proto != wire.Rev1:
		return 1 // its connections of polling are gone by then
	}
	return 1
}
