package packet

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tinylib/msgp/msgp"
)

// mp makes a packet of msgpack: the members in turn, keys and encoded values.
func mp(members ...any) []byte {
	b := msgp.AppendMapHeader(nil, uint32(len(members)/2))
	for _, m := range members {
		switch v := m.(type) {
		case []byte:
			b = append(b, v...)
		default:
			b, _ = msgp.AppendIntf(b, v)
		}
	}
	return b
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

func event(data []byte) []byte { return mp("type", 2, "nsp", "/", "data", data) }

func deepMsgpack(n int) []byte { return append(bytes.Repeat([]byte{0x91}, n), 0xc0) }

func TestParseMsgpack(t *testing.T) {
	t.Parallel()
	undefined := unhex("d40000")
	for name, c := range map[string]struct {
		in   []byte
		typ  Type
		ns   string
		data string
		id   int // -1: none
		n    int // attachments
	}{
		"connect":              {mp("type", 0, "nsp", "/"), Connect, "/", "", -1, 0},
		"connect, undefined":   {mp("type", 0, "data", undefined, "nsp", "/a"), Connect, "/a", "", -1, 0},
		"connect, auth":        {mp("type", 0, "data", map[string]any{"t": "x"}, "nsp", "/a"), Connect, "/a", `{"t":"x"}`, -1, 0},
		"disconnect":           {mp("type", 1, "nsp", "/a"), Disconnect, "/a", "", -1, 0},
		"not UTF-8, name":      {unhex("82 a474797065 01 a36e7370 a22fff"), Disconnect, "/\ufffd", "", -1, 0},
		"no slash":             {mp("type", 1, "nsp", "a"), Disconnect, "/a", "", -1, 0},
		"event":                {mp("type", 2, "nsp", "/", "data", []any{"a", 1, -5, "é\"", true, nil}), Event, "/", `["a",1,-5,"é\"",true,null]`, -1, 0},
		"options, id":          {mp("options", map[string]any{"compress": true}, "id", 12, "type", 2, "nsp", "/", "data", []any{"a"}), Event, "/", `["a"]`, 12, 0},
		"id undefined":         {mp("id", undefined, "type", 2, "nsp", "/", "data", []any{"a"}), Event, "/", `["a"]`, -1, 0},
		"ack":                  {mp("id", 0, "type", 3, "nsp", "/", "data", []any{}), Ack, "/", `[]`, 0, 0},
		"error, text":          {mp("type", 4, "nsp", "/", "data", "no"), ConnectError, "/", `"no"`, -1, 0},
		"numbers":              {event(unhex("98 a161 cb3ff8000000000000 ca3fc00000 cfffffffffffffffff d38000000000000000 cb7ff8000000000000 cb7ff0000000000000 cb8000000000000000")), Event, "/", `["a",1.5,1.5,18446744073709551615,-9223372036854775808,null,null,-0]`, -1, 0},
		"large and small":      {event(unhex("94 a161 cb444b1ae4d6e2ef50 cb3eb0c6f7a0b5ed8d cb412e848000000000")), Event, "/", `["a",1e+21,0.000001,1000000]`, -1, 0},
		"binary":               {event(unhex("93 a161 c403010203 81a162c40104")), Event, "/", `["a",{"_placeholder":true,"num":0},{"b":{"_placeholder":true,"num":1}}]`, -1, 2},
		"array buffers":        {event(unhex("94 a161 c70000 c70200 00ff c8000100 aa")), Event, "/", `["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1},{"_placeholder":true,"num":2}]`, -1, 3},
		"date":                 {event(unhex("92 a161 d700 0000018bcfe5687b")), Event, "/", `["a","2023-11-14T22:13:20.123Z"]`, -1, 0},
		"date, far":            {event(unhex("92 a161 d700 001eb208c2dc0000")), Event, "/", `["a","+275760-09-13T00:00:00.000Z"]`, -1, 0},
		"date, too far":        {event(unhex("92 a161 d700 001eb208c2dc0001")), Event, "/", `["a",null]`, -1, 0},
		"undefined":            {event(unhex("93 a161 d40000 82 a161 d40000 a162 01")), Event, "/", `["a",null,{"b":1}]`, -1, 0},
		"undefined, last":      {event(unhex("92 a161 82 a162 01 a161 d40000")), Event, "/", `["a",{"b":1}]`, -1, 0},
		"other extensions":     {event(unhex("94 a161 d60501020304 c70105 ff d4ffee")), Event, "/", `["a",[5,{"_placeholder":true,"num":0}],[5,{"_placeholder":true,"num":1}],[-1,{"_placeholder":true,"num":2}]]`, -1, 3},
		"number keys":          {event(unhex("92 a161 82 01 02 ff 03")), Event, "/", `["a",{"1":2,"-1":3}]`, -1, 0},
		"like a placeholder":   {mp("type", 2, "nsp", "/", "data", []any{"a", map[string]any{"_placeholder": true}}), Event, "/", `["a",{"\u005fplaceholder":true}]`, -1, 0},
		"not UTF-8":            {event(unhex("92 a161 a2ff61")), Event, "/", "[\"a\",\"\ufffda\"]", -1, 0},
		"a number for a name":  {event(unhex("91 05")), Event, "/", `[5]`, -1, 0},
		"as deep as it may be": {event(append(unhex("92a161"), deepMsgpack(MaxDepth-1)...)), Event, "/", `["a",` + strings.Repeat("[", MaxDepth-1) + "null" + strings.Repeat("]", MaxDepth-1) + "]", -1, 0},
	} {
		p, attachments, err := ParseMsgpack(c.in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		id := -1
		if p.HasID {
			id = int(p.ID)
		}
		if p.Type != c.typ || string(p.Namespace) != c.ns || string(p.Data) != c.data || id != c.id || len(attachments) != c.n {
			t.Errorf("%s: got %v %q %s, id %d, %d attachments", name, p.Type, p.Namespace, p.Data, id, len(attachments))
		}
		if len(p.Data) > 0 && Valid(p.Data, MaxDepth) != nil {
			t.Errorf("%s: not valid: %s", name, p.Data)
		}
	}
}

func TestParseMsgpackErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in     []byte
		reason string
	}{
		"empty":               {nil, reasonMsgpack},
		"no map":              {unhex("93010203"), reasonMsgpack},
		"no type":             {mp("nsp", "/"), reasonType},
		"type 5":              {mp("type", 5, "nsp", "/", "data", []any{"a"}), reasonType},
		"type -1":             {mp("type", -1, "nsp", "/"), reasonType},
		"type is a text":      {mp("type", "2", "nsp", "/"), reasonType},
		"no namespace":        {mp("type", 1), reasonNamespace},
		"namespace 5":         {mp("type", 1, "nsp", 5), reasonNamespace},
		"event, no data":      {mp("type", 2, "nsp", "/"), reasonPayload},
		"event, object":       {mp("type", 2, "nsp", "/", "data", map[string]any{}), reasonPayload},
		"event, empty":        {mp("type", 2, "nsp", "/", "data", []any{}), reasonNoName},
		"event, null":         {mp("type", 2, "nsp", "/", "data", []any{nil}), reasonName},
		"reserved":            {mp("type", 2, "nsp", "/", "data", []any{"disconnect"}), "reserved event name"},
		"connect, binary":     {mp("type", 0, "nsp", "/", "data", []byte("x")), reasonPayload},
		"error, binary":       {mp("type", 4, "nsp", "/", "data", []byte("x")), reasonPayload},
		"connect, array":      {mp("type", 0, "nsp", "/", "data", []any{}), reasonPayload},
		"disconnect, data":    {mp("type", 1, "nsp", "/", "data", nil), reasonPayload},
		"ack, no data":        {mp("type", 3, "nsp", "/", "id", 1), reasonPayload},
		"id is a text":        {mp("type", 2, "nsp", "/", "data", []any{"a"}, "id", "1"), reasonID},
		"id below zero":       {mp("type", 2, "nsp", "/", "data", []any{"a"}, "id", -1), reasonID},
		"behind the end":      {append(mp("type", 1, "nsp", "/"), 0), reasonMsgpack},
		"array of 2^32":       {event(unhex("ddffffffff")), reasonMsgpackEnd},
		"map of 2^32":         {event(unhex("92a161dfffffffff")), reasonMsgpackEnd},
		"string of 2^32":      {event(unhex("92a161dbffffffff")), reasonMsgpackEnd},
		"binary of 2^32":      {event(unhex("92a161c6ffffffff")), reasonMsgpackEnd},
		"extension of 2^32":   {event(unhex("92a161c9ffffffff0000")), reasonMsgpackEnd},
		"short extension":     {event(unhex("92a161d801aa")), reasonMsgpackEnd},
		"short header":        {event(unhex("92a161c8")), reasonMsgpackEnd},
		"packet map of 2^32":  {unhex("dfffffffff"), reasonMsgpackEnd},
		"cut":                 {event(unhex("92a161")), reasonMsgpackEnd},
		"never used":          {event(unhex("92a161c1")), reasonMsgpack},
		"key is an array":     {event(unhex("92a161819001")), reasonMsgpackKey},
		"too deep":            {event(append(unhex("92a161"), deepMsgpack(MaxDepth)...)), reasonMsgpackDepth},
		"too deep, elsewhere": {mp("x", deepMsgpack(MaxDepth+1), "type", 1, "nsp", "/"), reasonMsgpackDepth},
	} {
		p, _, err := ParseMsgpack(c.in)
		if e, ok := err.(*Error); !ok || e.Reason != c.reason || e.Offset < 0 || e.Offset > len(c.in) {
			t.Errorf("%s: got %+v, %v, want %q", name, p, err, c.reason)
		}
	}
}

