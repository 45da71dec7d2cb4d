package payload

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

// rev1Vector is a body computed with and checked against the parsers of the
// released clients and servers 0.7.11, 0.8.7, 0.9.17 and 0.9.19; or a malformed
// one with the packets that those decoded.
type rev1Vector struct {
	Packets   []string `json:"packets"`
	Encoded   string   `json:"encoded"`
	UTF8Hex   string   `json:"utf8Hex"`
	Lengths   []int    `json:"lengths"`
	Malformed *string  `json:"malformed"`
}

func loadRev1(t testing.TB) []rev1Vector {
	t.Helper()
	b, err := os.ReadFile("../packet/testdata/vectors-0.9.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ Payloads []rev1Vector }
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Payloads) != 15 {
		t.Fatalf("%d payloads", len(v.Payloads))
	}
	return v.Payloads
}

// allRev1 takes a body apart.
func allRev1(body []byte) (packets []string, err error) {
	for {
		packet, rest, err := NextRev1(body)
		if err != nil {
			return packets, err
		}
		packets = append(packets, string(packet))
		if len(rest) == 0 {
			return packets, nil
		}
		body = rest
	}
}

func TestRev1Vectors(t *testing.T) {
	t.Parallel()
	for _, v := range loadRev1(t) {
		if v.Malformed != nil {
			continue
		}
		body, err := hex.DecodeString(v.UTF8Hex)
		if err != nil || string(body) != v.Encoded {
			t.Fatalf("%q: hex %q, %v", v.Encoded, body, err)
		}
		if got, err := allRev1(body); err != nil || !reflect.DeepEqual(got, v.Packets) {
			t.Errorf("%q: got %q, %v, want %q", body, got, err, v.Packets)
		}
		var packets [][]byte
		for i, p := range v.Packets {
			packets = append(packets, []byte(p))
			if len(v.Lengths) > 0 && UTF16Len([]byte(p)) != v.Lengths[i] {
				t.Errorf("%q: length %d, want %d", p, UTF16Len([]byte(p)), v.Lengths[i])
			}
		}
		if got := AppendRev1(nil, packets...); string(got) != v.Encoded {
			t.Errorf("%q: encoded %q, want %q", v.Packets, got, v.Encoded)
		}
	}
}

// The released parsers stop silently or invent packets; all of these end the
// session here, after the packets before the fault.
func TestRev1MalformedVectors(t *testing.T) {
	t.Parallel()
	want := map[string]struct {
		packets []string
		reason  string
	}{
		"\uFFFD":                          {nil, "malformed length"},
		"\uFFFD5\uFFFDab":                 {nil, "length does not fit the text"},
		"\uFFFDx\uFFFD3:::a":              {nil, "malformed length"},
		"\uFFFD5\uFFFD3:::ajunk":          {nil, "text after a packet"},
		"\uFFFD5\uFFFD3:::a\uFFFD":        {[]string{"3:::a"}, "malformed length"},
		"\uFFFD0\uFFFD\uFFFD5\uFFFD3:::a": {[]string{"", "3:::a"}, ""}, // "" is then no packet
		"\uFFFD-1\uFFFD3:::a":             {nil, "malformed length"},
	}
	seen := 0
	for _, v := range loadRev1(t) {
		if v.Malformed == nil {
			continue
		}
		seen++
		w, ok := want[*v.Malformed]
		packets, err := allRev1([]byte(*v.Malformed))
		reason := ""
		if err != nil {
			reason = err.(*Error).Reason
		}
		if !ok || !reflect.DeepEqual(packets, w.packets) || reason != w.reason {
			t.Errorf("%q: got %q, %q, want %q, %q", *v.Malformed, packets, reason, w.packets, w.reason)
		}
	}
	if seen != len(want) {
		t.Errorf("%d malformed vectors, want %d", seen, len(want))
	}
}
