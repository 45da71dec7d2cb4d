package clients

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tinylib/msgp/msgp"
)

// Where the parsers differ on purpose: each with the reason. In all but the
// first two this library refuses what the reference takes.
var knownDefault = []struct {
	why  string
	fits func(text string, ours, theirs verdict) bool
}{
	// Kept: clients up to 4.8 write 50-[...] for an object whose toJSON gives
	// binary data, and servers before that version took it.
	{"no attachments in a binary packet: 4.2.6 takes it, 4.2.7 does not", func(text string, ours, theirs verdict) bool {
		return regexp.MustCompile(`^[56]0+-`).MatchString(text) && theirs.Why == "Illegal attachments"
	}},
	{"an object with an inner one, or a key in escapes, is no placeholder here: no encoder writes it", func(text string, ours, theirs verdict) bool {
		return ours.OK && regexp.MustCompile(`"x": ?[\[{]|\\u005fplaceholder`).MatchString(text)
	}},
	{"numbers by JavaScript's conversion: an empty text, white space, 0x1, 1.0", func(text string, ours, theirs verdict) bool {
		return !ours.OK && (text == "" || regexp.MustCompile(`^[56][^-]*[^-0-9][^-]*-`).MatchString(text) || regexp.MustCompile(`^.(\d+-)?(/[^,]*,?)?\d*[\s\x{a0}\x{feff}]`).MatchString(text) || regexp.MustCompile(`^[\s\x{a0}\x{feff}]|^[56]-`).MatchString(text))
	}},
	{"an id beyond 64 bits: JavaScript rounds it", func(text string, ours, theirs verdict) bool {
		return strings.Contains(ours.Why, "ack id out of range")
	}},
	{"an event without data: the reference's server would emit nothing", func(text string, ours, theirs verdict) bool {
		return theirs.OK && (theirs.Waits || theirs.Type == 2) && strings.HasSuffix(ours.Why, "invalid payload at offset "+strconv.Itoa(len(text)))
	}},
	{"a placeholder's number that occurs twice: the bytes would be copied", func(text string, ours, theirs verdict) bool {
		return strings.Contains(ours.Why, "illegal attachments") && theirs.OK && twice(text)
	}},
	{"a placeholder's number that is no plain whole number: 0.5, 1e0", func(text string, ours, theirs verdict) bool {
		return strings.Contains(ours.Why, "illegal attachments") && regexp.MustCompile(`"num":(0\.5|[01]e0|-0)`).MatchString(text)
	}},
	{"nesting beyond 512", func(text string, ours, theirs verdict) bool {
		return strings.Contains(ours.Why, "nested too deep")
	}},
}

var number = regexp.MustCompile(`"num" ?: ?(\d+)`)

func twice(text string) bool {
	seen := map[string]bool{}
	for _, m := range number.FindAllStringSubmatch(text, -1) {
		if seen[m[1]] {
			return true
		}
		seen[m[1]] = true
	}
	return false
}

// vectors are the texts of the packet codec's own tests, with attachments.
func vectors(t *testing.T) (cases []frames) {
	t.Helper()
	b, err := os.ReadFile("../packet/testdata/vectors-rev5.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Decode, Binary []struct {
			Text        string
			Attachments int
		}
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	for _, v := range append(all.Decode, all.Binary...) {
		f := frames{v.Text}
		for i := range v.Attachments {
			f = append(f, []byte{byte(i)})
		}
		cases = append(cases, f)
	}
	if len(cases) < 200 {
		t.Fatalf("%d vectors", len(cases))
	}
	return cases
}