func TestAppendMsgpack(t *testing.T) {
	t.Parallel()
	long := "[" + strings.Repeat("1,", 70_000) + "1]"
	for _, c := range []struct {
		in   Packet
		want string // hexadecimal; "": only read again
	}{
		{Packet{Type: Connect, Data: []byte(`{"sid":"x"}`)}, "83 a474797065 00 a36e7370 a12f a464617461 81 a3736964 a178"},
		{Packet{Type: Disconnect, Namespace: []byte("/a")}, "82 a474797065 01 a36e7370 a22f61"},
		{Packet{Type: Event, HasID: true, ID: 300, Data: []byte(` [ "a" , { } , [ ] ] `)}, "84 a474797065 02 a36e7370 a12f a26964 cd012c a464617461 93 a161 80 90"},
		{Packet{Type: BinaryEvent, Attachments: 2, Data: []byte(`["a",{"_placeholder":true,"num":1},{"x":{"num":0,"_placeholder":true}}]`)}, "83 a474797065 02 a36e7370 a12f a464617461 93 a161 c40102 81 a178 c40101"},
		{Packet{Type: Ack, Data: []byte(`[-0,0,-1,-33,127,128,65536,4294967296,-2147483648,-2147483649,1.5,1e400,18446744073709551615,18446744073709551616]`)},
			"83 a474797065 03 a36e7370 a12f a464617461 9e cb8000000000000000 00 ff d0df 7f cc80 ce00010000 cf0000000100000000 d280000000 d3ffffffff7fffffff cb3ff8000000000000 cb7ff0000000000000 cfffffffffffffffff cb43f0000000000000"},
		{Packet{Type: Event, Data: []byte(`["\u00e9\n\ud83d\ude00\ud800",{"a,]}":[{"b":[]}]},true,false,null]`)}, ""},
		{Packet{Type: Event, Data: []byte(`["a",` + long + `,{"x":` + long + `}]`)}, ""},
	} {
		attachments := [][]byte{{1}, {2}}
		got := AppendMsgpack(nil, &c.in, attachments)
		if c.want != "" && !bytes.Equal(got, unhex(c.want)) {
			t.Errorf("%s: got %x", c.in.Data, got)
		}
		p, _, err := ParseMsgpack(got)
		if err != nil && c.in.Type != Ack || p.HasID != c.in.HasID || p.ID != c.in.ID {
			t.Errorf("%.80s: %v, %+v", c.in.Data, err, p)
		}
		if c.want == "" && !sameJSON(p.Data, c.in.Data) {
			t.Errorf("%.80s: read again as %.80s", c.in.Data, p.Data)
		}
	}
}

