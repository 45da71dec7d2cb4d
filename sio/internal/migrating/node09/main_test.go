package main

import (
	"net/http"
	"testing"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

func TestApp(t *testing.T) {
	for _, g := range []sio.Generation{sio.Legacy, sio.Modern} {
		w := siotest.New(t, siotest.Options{})
		app(w.Server(sio.Config{}))
		if err := w.Connect(siotest.Client{Generation: g}).Err(); err == nil {
			t.Errorf("%v: was let in without a cookie", g)
		}
		header := http.Header{"Cookie": {"sid=1"}}
		a := w.Connect(siotest.Client{Generation: g, Header: header})
		b := w.Connect(siotest.Client{Header: header})
		a.Wait("news")
		var ok bool
		a.EmitAck("set nickname", "ann").Wait().Decode(&ok)
		a.Emit("say", "hi")
		var who, text string
		b.Wait("said").Decode(&who, &text)
		if !ok || who != "ann" || text != "hi" {
			t.Errorf("%v: %v, %q said %q", g, ok, who, text)
		}
		a.Close()
		if got := b.Wait("left").Text(); got != "ann" {
			t.Errorf("%v: %q left", g, got)
		}
	}
}
