package main

import (
	"slices"
	"testing"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// TestApp is a first look: with real clients, and beside the program in
// JavaScript, it runs in package clients.
func TestApp(t *testing.T) {
	w := siotest.New(t, siotest.Options{})
	app(w.Server(sio.Config{}))
	if err := w.Connect(siotest.Client{}).Err(); err == nil {
		t.Error("was let in without a token")
	}
	ann := w.Connect(siotest.Client{Auth: map[string]string{"token": "t1"}})
	bob := w.Connect(siotest.Client{Auth: map[string]string{"token": "t2"}})
	for _, c := range []*siotest.Conn{ann, bob} {
		c.EmitAck("join", "tea").Wait()
	}
	var who []string
	ann.EmitAck("who", "tea").Wait().Decode(&who)
	if !slices.Equal(who, []string{"ann", "bob"}) {
		t.Error(who)
	}
	bob.Close()
	if got := ann.Wait("left").Text(); got != "bob" {
		t.Errorf("%q left", got)
	}
}
