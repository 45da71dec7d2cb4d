package sio_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// echoTexts are arguments that must come back byte by byte.
var echoTexts = []string{
	`1.50`, `-0`, `1e400`, `12345678901234567890123456789`, `0.1e-07`, `1E+2`,
	`{"z":1,"a":{"unknown":[]},"m":null,"a":2}`,
	`{ "spaced" : [ 1 , 2 ] }`, `"\u00e9\u0000\/\ud800"`, `"é\u2028"`, "\"\u2028\"", `[[[]]]`, `{"":{"":""}}`, `true`, `null`,
}

// TestRawEcho: numbers, key order, unknown fields and everything else survive
// an echo of raw JSON, as an argument and as an acknowledgement.
func TestRawEcho(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	ns := w.Server(sio.Config{}).Of("/")
	sio.Answer(ns, "echo", func(_ *sio.Socket, raw json.RawMessage) json.RawMessage { return raw })
	sio.On(ns, "back", func(s *sio.Socket, raw json.RawMessage) { _ = s.Emit("back", raw) })
	sio.On(ns, "all", func(s *sio.Socket, raw json.RawMessage) { _ = ns.To().Emit("back", raw) })
	r := dialRaw(w)
	for _, text := range echoTexts {
		for in, want := range map[string]string{
			`421["echo",` + text + `]`: `431[` + text + `]`,
			`42["back",` + text + `]`:  `42["back",` + text + `]`,
			`42["all",` + text + `]`:   `42["back",` + text + `]`,
		} {
			r.WriteFrame(siotest.Text, in)
			if got := r.Text(); got != want {
				t.Errorf("%s came back as %s", in, got)
			}
		}
	}
}

// TestFieldsThatAreKept: numbers as they are and fields that a struct does not
// name, decoded and encoded by encoding/json.
func TestFieldsThatAreKept(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	ns := w.Server(sio.Config{}).Of("/")
	type partly struct {
		N    json.Number     `json:"n"`
		Rest json.RawMessage `json:"rest"`
	}
	sio.Answer(ns, "echo", func(_ *sio.Socket, p partly) partly { return p })
	r := dialRaw(w)
	r.WriteFrame(siotest.Text, `421["echo",{"rest":{"b":1.0,"a":[1e2]},"n":12345678901234567890}]`)
	if got, want := r.Text(), `431[{"n":12345678901234567890,"rest":{"b":1.0,"a":[1e2]}}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// counting is encoding/json that counts.
type counting struct{ marshal, unmarshal int }

func (c *counting) Marshal(v any) ([]byte, error)      { c.marshal++; return json.Marshal(v) }
func (c *counting) Unmarshal(data []byte, v any) error { c.unmarshal++; return json.Unmarshal(data, v) }

// TestJSONCodec: a user's codec is asked wherever arguments are coded.
func TestJSONCodec(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	codec := &counting{}
	srv := w.Server(sio.Config{JSON: codec, Loops: 1})
	type point struct{ X, Y int }
	type part struct {
		P point
		B sio.Binary
	}
	ns := srv.Of("/")
	ns.Use(func(h *sio.Handshake) error { return h.Auth(new(point)) })
	sio.Answer(ns, "point", func(_ *sio.Socket, p point) point { return p })
	sio.On(ns, "part", func(s *sio.Socket, p part) {
		_ = s.Emit("part", p)
		_ = s.To().Emit("nobody", p)
		_ = s.EmitAck("ask", func(a *sio.Ack) { _ = a.Decode(new(point)) })
		packet, err := srv.Encode("encoded", p)
		if err != nil {
			t.Error(err)
		}
		_ = s.EmitPacket(packet)
	})
	c := w.Connect(siotest.Client{Auth: point{1, 2}})
	want := func(what string, marshal, unmarshal int) {
		t.Helper()
		if codec.marshal != marshal || codec.unmarshal != unmarshal {
			t.Errorf("%s: %d marshalled, %d unmarshalled; want %d, %d", what, codec.marshal, codec.unmarshal, marshal, unmarshal)
		}
		*codec = counting{}
	}
	want("auth", 0, 1)
	c.EmitAck("point", point{1, 2}).Wait()
	want("answer", 1, 1)
	c.Emit("part", map[string]any{"P": point{3, 4}, "B": []byte("b")})
	var p part
	if c.Wait("part").Decode(&p); p.P.Y != 4 || string(p.B) != "b" {
		t.Errorf("part is %+v", p)
	}
	c.Wait("ask").Reply(point{5, 6})
	c.Wait("encoded")
	w.Advance(time.Second)
	want("part", 3, 2)
}

// faulty makes what is no JSON.
type faulty struct{ text string }

func (f faulty) Marshal(any) ([]byte, error) { return []byte(f.text), nil }
func (f faulty) Unmarshal([]byte, any) error { return errors.New("no") }

// TestFaultyCodec: what a codec makes is checked, and its errors reach those
// whom they concern.
func TestFaultyCodec(t *testing.T) {
	for _, text := range []string{"", "{", "1,2", "\"\xff\"", strings.Repeat("[", 600) + strings.Repeat("]", 600)} {
		w := siotest.New(t, siotest.Options{})
		srv := w.Server(sio.Config{JSON: faulty{text}})
		if err := srv.Of("/").To().Emit("x", struct{}{}); err == nil || !strings.Contains(err.Error(), "Config.JSON") {
			t.Errorf("%.20q: %v", text, err)
		}
		sio.On(srv.Of("/"), "x", func(*sio.Socket, struct{}) { t.Error("called") })
		c := w.Connect(siotest.Client{})
		c.Emit("x", struct{}{})
		w.Until(func() bool { return srv.Stats().Misfits == 1 })
	}
}

// TestHostileJSONWhateverCodec: packets are judged before a codec sees them, so
// that all servers accept and refuse the same.
func TestHostileJSONWhateverCodec(t *testing.T) {
	for name, codec := range map[string]sio.JSONCodec{"default": nil, "takes everything": liberal{}} {
		for text, fits := range map[string]bool{
			strings.Repeat("[", 511) + strings.Repeat("]", 511): true,
			strings.Repeat("[", 512) + strings.Repeat("]", 512): false,
			strings.Repeat("9", 10_000):                         true,
			`{"a":1,"a":2}`:                                     true,
			`"\ud800"`:                                          true,
			`01`:                                                false,
			`{"a":1,}`:                                          false,
			`'x'`:                                               false,
			`NaN`:                                               false,
			"\"\t\"":                                            false,
			"\"\\x00\"":                                         false,
		} {
			w := siotest.New(t, siotest.Options{})
			ns := w.Server(sio.Config{JSON: codec}).Of("/")
			sio.On(ns, "any", func(*sio.Socket, struct{}) {})
			sio.Answer(ns, "echo", func(_ *sio.Socket, n json.RawMessage) json.RawMessage { return n })
			r := dialRaw(w)
			r.WriteFrame(siotest.Text, `42["any",`+text+`]`)
			r.WriteFrame(siotest.Text, `421["echo",1]`)
			if f := r.Frame(); (f.Op == siotest.Text) != fits {
				t.Errorf("%s codec: %.40s: frame %+v", name, text, f)
			}
		}
	}
}

type liberal struct{}

func (liberal) Marshal(any) ([]byte, error) { return []byte("null"), nil }
func (liberal) Unmarshal([]byte, any) error { return nil }
