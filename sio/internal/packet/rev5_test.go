package packet

import (
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// rev5Vectors is what socket.io-parser 4.2.6 answers (testdata/vectors-rev5.js).
type rev5Vectors struct {
	Decode []struct {
		Text   string         `json:"text"`
		Packet map[string]any `json:"packet"`
		Error  string         `json:"error"`
	} `json:"decode"`
	Binary []struct {
		Text        string         `json:"text"`
		Attachments int            `json:"attachments"`
		Packet      map[string]any `json:"packet"`
		Error       string         `json:"error"`
	} `json:"binary"`
	Encode []struct {
		Packet map[string]any `json:"packet"`
		Out    []any          `json:"out"`
	} `json:"encode"`
}

func loadRev5(t testing.TB) (v rev5Vectors) {
	readJSON(t, "testdata/vectors-rev5.json", &v)
	if len(v.Decode) < 100 || len(v.Binary) < 30 || len(v.Encode) < 15 {
		t.Fatalf("vectors: %d decode, %d binary, %d encode", len(v.Decode), len(v.Binary), len(v.Encode))
	}
	return v
}

// rev5Stricter are the packets which only JavaScript's conversions let the
// reference take, and those where its answer cannot be of use: what we say, and
// what it understands.
var rev5Stricter = map[string]string{
	``:  "unknown packet type",                                    // a CONNECT: Number("") is 0
	` `: "unknown packet type",                                    // a CONNECT: Number(" ") is 0
	`2`: reasonPayload, `25`: reasonPayload, `51-`: reasonPayload, // an event without a name
	`2/admin,`: reasonPayload, `2/no-comma["x"]`: reasonPayload,
	`2 ["a"]`: reasonPayload, `0 {"a":1}`: reasonPayload, `1 `: reasonPayload, // white space as an id: 0
	"2\n[\"a\"]": reasonPayload, "2\u00a0[\"a\"]": reasonPayload, "2\ufeff[\"a\"]": reasonPayload,
	`21 ["a"]`:                      reasonPayload,         // white space as a digit
	`218446744073709551616["a"]`:    "ack id out of range", // rounded
	`299999999999999999999999["a"]`: "ack id out of range",
	`5-["a"]`:                       "illegal attachments",                                      // none: Number("") is 0
	`51e1-["a"]`:                    "illegal attachments", `50x2-["a"]`: "illegal attachments", // 10, 2
	`5 1-["a"]`: "illegal attachments", `51 -["a"]`: "illegal attachments", `5+1-["a"]`: "illegal attachments",
}

// rev5Looser are the packets that the reference refuses and that are taken here,
// because the limit is the caller's.
var rev5Looser = map[string]int{`511-["eleven"]`: 11, `510000-["many"]`: 10000}

// describeRev5 gives a packet in the vectors' form, its arguments put together
// again from what SplitEvent and SplitAck made of them.
func describeRev5(t *testing.T, p Packet) map[string]any {
	t.Helper()
	m := map[string]any{"type": float64(p.Type), "nsp": string(p.Namespace)}
	if p.HasID {
		m["id"] = float64(p.ID)
	}
	if p.Type == BinaryEvent || p.Type == BinaryAck {
		m["attachments"] = float64(p.Attachments)
	}
	switch {
	case len(p.Data) == 0:
	case p.Type == Event || p.Type == BinaryEvent:
		m["data"] = describeEvent(t, p.Data)
	case p.Type == Ack || p.Type == BinaryAck:
		args, err := SplitAck(p.Data)
		if err != nil {
			t.Errorf("SplitAck(%q): %v", p.Data, err)
		}
		m["data"] = decodeArgs(args)
	default:
		m["data"] = decodeJSON(p.Data)
	}
	return m
}

func describeEvent(t *testing.T, data []byte) any {
	t.Helper()
	name, numeric, args, err := SplitEvent(data)
	if err != nil {
		t.Errorf("SplitEvent(%q): %v", data, err)
		return nil
	}
	list := []any{string(name)}
	if numeric {
		list[0] = decodeJSON(name)
	}
	for {
		elem, rest, ok := args.Next()
		if !ok {
			return list
		}
		list = append(list, decodeJSON(elem))
		args = rest
	}
}

func TestRev5DecodeVectors(t *testing.T) {
	t.Parallel()
	stricter, looser := 0, 0
	for _, v := range loadRev5(t).Decode {
		p, err := ParseRev5([]byte(v.Text))
		want, isStricter := rev5Stricter[v.Text]
		if strings.Count(v.Text, "[") > MaxDepth {
			want, isStricter = reasonDepth, true
			stricter--
		}
		n, isLooser := rev5Looser[v.Text]
		switch {
		case isStricter:
			stricter++
			if err == nil || err.(*Error).Reason != want || v.Error != "" {
				t.Errorf("%q: got %v, want %q; the reference: %q", v.Text, err, want, v.Error)
			}
		case isLooser:
			looser++
			if err != nil || p.Attachments != n || v.Error == "" {
				t.Errorf("%q: got %d, %v, want %d; the reference: %q", v.Text, p.Attachments, err, n, v.Error)
			}
		case v.Error != "":
			if err == nil {
				t.Errorf("%q: accepted; the reference: %q", v.Text, v.Error)
			}
		case err != nil:
			t.Errorf("%q: %v", v.Text, err)
		default:
			if got := describeRev5(t, p); !reflect.DeepEqual(got, v.Packet) {
				t.Errorf("%q: got %v, want %v", v.Text, got, v.Packet)
			}
		}
	}
	if stricter != len(rev5Stricter) || looser != len(rev5Looser) {
		t.Errorf("differences not met in the vectors: %d of %d, %d of %d", stricter, len(rev5Stricter), looser, len(rev5Looser))
	}
}

// binaryDiffers are the placeholders that are treated in another way than in
// the reference, which gives a Buffer for each: refused, or left as they are.
var binaryDiffers = map[string]string{
	"fraction": reasonAttachments, // gives undefined
	"exponent": reasonAttachments, "minus zero": reasonAttachments,
	"twice": reasonAttachments,                                  // both share the Buffer; here the bytes would be copied
	"none":  reasonAttachments,                                  // left as it is, since nothing is reconstructed
	"inner": "", "inner array": "", "nested": "", "escaped": "", // not a placeholder here
}

func TestPlaceholderVectors(t *testing.T) {
	t.Parallel()
	met := 0
	for _, v := range loadRev5(t).Binary {
		p, err := ParseRev5([]byte(v.Text))
		if err != nil || p.Attachments != v.Attachments {
			t.Errorf("%q: %d, %v", v.Text, p.Attachments, err)
			continue
		}
		args, err := SplitAck(p.Data) // with the name as the first
		if err != nil {
			t.Errorf("%q: %v", v.Text, err)
			continue
		}
		err = FindPlaceholders(args, p.Attachments)
		first, _, _ := args.Next()
		if want, ok := binaryDiffers[strings.Trim(string(first), `"`)]; ok {
			met++
			if v.Error != "" || (want == "") != (err == nil) || err != nil && err.(*Error).Reason != want {
				t.Errorf("%q: got %v, want %q; the reference: %q", v.Text, err, want, v.Error)
			}
			continue
		}
		if (err != nil) != (v.Error != "") {
			t.Errorf("%q: got %v; the reference: %q", v.Text, err, v.Error)
		}
		if err != nil {
			continue
		}
		got, err := ReplacePlaceholders(nil, args, func(dst []byte, num int) []byte {
			return append(append(append(dst, `{"hex":"`...), hex.EncodeToString([]byte{byte(num)})...), `"}`...)
		})
		if err != nil || !reflect.DeepEqual(decodeArgs(got), v.Packet["data"]) {
			t.Errorf("%q: got %s, %v, want %v", v.Text, got, err, v.Packet["data"])
		}
	}
	if met != len(binaryDiffers) {
		t.Errorf("%d of %d differences met", met, len(binaryDiffers))
	}
}

// withPlaceholders gives the JSON of v with its Buffers as placeholders.
func withPlaceholders(v any, n *int) []byte {
	switch v := v.(type) {
	case string:
		return AppendJSONString(nil, v)
	case []any:
		b := []byte{'['}
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, withPlaceholders(e, n)...)
		}
		return append(b, ']')
	case map[string]any:
		if _, ok := v["hex"]; ok {
			*n++
			return AppendPlaceholder(nil, *n-1)
		}
		if _, ok := v["a"]; ok { // the only nested one
			return append(append([]byte(`{"a":`), withPlaceholders(v["a"], n)...), '}')
		}
	}
	b, _ := json.Marshal(v)
	return b
}

