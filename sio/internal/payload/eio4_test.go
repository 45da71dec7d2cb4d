package payload

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

// eio4Packet is a packet as engine.io-parser 5.2.3 shows it
// (testdata/vectors-eio4.js): with data for text, hex for binary data.
type eio4Packet struct {
	Type string  `json:"type"`
	Data string  `json:"data"`
	Hex  *string `json:"hex"`
}

type eio4Vectors struct {
	Decode []struct {
		Body    string       `json:"body"`
		Packets []eio4Packet `json:"packets"`
	} `json:"decode"`
	Encode []struct {
		Packets []eio4Packet `json:"packets"`
		Body    string       `json:"body"`
	} `json:"encode"`
}

func loadEIO4(t testing.TB) (v eio4Vectors) {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors-eio4.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Decode) < 50 || len(v.Encode) < 10 {
		t.Fatalf("vectors: %d decode, %d encode", len(v.Decode), len(v.Encode))
	}
	return v
}

// allEIO4 takes a body apart as a transport does, up to the first fault.
func allEIO4(body []byte) (packets []eio4Packet, err error) {
	for {
		kind, binary, data, rest, err := NextEIO4(body)
		if err != nil {
			return packets, err
		}
		p := eio4Packet{Type: kind.String(), Data: string(data)}
		if binary {
			if data, err = DecodeBase64(nil, data); err != nil {
				return packets, err
			}
			text := hex.EncodeToString(data)
			p.Data, p.Hex = "", &text
		}
		packets = append(packets, p)
		if len(rest) == 0 {
			return packets, nil
		}
		body = rest
	}
}

func TestEIO4DecodeVectors(t *testing.T) {
	t.Parallel()
	// Base64 that is not: Node reads what it can, up to nothing.
	stricter := map[string]bool{
		"bA": true, "bAQ=": true, "b=": true, "bAQID=": true, "bAQIDB": true, "b-_-_": true,
		"bA Q I D": true, "b!!!!": true, "bé": true,
	}
	met := 0
	for _, v := range loadEIO4(t).Decode {
		want, fails := v.Packets, false
		if n := len(want) - 1; want[n].Type == "error" {
			want, fails = want[:n:n], true
		}
		if stricter[v.Body] {
			met++
			want, fails = nil, true
		}
		got, err := allEIO4([]byte(v.Body))
		if (err != nil) != fails || len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v, %v, want %+v, %v", v.Body, got, err, want, fails)
		}
	}
	if met != len(stricter) {
		t.Errorf("%d of %d differences met", met, len(stricter))
	}
}

func TestEIO4EncodeVectors(t *testing.T) {
	t.Parallel()
	for _, v := range loadEIO4(t).Encode {
		var body []byte
		for i, p := range v.Packets {
			if p.Hex != nil {
				data, err := hex.DecodeString(*p.Hex)
				if err != nil {
					t.Fatal(err)
				}
				body = AppendBinaryEIO4(body, i == 0, data)
				continue
			}
			kind := Open
			for kind.String() != p.Type {
				kind++
			}
			body = AppendEIO4(body, i == 0, kind, []byte(p.Data))
		}
		if string(body) != v.Body {
			t.Errorf("got %q, want %q", body, v.Body)
		}
	}
}

func TestSplitFrameEIO4(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Kind{"0{}": Open, "1": Close, "2probe": Ping, "3": Pong, "4\x1e4a": Message, "5": Upgrade, "6": Noop} {
		kind, data, err := SplitFrameEIO4([]byte(in))
		if err != nil || kind != want || string(data) != in[1:] {
			t.Errorf("%q: got %v, %q, %v", in, kind, data, err)
		}
	}
	for _, in := range []string{"", "7", "b", "bAQID", "/", " 4"} {
		if kind, data, err := SplitFrameEIO4([]byte(in)); err == nil {
			t.Errorf("%q: got %v, %q", in, kind, data)
		}
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	o := OpenInfo{SID: "a-_Z", Upgrades: []string{"websocket"}, PingInterval: 25000, PingTimeout: 20000, MaxPayload: 1000000}
	want := `0{"sid":"a-_Z","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`
	if got := string(AppendOpen(nil, o)); got != want {
		t.Errorf("got %s", got)
	}
	if got := string(AppendOpen([]byte("x"), OpenInfo{})); got != `x0{"sid":"","upgrades":[],"pingInterval":0,"pingTimeout":0,"maxPayload":0}` {
		t.Errorf("got %s", got)
	}
	o.Upgrades = append(o.Upgrades, "webtransport")
	if got := AppendOpen(nil, o); !json.Valid(got[1:]) {
		t.Errorf("got %s", got)
	}
}

func TestHandshake(t *testing.T) {
	t.Parallel()
	for want, transports := range map[string][]string{
		"x4d4f:60:25:websocket,xhr-polling": {"websocket", "xhr-polling"},
		"x4d4f:60:25:xhr-polling":           {"xhr-polling"},
		"x4d4f:60:25:":                      nil,
	} {
		if got := string(AppendHandshake([]byte("x"), "4d4f", 60, 25, transports)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestKindString(t *testing.T) {
	t.Parallel()
	if s := Open.String() + Heartbeat.String() + Kind(99).String(); s != "openheartbeatkind(99)" {
		t.Error(s)
	}
}
