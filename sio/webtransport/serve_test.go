package webtransport_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/webtransport"
)

// TestSession: a session from its begin to its end by the server, with what the
// statistics say.
func TestSession(t *testing.T) {
	r := serve(t, sio.Config{}, webtransport.Config{})
	c := r.joined()
	c.send(`420["over",""]`, `421["echo","é🌪"]`)
	c.expect(`430["webtransport"]`)
	c.expect(`431["é🌪"]`)
	if got := r.srv.Stats(); got.Transports["webtransport"] != 1 || got.Matrix["4.x"]["webtransport"] != 1 {
		t.Errorf("statistics: %v %v", got.Transports, got.Matrix)
	}
	c.raw(append(append(frame(`451-2["echo",{"_placeholder":true,"num":0}]`, false), frame("\x00\xff", true)...), frame(`423["echo",1]`, false)...))
	c.expect(`461-2[{"_placeholder":true,"num":0}]`)
	c.expect("b:\x00\xff")
	c.expect(`433[1]`)
	c.send(`42["kick"]`)
	if got := c.over(); !slices.Equal(got, []string{"41"}) {
		t.Errorf("before the end came %q", got)
	}
	r.ended("server namespace disconnect")
	if got := r.srv.Stats().Transports; len(got) != 0 {
		t.Errorf("statistics: %v", got)
	}
}

// TestEmptyAttachment: the clients send an empty binary packet, but take one for
// an error: they get it in base64.
func TestEmptyAttachment(t *testing.T) {
	c := serve(t, sio.Config{}, webtransport.Config{}).joined()
	c.raw(append(frame(`451-2["echo",{"_placeholder":true,"num":0}]`, false), frame("", true)...))
	c.expect(`461-2[{"_placeholder":true,"num":0}]`)
	c.expect("b")
}

// TestUpgrade: polling, then the probe, then WebTransport; what queued in
// between comes in order.
func TestUpgrade(t *testing.T) {
	r := serve(t, sio.Config{VerifyRemoteIP: true}, webtransport.Config{})
	var hello struct {
		SID      string
		Upgrades []string
	}
	if err := json.Unmarshal([]byte(r.get("")[1:]), &hello); err != nil || !slices.Equal(hello.Upgrades, []string{"websocket", "webtransport"}) {
		t.Fatalf("the open packet: %+v, %v", hello, err)
	}
	sid := "&sid=" + hello.SID
	if got := r.request("POST", sid, "40"); got != "ok" {
		t.Fatal(got)
	}
	if got := r.get(sid); !strings.HasPrefix(got, `40{"sid":"`) {
		t.Fatal(got)
	}
	stranger := r.from("127.0.0.2", sid)
	stranger.send(fmt.Sprintf(`0{"sid":%q}`, hello.SID))
	stranger.over()
	c := r.dial(sid)
	c.send(fmt.Sprintf(`0{"sid":%q}`, hello.SID), "2probe")
	c.expect("3probe")
	if got := r.get(sid); got != "6" {
		t.Errorf("a poll during the probe got %q", got)
	}
	if got := r.request("POST", sid, `420["over",""]`); got != "ok" {
		t.Fatal(got)
	}
	c.send("5", `421["over",""]`)
	c.expect(`430["polling"]`)
	c.expect(`431["webtransport"]`)
	if got := r.get(sid); !strings.Contains(got, "Bad request") {
		t.Errorf("a poll after the upgrade got %q", got)
	}
	again := r.dial(sid)
	again.send(fmt.Sprintf(`0{"sid":%q}`, hello.SID))
	again.over()
	c.send(`422["over",""]`)
	c.expect(`432["webtransport"]`)
}