func TestDefaultParserDifferences(t *testing.T) {
	t.Parallel()
	seed := uint64(20260101)
	g := generator{rand.New(rand.NewPCG(seed, 1))}
	var cases []frames
	for range 6000 {
		cases = append(cases, g.packet())
	}
	for _, text := range []string{"", "2", "3", `2["a"`, "2" + strings.Repeat("[", 600) + strings.Repeat("]", 600),
		`2["a",` + strings.Repeat("[", 511) + strings.Repeat("]", 511) + "]", `2["a",` + strings.Repeat("[", 512) + strings.Repeat("]", 512) + "]"} {
		cases = append(cases, frames{text})
	}
	cases = append(cases, vectors(t)...)
	met := map[string]bool{}
	compare(t, "default", cases, func(f frames, ours, theirs verdict) string {
		text, _ := f[0].(string)
		for _, k := range knownDefault {
			if k.fits(text, ours, theirs) {
				met[k.why] = true
				return k.why
			}
		}
		return ""
	})
	for _, k := range knownDefault {
		if !met[k.why] {
			t.Errorf("not met: %s", k.why)
		}
	}
}

// msgpack makes a value, nearly right.
func (g generator) msgpack(b []byte, depth int) []byte {
	switch g.IntN(14) {
	case 0:
		return msgp.AppendInt64(b, g.Int64N(1<<40)-1<<31)
	case 1:
		return msgp.AppendUint64(b, g.Uint64N(1<<53))
	case 2:
		return msgp.AppendFloat64(b, g.NormFloat64()*1e3)
	case 3:
		return msgp.AppendFloat32(b, float32(g.NormFloat64()))
	case 4:
		return append(b, g.pick("\xc0", "\xc2", "\xc3", "\xc1", "\xd4\x00\x00", "\xd7\x00\x00\x00\x01\x8b\xcf\xe5\x68\x7b", "\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00", "\xd5\x01ab", "\xc7\x02\x05ab", "\xff")...)
	case 5:
		return append(b, g.pick("\xc7\x02\x00ab", "\xc7\x00\x00", "\xc8\x00\x01\x00a")...)
	case 6:
		return msgp.AppendBytes(b, []byte(g.pick("", "a", strings.Repeat("b", 300))))
	case 7, 8:
		n := g.IntN(4)
		if depth <= 0 {
			n = 0
		}
		if g.IntN(40) == 0 {
			return append(b, g.pick("\xdd\xff\xff\xff\xff", "\xdf\xff\xff\xff\xff", "\xdb\xff\xff\xff\xff", "\xc6\xff\xff\xff\xff", "\x9f", "\xde\x00\x05")...)
		}
		b = msgp.AppendArrayHeader(b, uint32(n))
		for range n {
			b = g.msgpack(b, depth-1)
		}
		return b
	case 9, 10:
		n := g.IntN(4)
		if depth <= 0 {
			n = 0
		}
		b = msgp.AppendMapHeader(b, uint32(n))
		for range n {
			if g.IntN(20) == 0 {
				b = msgp.AppendInt(b, g.IntN(300)-50)
			} else {
				b = msgp.AppendString(b, g.pick("a", "b", "é", "num", "_placeholder", ""))
			}
			b = g.msgpack(b, depth-1)
		}
		return b
	}
	return msgp.AppendString(b, g.pick("", "a", "é😀", strings.Repeat("long ", 60), "\u2028\"\\\n"))
}

func (g generator) msgpackPacket() frames {
	typ := g.pickInt(0, 1, 2, 2, 2, 2, 3, 3, 4, 5, -1)
	var members [][]byte
	member := func(key string, value []byte) {
		members = append(members, append(msgp.AppendString(nil, key), value...))
	}
	member("type", msgp.AppendInt(nil, typ))
	if g.IntN(20) > 0 {
		member("nsp", msgp.AppendString(nil, g.pick("/", "/", "/a", "/é?x=1")))
	}
	if g.IntN(3) == 0 {
		member("id", append([]byte(nil), g.pick("\x05", "\xcd\x01\x00", "\xd4\x00\x00", "\xa1x", "\xc0", "\xcf\x00\x1f\xff\xff\xff\xff\xff\xff")...))
	}
	if g.IntN(4) == 0 {
		member(g.pick("options", "attachments"), g.msgpack(nil, 2))
	}
	switch {
	case typ == 2 || typ == 3:
		n := g.IntN(4)
		data := msgp.AppendArrayHeader(nil, uint32(n+1))
		data = append(data, g.pick("\xa1a", "\xa1a", "\xa7message", "\x05")...)
		for range n {
			data = g.msgpack(data, 3)
		}
		if g.IntN(15) == 0 {
			data = g.msgpack(nil, 2)
		}
		member("data", data)
	case g.IntN(2) == 0:
		member("data", g.msgpack(nil, 2))
	}
	g.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	b := msgp.AppendMapHeader(nil, uint32(len(members)))
	for _, m := range members {
		b = append(b, m...)
	}
	if g.IntN(25) == 0 {
		b = b[:g.IntN(len(b)+1)]
	}
	if g.IntN(25) == 0 && len(b) > 0 {
		b[g.IntN(len(b))] = byte(g.IntN(256))
	}
	return frames{b}
}

