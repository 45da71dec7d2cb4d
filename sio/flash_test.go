package sio

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/flashpolicy"
	"github.com/tornadio/tornadio/ioloop"
)

// flashServer is a server in a simulated network, listening on port 8001.
func flashServer(t *testing.T, cfg Config) (*ioloop.Sim, *Server) {
	t.Helper()
	sim := ioloop.NewSim(ioloop.SimConfig{})
	g, err := sim.NewGroup(ioloop.Config{Logger: silent})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Logger = silent
	s := build(g, cfg.withDefaults())
	if _, err := s.Listen("tcp", ":8001"); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Shutdown(context.Background()) })
	return sim, s
}

func ask(t *testing.T, sim *ioloop.Sim, addr string, parts ...string) (got string, closed bool) {
	t.Helper()
	c, err := sim.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		_, _ = c.Write([]byte(p))
		sim.Run(10 * time.Millisecond)
	}
	got = string(c.Read())
	closed, _ = c.Closed()
	return got, closed
}

const policyEnd = "</cross-domain-policy>\x00"

// TestFlashPolicy: on the ports of its own and inline, whole and in pieces;
// what begins like it and is not it gets what garbage gets.
func TestFlashPolicy(t *testing.T) {
	sim, s := flashServer(t, Config{
		Transports:  []string{"websocket", "flashsocket"},
		FlashPolicy: flashpolicy.Config{Addrs: []string{":843", ":10843"}},
	})
	for _, addr := range []string{":843", ":10843", ":8001"} {
		for _, parts := range [][]string{{flashpolicy.Request}, {"<", "policy-file-requ", "est/>", "\x00"}, {flashpolicy.Request + "GET / HTTP/1.1\r\n"}} {
			if got, closed := ask(t, sim, addr, parts...); !strings.HasPrefix(got, "<?xml") || !strings.HasSuffix(got, policyEnd) || !closed {
				t.Errorf("%s, %q: got %q, closed: %v", addr, parts, got, closed)
			}
		}
	}
	for _, parts := range [][]string{{"<html>"}, {"<", "p", "x"}, {"<policy-file-request/>\n"}} {
		if got, closed := ask(t, sim, ":8001", parts...); !strings.HasPrefix(got, "HTTP/1.1 400 ") || !closed {
			t.Errorf("%q: got %q, closed: %v; want what garbage gets", parts, got, closed)
		}
	}
	if n := s.Stats().FlashPolicy.Answered; n != 9 {
		t.Errorf("%d answers are counted, want 9", n)
	}
	if got, _ := ask(t, sim, ":8001", "GET /socket.io/1/ HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200 ") {
		t.Errorf("HTTP on the same port: %q", got)
	}
}

// TestFlashPolicyWait: the rest of a request is waited for, but not longer than
// FlashPolicy.Wait, however it drips.
func TestFlashPolicyWait(t *testing.T) {
	sim, _ := flashServer(t, Config{
		Transports:  []string{"flashsocket", "websocket"},
		FlashPolicy: flashpolicy.Config{Wait: time.Second},
	})
	c, err := sim.Dial("tcp", ":8001")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		_, _ = c.Write([]byte(flashpolicy.Request[i : i+1]))
		sim.Run(99 * time.Millisecond)
	}
	if closed, _ := c.Closed(); closed {
		t.Error("closed before FlashPolicy.Wait has passed")
	}
	sim.Run(100 * time.Millisecond)
	if got := string(c.Read()); !strings.HasPrefix(got, "HTTP/1.1 408 ") {
		t.Errorf("after FlashPolicy.Wait: %q", got)
	}
}

// TestNoFlash: without the transport nobody answers.
func TestNoFlash(t *testing.T) {
	sim, _ := flashServer(t, Config{Transports: []string{"websocket"}})
	if got, _ := ask(t, sim, ":8001", flashpolicy.Request); !strings.HasPrefix(got, "HTTP/1.1 400 ") {
		t.Errorf("got %q", got)
	}
}

