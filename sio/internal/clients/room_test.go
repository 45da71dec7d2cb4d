package clients

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tornadio/tornadio/sio"
)

// TestTenKindsInOneRoom: clients of every generation, from Node and from
// Python, over every transport, are in one room. Each says something, binary
// data where it can, and each hears everyone, itself too, exactly once and in
// the order in which it was said.
func TestTenKindsInOneRoom(t *testing.T) {
	t.Parallel()
	const upgrade = "polling,websocket"
	node := [][2]string{
		{"legacy", "websocket"}, {"legacy", "xhr-polling"}, {"1.0.6", "websocket"}, {"1.0.6", "polling"},
		{"1.7.4", upgrade}, {"2.5.0", "polling"}, {"2.5.0", upgrade}, {"3.1.3", "polling"}, {"3.1.3", upgrade},
		{"4.0.0", "websocket"}, {"4.0.0", upgrade}, {"modern", "websocket"}, {"modern", "polling"}, {"modern", upgrade},
	}
	python := []string{"websocket", "polling", upgrade}
	meet(t, sio.Config{PerMessageDeflate: &sio.Deflate{}}, node, python)
}

// TestTenMsgpackKindsInOneRoom: the same where the server speaks msgpack, which
// those of 0.9 beside them do not notice.
func TestTenMsgpackKindsInOneRoom(t *testing.T) {
	t.Parallel()
	node := [][2]string{{"legacy", "websocket"}, {"legacy", "xhr-polling"}}
	for _, version := range []string{"2.5.0+msgpack", "3.1.3+msgpack", "4.0.0+msgpack", "modern+msgpack"} {
		node = append(node, [2]string{version, "websocket"}, [2]string{version, "polling"})
	}
	meet(t, sio.Config{Parser: sio.ParserMsgpack}, node, nil)
}

// heardWord is what a listener has heard: who said it, the how manieth word of his
// it is, and the word.
type heardWord struct {
	who  string
	n    int
	word string
}

// words is how much each says.
const words = 6

// word is what is said: binary data each second time, one text is long.
func word(who string, n int) (text string, binary []byte) {
	switch {
	case n%2 == 1:
		return "", append([]byte{byte(n), 0, 255}, who...)
	case n == 2:
		return strings.Repeat("a long word of "+who+" ", 100), nil
	}
	return fmt.Sprintf("№ %d of %s: é 日本 🌪 \u2028", n, who), nil
}

// hall is the room.
type hall struct {
	ns    *sio.Namespace[*guest]
	mu    sync.Mutex
	want  int
	in    []string
	heard map[string][]heardWord
}

type guest struct {
	sio.Socket
	hall *hall
	name string
}

// enter answers with the words to say; binary ones in base64.
func (g *guest) enter(name string) []string {
	g.name = name
	form := "bytes"
	if g.Generation() == sio.Legacy {
		form = "texts"
	}
	if g.Join("hall") != nil || g.Join(form) != nil {
		return nil
	}
	var all []string
	for n := range words {
		text, binary := word(name, n)
		all = append(all, text+base64.StdEncoding.EncodeToString(binary))
	}
	return all
}

// ready begins when all are there.
func (g *guest) ready() {
	g.hall.mu.Lock()
	defer g.hall.mu.Unlock()
	g.hall.in = append(g.hall.in, g.name)
	if len(g.hall.in) == g.hall.want {
		_ = g.hall.ns.To("hall").Emit("begin", g.hall.want*words)
	}
}

func (g *guest) say(n int, text string) { _ = g.hall.ns.To("hall").Emit("said", g.name, n, text) }

// show passes binary data on, as text to those who know nothing else.
func (g *guest) show(n int, b []byte) {
	_ = g.hall.ns.To("bytes").Emit("said", g.name, n, b)
	_ = g.hall.ns.To("texts").Emit("said", g.name, n, "base64:"+base64.StdEncoding.EncodeToString(b))
}

// told takes what a guest has heard: a list of lists.
func (g *guest) told(all [][]json.RawMessage) bool {
	var list []heardWord
	for _, one := range all {
		var s heardWord
		for i, to := range []any{&s.who, &s.n, &s.word} {
			if len(one) != 3 || json.Unmarshal(one[i], to) != nil {
				return false
			}
		}
		list = append(list, s)
	}
	g.hall.mu.Lock()
	defer g.hall.mu.Unlock()
	g.hall.heard[g.name] = list
	return true
}

func meet(t *testing.T, cfg sio.Config, node [][2]string, python []string) {
	h := &hall{want: len(node) + len(python), heard: map[string][]heardWord{}}
	if h.want < 10 {
		t.Fatalf("only %d kinds of clients", h.want)
	}
	cfg.Loops, cfg.Logger = 3, slog.New(slog.DiscardHandler)
	srv := sio.New(cfg)
	ns := sio.Of(srv, "/", func(g *guest) { g.hall = h })
	h.ns = ns
	sio.Answer(ns, "enter", (*guest).enter)
	sio.On0(ns, "ready", (*guest).ready)
	sio.On2(ns, "say", (*guest).say)
	sio.On2(ns, "show", (*guest).show)
	sio.Answer(ns, "heard", (*guest).told)
	addr, err := srv.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = srv.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Shutdown(context.Background()) })

	kinds, _ := json.Marshal(node)
	p := &program{t: t, addr: addr.String()}
	done := make(chan error, 2)
	go func() { done <- tryScript(t, p, "room.mjs", string(kinds)) }()
	go func() {
		if len(python) == 0 {
			done <- nil
			return
		}
		done <- tryScript(t, p, "room.py", python...)
	}()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	h.check(t)
	if n := srv.Stats().Violations; n > 0 {
		t.Errorf("%d violations", n)
	}
}

// check compares what everyone has heard with what was said.
func (h *hall) check(t *testing.T) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t.Logf("%d kinds in one room: %q", len(h.in), h.in)
	for _, listener := range h.in {
		by := map[string][]heardWord{}
		for _, s := range h.heard[listener] {
			by[s.who] = append(by[s.who], s)
		}
		for _, speaker := range h.in {
			var want []heardWord
			for n := range words {
				text, binary := word(speaker, n)
				if binary != nil {
					text = "base64:" + base64.StdEncoding.EncodeToString(binary)
					if !strings.HasPrefix(speaker, "legacy") && !strings.HasPrefix(listener, "legacy") {
						text = "binary:" + text[len("base64:"):]
					}
				}
				want = append(want, heardWord{speaker, n, text})
			}
			if !slices.Equal(by[speaker], want) && len(h.heard[listener]) > 0 {
				t.Errorf("%s heard of %s: %.700s, want %.700s", listener, speaker, fmt.Sprint(by[speaker]), fmt.Sprint(want))
			}
		}
		if len(h.heard[listener]) != len(h.in)*words {
			t.Errorf("%s heard %d words, there were %d", listener, len(h.heard[listener]), len(h.in)*words)
		}
	}
}