// knownMsgpack are the differences of that parser.
var knownMsgpack = []struct {
	why  string
	fits func(b []byte, ours, theirs verdict) bool
}{
	// Kept: a server's handlers would be told "disconnect" by a client.
	{"names of events are judged as in the default parser: reserved ones, and what is neither text nor number", func(_ []byte, ours, theirs verdict) bool {
		return !ours.OK && (strings.Contains(ours.Why, "event") || strings.Contains(ours.Why, "name"))
	}},
	{"a key that is neither text nor number, an id below zero or as a float: no client writes them", func(_ []byte, ours, theirs verdict) bool {
		return strings.Contains(ours.Why, "key is neither") || strings.Contains(ours.Why, "invalid packet id") || strings.Contains(ours.Why, "unknown packet type")
	}},
	{"text that is not UTF-8 has another number of replacement characters", func(b []byte, ours, theirs verdict) bool {
		return ours.OK && theirs.OK && strings.Contains(string(ours.Data)+ours.Nsp, "\ufffd")
	}},
	{"whole numbers beyond 64 bits: the npm parser writes another number", func(_ []byte, ours, theirs verdict) bool {
		return ours.OK && theirs.OK && regexp.MustCompile(`\d{19,}|e\+`).Match(theirs.Data)
	}},
	{"a Date as the data of a CONNECT_ERROR, which clients don't send, is a text", func(_ []byte, ours, theirs verdict) bool {
		return ours.OK && ours.Type == 4 && theirs.Why == "invalid payload"
	}},
	{"a namespace without its slash gets it while it is read, in the reference later", func(_ []byte, ours, theirs verdict) bool {
		return ours.OK && theirs.OK && ours.Nsp == "/"+theirs.Nsp
	}},
}

func TestMsgpackParserDifferences(t *testing.T) {
	t.Parallel()
	g := generator{rand.New(rand.NewPCG(20260101, 2))}
	var cases []frames
	for range 6000 {
		cases = append(cases, g.msgpackPacket())
	}
	event := "\x83\xa4type\x02\xa3nsp\xa1/\xa4data\x92\xa1x"
	for _, text := range []string{
		event + "\xd3\xff\xff\xff\xff\x00\x00\x00\x00", // -2^32
		event + "\x81\xc0\x01",                         // the key is nil
		event + "\xa1\xff",
		event + "\xcb\x44\xb0\x00\x00\x00\x00\x00\x00", // beyond 64 bits
		"\x83\xa4type\x02\xa3nsp\xa1/\xa4data\x91\xaadisconnect",
		"\x82\xa4type\x01\xa3nsp\xa1a",
		"\x83\xa4type\x04\xa3nsp\xa1/\xa4data\xd7\x00\x00\x00\x01\x8b\xcf\xe5\x68\x7b",
	} {
		cases = append(cases, frames{[]byte(text)})
	}
	met := map[string]bool{}
	compare(t, "msgpack", cases, func(f frames, ours, theirs verdict) string {
		b, _ := f[0].([]byte)
		for _, k := range knownMsgpack {
			if k.fits(b, ours, theirs) {
				met[k.why] = true
				return k.why
			}
		}
		return ""
	})
	for _, k := range knownMsgpack {
		if !met[k.why] {
			t.Errorf("not met: %s", k.why)
		}
	}
}
