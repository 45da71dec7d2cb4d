package hostile

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/tornadio/tornadio/sio"
)

// costlyJSON are texts that are much work for careless parsers. fits tells
// whether they are events; else the connection closes.
var costlyJSON = []struct {
	name, json string
	fits       bool
}{
	{"200 kB of brackets", repeat("[", 200_000), false},
	{"200 kB of closed brackets", repeat("[", 100_000) + repeat("]", 100_000), false},
	{"200 kB of objects", repeat(`{"a":`, 40_000), false},
	{"513 levels", `["any",` + repeat("[", 512) + repeat("]", 512) + "]", false},
	{"512 levels", `["any",` + repeat("[", 511) + repeat("]", 511) + "]", true},
	{"512 objects", `["any",` + repeat(`{"a":`, 511) + "1" + repeat("}", 511) + "]", true},
	{"500 kB of one number", `["any",` + repeat("9", 500_000) + "]", true},
	{"a huge exponent", `["any",1e` + repeat("9", 100_000) + "]", true},
	{"500 kB of escapes", `["any","` + repeat(`\u0041`, 80_000) + `"]`, true},
	{"200 000 arguments", `["any"` + repeat(",1", 200_000) + "]", true},
	{"the same key 80 000 times", `["any",{"a":1` + repeat(`,"a":1`, 80_000) + "}]", true},
	{"40 000 keys", `["any",{` + keys(40_000) + "}]", true},
	{"lone surrogates", `["any","` + repeat(`\ud800`, 80_000) + `"]`, true},
	{"a name of 500 kB", `["` + repeat("n", 500_000) + `"]`, true},
	{"a name of escapes", `["` + repeat(`\n`, 200_000) + `"]`, true},
	{"an unfinished string", `["any","` + repeat("x", 500_000), false},
	{"white space", `["any"` + repeat(" ", 500_000) + "]", true},
	{"commas", `["any"` + repeat(",", 500_000) + "]", false},
	{"quotes", repeat(`"`, 500_000), false},
	{"backslashes", `["` + repeat(`\`, 500_001) + `"]`, false},
	{"prototype", `["any",{"__proto__":{"constructor":1}}]`, true},
}

func keys(n int) string {
	b := []byte(`"k":0`)
	for i := range n {
		b = fmt.Appendf(b, `,"k%d":%d`, i, i)
	}
	return string(b)
}

func TestCostlyJSON(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, func(g *rig) {
		sio.On(g.ns, "any", func(_ *user, v any) {})
		sio.On(g.ns, "struct", func(_ *user, v struct{ A []string }) {})
	})
	g.watched(func() {
		for i, c := range costlyJSON {
			t.Run(c.name, func(t *testing.T) {
				who := fmt.Sprint("costly", i)
				s := g.modern(who)
				s.t = t
				s.say("42" + c.json)
				if c.fits {
					s.say(`42["echo",1]`)
					s.want(`42["echo",1]`)
					return
				}
				s.cut(0)
				g.ended(who, sio.ParseError)
			})
		}
	})
}

// TestCostlyRev1JSON: the same inside events of revision 1.
func TestCostlyRev1JSON(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, func(g *rig) { sio.On(g.ns, "any", func(_ *user, v any) {}) })
	g.watched(func() {
		for i, c := range costlyJSON {
			if len(c.json) < 7 || c.json[:6] != `["any"` {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				who := fmt.Sprint("costly", i)
				s := g.legacy(who)
				s.t = t
				s.say(`5:::{"name":"any","args":` + c.json + "}")
				fits := c.fits && c.name != "512 levels" && c.name != "512 objects" // one level more than here
				if fits {
					s.say(`5:::{"name":"echo","args":[1]}`)
					s.want(`5:::{"name":"echo","args":[1]}`)
					return
				}
				s.cut(0)
				g.ended(who, sio.ParseError)
			})
		}
	})
}

// TestMisfits: arguments that do not fit the handler's types go to OnError, and
// the connection stays.
func TestMisfits(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, func(g *rig) {
		sio.On2(g.ns, "two", func(u *user, a int8, b map[string]int) { t.Errorf("called with %d, %v", a, b) })
	})
	args := []string{`"x"`, "1000", "1,[]", `1,{"a":"b"}`, "{}", "true,1", "1e999", "-129"}
	g.watched(func() {
		s := g.modern("misfit")
		for _, a := range args {
			s.say(`42["two",` + a + "]")
		}
		s.say(`42["echo",1]`)
		s.want(`42["echo",1]`)
	})
	if n := g.srv.Stats().Misfits; n != uint64(len(args)) {
		t.Errorf("Stats.Misfits is %d, want %d", n, len(args))
	}
}

// TestRawJSONIsSafeToPassOn: what a peer writes as JSON is JSON when it is sent
// on.
func TestRawJSONIsSafeToPassOn(t *testing.T) {
	t.Parallel()
	g := start(t, sio.Config{}, func(g *rig) {
		g.ns.OnRaw("all", func(u *user, e *sio.Event) { _ = u.Emit("all", rawCopy(e)) })
	})
	g.watched(func() {
		s := g.modern("raw")
		for _, arg := range []string{`"\u2028"`, "\"\u2028\"", `{"a":[1,2,"]"]}`, `"\ud800"`, "1.0e+3", `" \\\" "`} {
			s.say(`42["all",` + arg + "]")
			got := s.text()
			if !json.Valid([]byte(got[2:])) {
				t.Errorf("%s came back as %s", arg, got)
			}
		}
	})
}
