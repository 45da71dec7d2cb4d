package cli

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/scenario"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// contradictions are flags that were given and would do nothing, or that can't
// be together: better said than run.
func (s *settings) contradictions(f *flag.FlagSet) error {
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var errs []error
	bad := func(is bool, format string, args ...any) {
		if is {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	for _, name := range []string{"peers", "ours", "server-cpus", "guard"} {
		bad(s.url != "" && given[name], "-%s is for servers that the tool starts, not for -url", name)
	}
	for _, name := range []string{"pid", "i-own-this-server"} {
		bad(s.url == "" && given[name], "-%s goes with -url", name)
	}
	bad(s.pid != 0 && s.mine, "-pid is for a server on this machine, and -i-own-this-server for one elsewhere")
	bad(strings.HasPrefix(s.url, "http:") && s.tls, "-tls with an http address: write https")
	o := &s.options
	bad(o.Rate > 0 && given["inflight"], "-inflight is for the closed loop, and -rate opens it")
	bad(o.Rate > 0 && o.Storm, "-storm is all clients at once, and -rate so many a second")
	for _, knob := range scenario.Knobs {
		bad(given[knob] && !s.anyUses(knob), "-%s does nothing in these scenarios: it is for %s", knob, strings.Join(scenario.Users(knob), ", "))
	}
	for _, c := range s.cases {
		info, _ := scenario.Find(c.name)
		bad(c.rate > 0 && !info.Uses("rate"), "-scenario: %s has no rate", c.name)
	}
	for _, j := range (&session{settings: s}).jobs() {
		two := j.o.Scenario == "presence" || j.o.Scenario == "slow"
		bad(two && j.o.N < 2, "-scenario: %s needs 2 clients or more", j.o.Scenario)
	}
	over := func(ok func(way) bool) bool { return slices.ContainsFunc(s.ways, ok) }
	polls := func(w way) bool { return w.transport == client.Polling || w.transport == client.JSONP }
	bad(o.Rest && !over(polls), "-between-polls is for -transport polling or jsonp")
	bad(o.Deflate && !over(func(w way) bool { return !polls(w) && w.transport != client.HTMLFile }), "-deflate is for websockets")
	bad(o.Deflate && over(isRev1), "-deflate: clients 0.x know no permessage-deflate")
	bad(o.Binary && over(isRev1), "-binary: clients 0.x know no attachments")
	return errors.Join(errs...)
}

func isRev1(w way) bool { return !w.auto && w.proto == wire.Rev1 }

func (s *settings) anyUses(knob string) bool {
	return slices.ContainsFunc(s.cases, func(c testCase) bool {
		info, _ := scenario.Find(c.name)
		return info.Uses(knob)
	})
}
