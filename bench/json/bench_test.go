package json

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// chat is a message of a chat.
type chat struct {
	Room string   `json:"room"`
	Text string   `json:"text"`
	At   int64    `json:"at"`
	Tags []string `json:"tags,omitempty"`
}

// stroke is a stroke on a whiteboard.
type stroke struct {
	Color  string       `json:"color"`
	Width  float64      `json:"width"`
	Points [][2]float64 `json:"points"`
}

// document is a larger state: 100 users with nested fields.
type document struct {
	Version int            `json:"version"`
	Users   []user         `json:"users"`
	Meta    map[string]any `json:"meta"`
}

type user struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Score float64  `json:"score"`
	Tags  []string `json:"tags"`
	Pos   struct{ X, Y int }
	On    bool `json:"on"`
}

func messages() map[string]any {
	s := stroke{Color: "#ff8800", Width: 2.5}
	for i := range 20 {
		s.Points = append(s.Points, [2]float64{float64(i) * 1.25, 100 - float64(i)/3})
	}
	d := document{Version: 7, Meta: map[string]any{"title": "Plan für heute", "open": true, "n": 12.5}}
	for i := range 100 {
		u := user{ID: fmt.Sprint("u", i), Name: "Zoë Ångström", Score: float64(i) / 7, Tags: []string{"a", "bb"}, On: i%2 == 0}
		u.Pos.X, u.Pos.Y = i, -i
		d.Users = append(d.Users, u)
	}
	return map[string]any{
		"chat":   chat{Room: "lobby", Text: "Hello, wörld, how are \"you\"?", At: 1700000000123, Tags: []string{"hi"}},
		"stroke": s, "document": d,
	}
}

// fresh is a pointer to a new value of the type that a message has.
func fresh(name string) any {
	switch name {
	case "chat":
		return new(chat)
	case "stroke":
		return new(stroke)
	}
	return new(document)
}

func BenchmarkUnmarshal(b *testing.B) {
	for _, name := range []string{"chat", "stroke", "document"} {
		text, err := json.Marshal(messages()[name])
		if err != nil {
			b.Fatal(err)
		}
		for _, c := range codecs {
			b.Run(name+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					if err := c.unmarshal(text, fresh(name)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		for _, c := range codecs {
			b.Run(name+"-any/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					var v any
					if err := c.unmarshal(text, &v); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkMarshal(b *testing.B) {
	for _, name := range []string{"chat", "stroke", "document"} {
		v := messages()[name]
		for _, c := range codecs {
			b.Run(name+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := c.marshal(v); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkHostile: what a megabyte of a peer's choice costs.
func BenchmarkHostile(b *testing.B) {
	for name, text := range map[string]string{
		"keys":    "{" + strings.TrimSuffix(manyKeys(40_000), ",") + "}",
		"escapes": `"` + strings.Repeat(`\u0041`, 80_000) + `"`,
		"depth":   strings.Repeat("[", 511) + strings.Repeat("]", 511),
		"number":  strings.Repeat("9", 300),
		"same":    `{"a":1` + strings.Repeat(`,"a":1`, 80_000) + "}",
	} {
		for _, c := range codecs {
			b.Run(name+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					var v any
					_ = c.unmarshal([]byte(text), &v) // some refuse
				}
			})
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"k%d":%d,`, i, i)
	}
	return b.String()
}
