package clients

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/sio/internal/packet"
)

// A differential test of the packet codecs: what the npm packages make of a
// packet, and what this library does. Both must accept or refuse, and mean the
// same; where they differ on purpose is listed in parsers_known_test.go.

// frames are the messages of one packet: texts are strings, binary is []byte.
type frames []any

// verdict is what a parser makes of frames.
type verdict struct {
	OK    bool
	Waits bool // for attachments
	Why   string
	Type  int
	Nsp   string
	ID    *float64
	Data  json.RawMessage
	Again []any
}

// oracle is a Node process with the npm parsers.
type oracle struct {
	t   *testing.T
	in  *json.Encoder
	out *bufio.Reader
}

func newOracle(t *testing.T) *oracle {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", "scripts/parsers.mjs")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if _ = cmd.Wait(); complaints.Len() > 0 {
			t.Errorf("parsers.mjs wrote:\n%s", complaints.String())
		}
	})
	return &oracle{t: t, in: json.NewEncoder(in), out: bufio.NewReaderSize(out, 1<<20)}
}

// ask asks about many at a time: the process reads while it answers.
func (o *oracle) ask(parser string, cases []frames) []verdict {
	o.t.Helper()
	sent := make(chan error, 1)
	go func() {
		for _, c := range cases {
			list := make([]any, len(c))
			for i, f := range c {
				if b, ok := f.([]byte); ok {
					f = map[string]string{"bin": base64.StdEncoding.EncodeToString(b)}
				}
				list[i] = f
			}
			if err := o.in.Encode(map[string]any{"parser": parser, "frames": list}); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	answers := make([]verdict, len(cases))
	for i := range cases {
		line, err := o.out.ReadBytes('\n')
		if err == nil {
			err = json.Unmarshal(line, &answers[i])
		}
		if err != nil {
			o.t.Fatalf("case %d, %q: %v", i, cases[i], err)
		}
	}
	if err := <-sent; err != nil {
		o.t.Fatal(err)
	}
	return answers
}

// ours is this library's verdict, by the steps of client.takeRev5 and
// takeMsgpack.
func ours(parser string, f frames) verdict {
	if parser == "msgpack" {
		b, binary := f[0].([]byte)
		if !binary || len(f) != 1 {
			return verdict{Why: "not one binary message"}
		}
		p, attachments, err := packet.ParseMsgpack(b)
		return judged(p, attachments, err)
	}
	text, ok := f[0].(string)
	if !ok {
		return verdict{Why: "an attachment without a packet"}
	}
	p, err := packet.ParseRev5([]byte(text))
	if err == nil && p.Attachments > packet.DefaultMaxAttachments {
		return verdict{Why: "too many attachments"}
	}
	if err != nil {
		return judged(p, nil, err)
	}
	var attachments [][]byte
	for _, a := range f[1:] {
		b, ok := a.([]byte)
		if !ok && len(attachments) < p.Attachments {
			return verdict{Why: "text while attachments are due"}
		}
		if !ok || len(attachments) == p.Attachments {
			return verdict{Why: "more than one packet"}
		}
		attachments = append(attachments, b)
	}
	if len(attachments) < p.Attachments {
		return verdict{OK: true, Waits: true}
	}
	if p.Attachments > 0 {
		err = packet.FindPlaceholders(packet.Args(p.Data), len(attachments))
	}
	return judged(p, attachments, err)
}

func judged(p packet.Packet, attachments [][]byte, err error) verdict {
	if err != nil {
		return verdict{Why: err.Error()}
	}
	v := verdict{OK: true, Type: int(p.Type), Nsp: string(p.Namespace), Data: p.Data}
	if p.Type == packet.BinaryEvent || p.Type == packet.BinaryAck {
		v.Type -= int(packet.BinaryEvent - packet.Event)
	}
	if p.HasID {
		id := float64(p.ID)
		v.ID = &id
	}
	if len(attachments) > 0 {
		v.Data, _ = packet.ReplacePlaceholders(nil, packet.Args(p.Data), func(dst []byte, num int) []byte {
			dst = append(dst, `{"$bin":"`...)
			dst = base64.StdEncoding.AppendEncode(dst, attachments[num])
			return append(dst, `"}`...)
		})
	}
	return v
}

// meaning is JSON as JavaScript sees it: numbers are float64, what is infinite
// is null when it is written, and there is one zero.
func meaning(data []byte) any {
	if len(data) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return "not JSON: " + err.Error()
	}
	return normal(v)
}

func normal(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, _ := strconv.ParseFloat(string(v), 64)
		if math.IsInf(f, 0) {
			return nil
		}
		return f + 0 // of -0 it makes 0
	case []any:
		for i := range v {
			v[i] = normal(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = normal(v[k])
		}
	}
	return v
}

func same(a, b verdict) bool {
	if a.OK != b.OK || a.Waits != b.Waits {
		return false
	}
	if !a.OK || a.Waits {
		return true
	}
	ids := a.ID == nil && b.ID == nil || a.ID != nil && b.ID != nil && *a.ID == *b.ID
	return ids && a.Type == b.Type && a.Nsp == b.Nsp && reflect.DeepEqual(meaning(a.Data), meaning(b.Data))
}

// decoded turns frames of the process's answer into those of a question.
func decoded(again []any) (f frames) {
	for _, x := range again {
		if m, ok := x.(map[string]any); ok {
			b, _ := base64.StdEncoding.DecodeString(m["bin"].(string))
			f = append(f, b)
		} else {
			f = append(f, x)
		}
	}
	return f
}

// reencoded is what this library writes for what it has read.
func reencoded(parser string, f frames) frames {
	if parser == "msgpack" {
		p, attachments, _ := packet.ParseMsgpack(f[0].([]byte))
		return frames{packet.AppendMsgpack(nil, &p, attachments)}
	}
	p, _ := packet.ParseRev5([]byte(f[0].(string)))
	return append(frames{string(packet.AppendRev5(nil, &p))}, f[1:]...)
}

// compare has both judge the cases, then what each writes for them.
func compare(t *testing.T, parser string, cases []frames, known func(f frames, ours, theirs verdict) string) {
	t.Helper()
	o := newOracle(t)
	met := map[string]int{}
	agreed := 0
	var mine, rest []frames
	for i, theirs := range o.ask(parser, cases) {
		we := ours(parser, cases[i])
		if !same(we, theirs) {
			why := known(cases[i], we, theirs)
			if met[why]++; why == "" && met[why] <= 20 {
				t.Errorf("%q:\n   ours: %v %s %d %s %s\n theirs: %v %s %d %s %s", cases[i],
					we.OK, we.Why, we.Type, we.Nsp, we.Data, theirs.OK, theirs.Why, theirs.Type, theirs.Nsp, theirs.Data)
			}
			continue
		}
		agreed++
		if we.OK && !we.Waits {
			mine, rest = append(mine, reencoded(parser, cases[i])), append(rest, cases[i])
			if back := ours(parser, decoded(theirs.Again)); !same(back, we) && known(decoded(theirs.Again), back, theirs) == "" {
				t.Errorf("%q: theirs writes %q, which we read as %+v", cases[i], decoded(theirs.Again), back)
			}
		}
	}
	for i, theirs := range o.ask(parser, mine) {
		if we := ours(parser, rest[i]); !same(we, theirs) && known(rest[i], we, theirs) == "" {
			t.Errorf("%q: we write %q, which theirs reads as %v %s %s", rest[i], mine[i], theirs.OK, theirs.Why, theirs.Data)
		}
	}
	t.Logf("%s: %d cases, %d agree, %d of them packets; known differences met: %v", parser, len(cases), agreed, len(mine), met)
	if len(mine) < len(cases)/10 || agreed-len(mine) < len(cases)/10 {
		t.Errorf("%d packets of %d cases: the generator is too one-sided", len(mine), len(cases))
	}
}

// generator makes packets that are nearly right.
type generator struct{ *rand.Rand }

func (g generator) pick(of ...string) string { return of[g.IntN(len(of))] }

// value is JSON text; n counts the placeholders.
func (g generator) value(depth int, n *int) string {
	switch g.IntN(12) {
	case 0:
		return g.pick("0", "-0", "1", "-1.5", "1e3", "1E-2", "12345678901234567890", "1e400", "9007199254740993", "01", "1.", "+1", ".5", "NaN")
	case 1:
		return g.pick("true", "false", "null", "tru", "undefined", "")
	case 2, 3:
		return `"` + g.pick("", "a", "é", "😀", `\n`, `\u00e9`, `\ud83d\ude00`, `\ud800`, `\"`, `\\`, `\x`, "\u2028", "\t", "_placeholder") + `"`
	case 4, 5:
		if depth <= 0 {
			return "[]"
		}
		return "[" + g.values(depth-1, n) + g.pick("", "", "", "", ",") + "]"
	case 6, 7:
		if depth <= 0 {
			return "{}"
		}
		return "{" + g.members(depth-1, n) + "}"
	case 8:
		*n++
		return g.placeholder(strconv.Itoa(*n - 1))
	}
	return g.pick(`"x"`, "7", `{"a":1}`, `["b"]`)
}

func (g generator) placeholder(num string) string {
	switch g.IntN(14) {
	case 0:
		return g.pick(`{"_placeholder":true}`, `{"_placeholder":true,"num":-1}`, `{"_placeholder":true,"num":0.5}`, `{"_placeholder":true,"num":1e0}`,
			`{"_placeholder":true,"num":"0"}`, `{"_placeholder":true,"num":99}`, `{"_placeholder":false,"num":0}`, `{"_placeholder":1,"num":0}`,
			`{"\u005fplaceholder":true,"num":0}`, `{"_placeholder":true,"num":0,"x":[1]}`, `{"_placeholder":true,"num":9,"num":0}`)
	case 1:
		return `{ "num" : ` + num + ` , "_placeholder" : true }`
	}
	return `{"_placeholder":true,"num":` + num + `}`
}

func (g generator) values(depth int, n *int) string {
	var list []string
	for range g.IntN(4) {
		list = append(list, g.value(depth, n))
	}
	return strings.Join(list, g.pick(",", ",", ",", " , ", ",\n"))
}

func (g generator) members(depth int, n *int) string {
	var list []string
	for range g.IntN(4) {
		list = append(list, g.pick(`"a"`, `"b"`, `""`, `"a"`, `"\u0061"`, "a")+g.pick(":", ":", " : ")+g.value(depth, n))
	}
	return strings.Join(list, ",")
}

func (g generator) packet() frames {
	n := 0
	data := g.pick("", "{}", `{"token":"x"}`, `"text"`, `{"message":"no"}`)
	typ := g.IntN(7)
	if typ != 0 && typ != 1 && typ != 4 || g.IntN(8) == 0 {
		name := g.pick(`"a"`, `"a"`, `"message"`, `5`, `"disconnect"`, `"conn\u0065ct"`, `null`, `""`)
		data = "[" + name
		if rest := g.values(3, &n); rest != "" {
			data += "," + rest
		}
		data += g.pick("]", "]", "]", "] ", "]x", "")
	}
	text := strconv.Itoa(typ)
	if typ >= 5 {
		text += g.pick(strconv.Itoa(n), strconv.Itoa(n), strconv.Itoa(n), "1", "0x1", "1.0", " 1", "", "11", "10", "01") + "-"
	}
	text += g.pick("", "", "/a,", "/a", "/,", "/é?q=1,", "a,") + g.pick("", "", "0", "12", "007", "18446744073709551616", " ", "-1", "1.5") + data
	f := frames{text}
	for range n + g.pickInt(0, 0, 0, 0, 0, 0, -1, 1) {
		f = append(f, []byte(g.pick("", "x", "\x00\xff")))
	}
	if len(f) > 1 && typ >= 5 && g.IntN(20) == 0 {
		f[1] = g.pick("2[]", `2["a"]`)
	}
	if g.IntN(30) == 0 && len(text) > 0 {
		i := g.IntN(len(text))
		f[0] = strings.ToValidUTF8(text[:i]+g.pick("", "[", `"`, "\u00a0", "\ufeff", "5")+text[i+g.IntN(2)%(len(text)-i+1):], "?")
	}
	return f
}

func (g generator) pickInt(of ...int) int { return of[g.IntN(len(of))] }
