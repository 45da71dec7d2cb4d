package main

import (
	"testing"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

func TestChat(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	chat(w.Server(sio.Config{Path: "chat"}))
	a := w.Connect(siotest.Client{Generation: sio.Legacy})
	b := w.Connect(siotest.Client{})
	a.Send(map[string]string{"join": "ann"})
	var in struct{ Nick, Text string }
	if a.Wait("message").Decode(&in); in.Text != "Welcome, ann" {
		t.Errorf("got %+v", in)
	}
	a.Send(map[string]string{"text": "hi"})
	if b.Wait("message").Decode(&in); in.Nick != "ann" || in.Text != "hi" {
		t.Errorf("got %+v", in)
	}
}