// TestFlashPolicyFile: the policy of a file.
func TestFlashPolicyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.xml")
	if err := os.WriteFile(file, []byte("<cross-domain-policy/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	sim, _ := flashServer(t, Config{Transports: []string{"flashsocket"}, FlashPolicy: flashpolicy.Config{File: file}})
	if got, _ := ask(t, sim, ":8001", flashpolicy.Request); got != "<cross-domain-policy/>\x00" {
		t.Errorf("got %q", got)
	}
}

// TestFlashPolicyPortTaken: a warning, and the server starts; or an error.
func TestFlashPolicyPortTaken(t *testing.T) {
	for _, required := range []bool{false, true} {
		sim := ioloop.NewSim(ioloop.SimConfig{})
		g, err := sim.NewGroup(ioloop.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.Listen("tcp", ":843", func(*ioloop.Conn) ioloop.Handler { return nil }); err != nil {
			t.Fatal(err)
		}
		cfg := Config{Transports: []string{"flashsocket"}, Logger: silent,
			FlashPolicy: flashpolicy.Config{Addrs: []string{":843"}, Required: required}}
		s := build(g, cfg.withDefaults())
		if err := s.Start(); (err != nil) != required {
			t.Errorf("Required %v: Start says %v", required, err)
		}
		_ = s.Shutdown(context.Background())
	}
}

// TestOwnSettingsMistakes: each says what to write instead.
func TestOwnSettingsMistakes(t *testing.T) {
	mapped := netip.PrefixFrom(netip.MustParseAddr("::ffff:10.0.0.1"), 128)
	for name, tt := range map[string]struct {
		c    Config
		want []string
	}{
		"zero prefix":      {Config{TrustedProxies: []netip.Prefix{{}}}, []string{"Config.TrustedProxies", "10.0.0.0/8"}},
		"mapped prefix":    {Config{TrustedProxies: []netip.Prefix{mapped}}, []string{"Config.TrustedProxies", "IPv4"}},
		"proxy header":     {Config{ProxyHeader: "Via"}, []string{"Config.ProxyHeader", "X-Forwarded-For"}},
		"nobody's header":  {Config{ProxyHeader: "Forwarded"}, []string{"Config.ProxyHeader", "TrustedProxies"}},
		"no flash":         {Config{Transports: []string{"websocket"}, FlashPolicy: flashpolicy.Config{Addrs: []string{":843"}}}, []string{"Config.FlashPolicy", `"flashsocket"`}},
		"flash address":    {Config{FlashPolicy: flashpolicy.Config{Addrs: []string{"843"}}}, []string{"Config.FlashPolicy", `":843"`}},
		"flash wait":       {Config{FlashPolicy: flashpolicy.Config{Wait: -1}}, []string{"Config.FlashPolicy", "positive"}},
		"flash file":       {Config{FlashPolicy: flashpolicy.Config{File: "/nowhere/policy.xml"}}, []string{"Config.FlashPolicy", "/nowhere/policy.xml"}},
		"poll, fractions":  {Config{PollDuration: 20*time.Second + 1, CloseTimeout: 20*time.Second + 2}, []string{"Config.PollDuration", "announced as 20s"}},
		"beats, fractions": {Config{HeartbeatInterval: 19*time.Second + 2, HeartbeatTimeout: 19*time.Second + 3, PollDuration: 1}, []string{"Config.HeartbeatInterval", "announced as 19s"}},
		"beats, close":     {Config{HeartbeatInterval: 30 * time.Second, CloseTimeout: 30 * time.Second}, []string{"Config.HeartbeatInterval", "CloseTimeout"}},
	} {
		t.Run(name, func(t *testing.T) {
			tt.c.Logger = silent
			s := New(tt.c)
			_, err := s.Listen("tcp", "127.0.0.1:0")
			if err == nil || s.Err() == nil {
				t.Fatal("no error")
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}
