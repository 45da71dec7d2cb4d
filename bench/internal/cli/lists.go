package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/peer"
	"github.com/tornadio/tornadio/bench/internal/scenario"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// The lists of the command line, and what may stand in them.

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// testCase is a scenario of the command line: NAME[:CLIENTS][@RATE].
type testCase struct {
	name string
	n    int     // 0: as -n says
	rate float64 // 0: as -rate says
}

func caseList(text string) ([]testCase, error) {
	var cases []testCase
	for _, word := range list(text) {
		if word == "all" {
			for _, i := range scenario.All {
				if i.Name != "soak" {
					cases = append(cases, testCase{name: i.Name})
				}
			}
			continue
		}
		c, err := parseCase(word)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	if len(cases) == 0 {
		return nil, errors.New("-scenario: name at least one")
	}
	return cases, nil
}

func parseCase(word string) (c testCase, err error) {
	rest, rate, rated := strings.Cut(word, "@")
	name, n, numbered := strings.Cut(rest, ":")
	c.name = name
	if _, ok := scenario.Find(name); !ok {
		return c, fmt.Errorf("-scenario: there is no %q; -help lists them", name)
	}
	if numbered {
		if c.n, err = strconv.Atoi(n); err != nil || c.n < 1 || c.n > maxClients {
			return c, fmt.Errorf("-scenario: %q: write 1 to %d clients", word, maxClients)
		}
	}
	if rated {
		if c.rate, err = strconv.ParseFloat(rate, 64); err != nil || !(c.rate > 0 && c.rate <= maxRate) {
			return c, fmt.Errorf("-scenario: %q: write a rate of at most %d", word, int(maxRate))
		}
	}
	return c, nil
}

func numberList(text string) ([]int, error) {
	var ns []int
	for _, word := range list(text) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > maxClients {
			return nil, fmt.Errorf("-n: %q: write numbers from 1 to %d", word, maxClients)
		}
		ns = append(ns, n)
	}
	return ns, nil
}

func peerList(text string, ours bool) []string {
	names := list(text)
	if slices.Contains(names, "all") {
		names = peer.Names()
	}
	if ours && !slices.Contains(names, "ours") {
		names = append([]string{"ours"}, names...)
	}
	return names
}

// way is how clients come: [PROTOCOL/]TRANSPORT.
type way struct {
	proto     wire.Proto
	auto      bool // each peer is spoken to in its newest protocol
	transport client.Transport
}

// wayList reads the transports; proto is what those get that name none.
func wayList(text, proto string) ([]way, error) {
	var ways []way
	for _, word := range list(text) {
		p, t, named := strings.Cut(word, "/")
		if !named {
			p, t = proto, word
		}
		w, err := way{auto: p == "auto"}, error(nil)
		if !w.auto {
			w.proto, err = wire.ParseProto(p)
		}
		if err == nil {
			w.transport, err = client.ParseTransport(t)
		}
		if err == nil && !w.transport.Of(w.proto) {
			err = fmt.Errorf("-transport: clients of %v have no %v; write rev1/%[2]v", w.proto, w.transport)
		}
		if err != nil {
			return nil, err
		}
		ways = append(ways, w)
	}
	if len(ways) == 0 {
		return nil, errors.New("-transport: name at least one")
	}
	return ways, nil
}