// sameNumbers makes numbers comparable that JavaScript does not tell apart.
func sameNumbers(a, b any) bool {
	switch x := a.(type) {
	case float64:
		y, ok := b.(float64)
		return ok && (x == y || math.IsNaN(x))
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !sameNumbers(x[i], y[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k := range x {
			if !sameNumbers(x[k], y[k]) {
				return false
			}
		}
		return true
	}
	return a == b
}

// FuzzMsgpackFromJSON writes JSON as msgpack and reads it again.
func FuzzMsgpackFromJSON(f *testing.F) {
	for _, s := range []string{`["a",1,-1.5e3,{"b":[{}]}]`, `["",18446744073709551616,"\ud800"]`, `["x",{"_placeholder":true,"num":0}]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var want any
		if Valid(b, MaxDepth) != nil || json.Unmarshal(b, &want) != nil || len(trimSpace(b)) == 0 || trimSpace(b)[0] != '[' {
			return
		}
		out := AppendMsgpack(nil, &Packet{Type: Ack, Data: b}, nil)
		p, attachments, err := ParseMsgpack(out)
		var got any
		if err != nil || len(attachments) > 0 || json.Unmarshal(p.Data, &got) != nil || !sameNumbers(want, got) {
			t.Fatalf("%q: %x: %q, %v", b, out, p.Data, err)
		}
	})
}

// FuzzParseMsgpack: what is accepted is JSON of the right shape, within bounds,
// and means the same when it is written and read again.
func FuzzParseMsgpack(f *testing.F) {
	f.Add(mp("type", 2, "nsp", "/", "data", []any{"a", 1, []byte("x"), map[string]any{"b": 1.5}}, "id", 3))
	f.Add(event(unhex("95 a161 d7000000018bcfe5687b c70200 00ff d40000 81 a162 d40000")))
	f.Add(mp("type", 0, "data", map[string]any{"_placeholder": true, "num": 0}, "nsp", "/a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, attachments, err := ParseMsgpack(b)
		if err != nil {
			checkError(t, err, b)
			return
		}
		if len(p.Data) > 0 && (Valid(p.Data, MaxDepth) != nil || !json.Valid(p.Data)) {
			t.Fatalf("%x: %q", b, p.Data)
		}
		total := 0
		for _, a := range attachments {
			total += len(a)
		}
		if total > len(b) || len(p.Data) > 40*len(b) {
			t.Fatalf("%x: %d bytes of attachments, %d of data", b, total, len(p.Data))
		}
		if err := FindPlaceholders(Args(p.Data), len(attachments)); err != nil {
			t.Fatalf("%x: %q: %v", b, p.Data, err)
		}
		q, again, err := ParseMsgpack(AppendMsgpack(nil, &p, attachments))
		if err != nil || len(again) != len(attachments) || p.Type != q.Type || !bytes.Equal(p.Namespace, q.Namespace) || p.HasID != q.HasID || p.ID != q.ID {
			t.Fatalf("%x: %+v, then %+v, %v", b, p, q, err)
		}
		for i := range again {
			if !bytes.Equal(again[i], attachments[i]) {
				t.Fatalf("%x: attachment %d", b, i)
			}
		}
	})
}

func BenchmarkMsgpack(b *testing.B) {
	in := mp("type", 2, "nsp", "/chat", "data", []any{"message", map[string]any{"text": "Hello, wörld, how are you?", "at": 1700000000123}, []any{1, 2, 3}})
	p, _, err := ParseMsgpack(in)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _, _ = ParseMsgpack(in)
		}
	})
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		dst := make([]byte, 0, 1024)
		for b.Loop() {
			dst = AppendMsgpack(dst[:0], &p, nil)
		}
	})
}

// TestParseMsgpackRev4: clients 2.x keep the types of binary packets.
func TestParseMsgpackRev4(t *testing.T) {
	t.Parallel()
	for typ, want := range map[int]string{
		0: "connect /a b=c ", 2: `event /a b=c ["a",{"_placeholder":true,"num":0}]`, 3: `ack /a b=c ["a",{"_placeholder":true,"num":0}]`,
		5: `event /a b=c ["a",{"_placeholder":true,"num":0}]`, 6: `ack /a b=c ["a",{"_placeholder":true,"num":0}]`, 7: reasonType, -1: reasonType,
	} {
		members := []any{"type", typ, "nsp", "/a?b=c"}
		if typ != 0 {
			members = append(members, "data", []any{"a", []byte("x")})
		}
		p, _, err := ParseMsgpackRev4(mp(members...))
		got := fmt.Sprintf("%v %s %s %s", p.Type, p.Namespace, p.Query, p.Data)
		if e, ok := err.(*Error); ok {
			got = e.Reason
		}
		if got != want {
			t.Errorf("type %d: got %q, want %q", typ, got, want)
		}
	}
}

// TestParseMsgpackText: what version 2 of the npm parser writes as text.
func TestParseMsgpackText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"type":0,"nsp":"/"}`: "connect / ",
		`{"type":0,"nsp":"/é?token=x%20y","query":"token=x%20y"}`: "connect /é token=x%20y",
		` {"nsp":"/a","type":1.0} `:                               "disconnect /a ",
		`{"type":1,"nsp":"a","options":{"compress":true}}`:        "disconnect /a ",
		`{"type":0,"nsp":""}`:                                     "connect / ",
		``:                                                        reasonPayload,
		`{"type":0,"nsp":"/"`:                                     reasonPayload,
		`{"type":0,"nsp":"/"}x`:                                   reasonPayload,
		`[0]`:                                                     reasonPayload,
		`null`:                                                    reasonType,
		`{"nsp":"/"}`:                                             reasonType,
		`{"type":"0","nsp":"/"}`:                                  reasonPayload,
		`{"type":0.5,"nsp":"/"}`:                                  reasonType,
		`{"type":2,"nsp":"/","data":["a"]}`:                       reasonType,
		`{"type":4,"nsp":"/","data":"no"}`:                        reasonType,
		`{"type":0}`:                                              reasonNamespace,
		`{"type":0,"nsp":5}`:                                      reasonPayload,
		`{"type":0,"nsp":"/","data":{}}`:                          reasonPayload,
		`{"type":0,"nsp":"/","id":1}`:                             reasonID,
	} {
		p, err := ParseMsgpackText([]byte(in))
		got := fmt.Sprintf("%v %s %s", p.Type, p.Namespace, p.Query)
		if e, ok := err.(*Error); ok {
			got = e.Reason
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func FuzzParseMsgpackText(f *testing.F) {
	f.Add([]byte(`{"type":0,"nsp":"/chat?token=x","query":"token=x"}`))
	f.Add([]byte(`{"type":1,"nsp":"chat"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseMsgpackText(b)
		if err != nil {
			checkError(t, err, b)
			return
		}
		if p.Type > Disconnect || p.Namespace[0] != '/' || p.HasID || len(p.Data) > 0 || bytes.IndexByte(p.Namespace, '?') >= 0 {
			t.Fatalf("%q: %+v", b, p)
		}
	})
}