func TestRev5EncodeVectors(t *testing.T) {
	t.Parallel()
	for _, v := range loadRev5(t).Encode {
		p := Packet{Type: Type(v.Packet["type"].(float64)), Namespace: []byte(v.Packet["nsp"].(string))}
		if id, ok := v.Packet["id"].(float64); ok {
			p.HasID, p.ID = true, uint64(id)
		}
		data := v.Packet["data"]
		if list, ok := data.([]any); ok && p.Type == Event {
			args := withPlaceholders(list[1:], &p.Attachments)
			p.Data = AppendEventRev5(nil, list[0].(string), args[1:len(args)-1])
		} else if data != nil {
			p.Data = withPlaceholders(data, &p.Attachments)
		}
		if p.Attachments > 0 {
			p.Type += BinaryEvent - Event
		}
		if got := string(AppendRev5(nil, &p)); got != orderedLike(v.Out[0].(string)) {
			t.Errorf("%v: got %q, want %q", v.Packet, got, v.Out[0])
		}
		if p.Attachments != len(v.Out)-1 {
			t.Errorf("%v: %d attachments", v.Packet, p.Attachments)
		}
	}
}

// orderedLike puts the one object of the vectors whose keys are not in
// alphabetical order into Go's order.
func orderedLike(s string) string {
	return strings.Replace(s, `{"message":"x","data":{"code":1}}`, `{"data":{"code":1},"message":"x"}`, 1)
}

func TestRev5Errors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in     string
		offset int
		reason string
	}{
		{"x", 0, "unknown packet type"},
		{"5x", 1, "illegal attachments"},
		{"52147483648-[]", 1, "illegal attachments"},
		{`2/chat,[1,x]`, 10, reasonSyntax},
		{`212["a"`, 7, reasonEnd},
		{`212["a"]]`, 8, reasonSyntax},
		{`0/chat,12[]`, 9, reasonPayload},
		{`2["a","` + "\x01" + `"]`, 7, reasonControl},
		{`2["a","\q"]`, 7, reasonEscape},
		{`2["a",-]`, 6, reasonNumber},
		{`2[true]`, 2, reasonName},
		{`2[]`, 2, reasonNoName},
		{`2["connect"]`, 1, "reserved event name"},
	} {
		_, err := ParseRev5([]byte(c.in))
		if want := (&Error{c.offset, c.reason}); !reflect.DeepEqual(err, error(want)) {
			t.Errorf("%q: got %v, want %v", c.in, err, want)
		}
	}
}
