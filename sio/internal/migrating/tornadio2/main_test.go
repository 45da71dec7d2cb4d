package main

import (
	"net/url"
	"testing"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

func TestChat(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	routes(w.Server(sio.Config{}))
	a := w.Connect(siotest.Client{Generation: sio.Legacy, Transport: "xhr-polling"})
	b := w.Connect(siotest.Client{})
	for _, c := range []*siotest.Conn{a, b} {
		if got := c.Wait("message").Text(); got != "Welcome from the server." {
			t.Errorf("welcomed with %q", got)
		}
	}
	a.Send("hello")
	for _, c := range []*siotest.Conn{a, b} {
		if got := c.Wait("message").Text(); got != "hello" {
			t.Errorf("got %q", got)
		}
	}
	b.Close()
	if got := a.Wait("message").Text(); got != "A user has left." {
		t.Errorf("got %q", got)
	}
}

func TestCalls(t *testing.T) {
	for _, g := range []sio.Generation{sio.Legacy, sio.Modern} {
		for _, ns := range []string{"/user", "/user-7"} {
			w := siotest.New(t, siotest.Options{})
			endpoints(w.Server(sio.Config{}))
			c := w.Connect(siotest.Client{Generation: g, Namespace: ns, Query: url.Values{"id": {"7"}}})
			var sum int
			c.EmitAck("sum", 2, 3).Wait().Decode(&sum)
			var rows []string
			c.EmitAck("query", "x").Wait().Decode(&rows)
			c.Emit("ask")
			c.Wait("color?").Reply("blue")
			if color := c.Wait("colored").Text(); sum != 5 || len(rows) != 1 || color != "blue" {
				t.Errorf("%v in %s: %d, %q, %q", g, ns, sum, rows, color)
			}
			if err := w.Connect(siotest.Client{Generation: g, Namespace: ns}).Err(); err == nil {
				t.Errorf("%v in %s: was let in without an id", g, ns)
			}
		}
	}
}
