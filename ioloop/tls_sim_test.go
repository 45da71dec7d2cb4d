package ioloop

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// TLS over the simulated network: bytes cut anywhere, moves that fail, virtual
// time.

// simTLS is the net.Conn of a crypto/tls client, in a goroutine of its own, whose
// bytes the driver carries to and from a simulated connection.
type simTLS struct {
	net.Conn // what crypto/tls does not need is nil

	mu      sync.Mutex
	cond    sync.Cond
	out, in []byte
	end     error
	waits   bool // the client wants to read, or is through
	over    bool // it is through
}

func newSimTLS() *simTLS {
	c := new(simTLS)
	c.cond.L = &c.mu
	return c
}

func (c *simTLS) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = append(c.out, p...)
	return len(p), c.end
}

func (c *simTLS) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.in) == 0 {
		if c.end != nil {
			return 0, c.end
		}
		c.waits = true
		c.cond.Broadcast()
		c.cond.Wait()
	}
	c.waits = false
	n := copy(p, c.in)
	c.in = c.in[n:]
	return n, nil
}

func (c *simTLS) SetWriteDeadline(time.Time) error { return nil }
func (c *simTLS) Close() error                     { return nil }

// through is the client's: it has ended.
func (c *simTLS) through() {
	c.mu.Lock()
	c.waits, c.over = true, true
	c.mu.Unlock()
	c.cond.Broadcast()
}

// carry is the driver's: it moves bytes both ways, once the client has said all
// it has to say, so that virtual time stands still meanwhile.
func (c *simTLS) carry(k *SimConn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.waits {
		c.cond.Wait()
	}
	if len(c.out) > 0 {
		_, _ = k.Write(c.out)
		c.out = nil
	}
	if p := k.Read(); len(p) > 0 {
		c.in = append(c.in, p...)
		c.waits = c.over
		c.cond.Broadcast()
	}
	if closed, err := k.Closed(); closed && c.end == nil {
		c.end = err
		c.waits = c.over
		c.cond.Broadcast()
	}
}

func TestTLSOnTheSimulatedNetwork(t *testing.T) {
	t.Parallel()
	s, client := serverTLS(t)
	for seed := range 6 {
		t.Run(fmt.Sprint("seed ", seed+1), func(t *testing.T) {
			t.Parallel()
			cfg := SimConfig{Seed: int64(seed) + 1, LatencyMin: time.Millisecond, LatencyMax: 9 * time.Millisecond, Split: true, SendBuffer: 4096}
			simulateTLS(t, cfg, s, withVersion(client, versions[seed%2]))
		})
	}
}

func simulateTLS(t *testing.T, cfg SimConfig, s TLS, client *tls.Config) {
	sim := NewSim(cfg)
	g, err := sim.NewGroup(Config{Loops: 3, Logger: quietLog()})
	if err != nil {
		t.Fatal(err)
	}
	var ends []error
	h := &funcs{close: func(_ *Conn, err error) { ends = append(ends, err) }}
	h.data = func(c *Conn, p []byte) int {
		c.Write(p)
		if to := g.Loop((c.Loop().Index() + 1) % 3); c.Backlog() < 4096 {
			_ = c.Move(to, nil)
		}
		return len(p)
	}
	if _, err := g.ListenTLS("tcp", ":443", s, func(*Conn) Handler { return h }); err != nil {
		t.Fatal(err)
	}
	start(t, g)
	k, err := sim.Dial("tcp", ":443")
	if err != nil {
		t.Fatal(err)
	}
	end, done := newSimTLS(), make(chan error, 1)
	go func() {
		done <- talkTLS(tls.Client(end, client))
		end.through()
	}()
	for deadline := time.Now().Add(20 * time.Second); ; {
		end.carry(k)
		sim.Run(time.Millisecond)
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			sim.Run(time.Second)
			if len(ends) != 1 || ends[0] != io.EOF {
				t.Errorf("OnClose: %v", ends)
			}
			noTLSFaults(t, g)
			stopGroup(t, g)
			return
		default:
		}
		if time.Now().After(deadline) {
			t.Fatal("never ends")
		}
	}
}

// talkTLS has messages of many sizes echoed, and says goodbye.
func talkTLS(c *tls.Conn) error {
	for _, n := range []int{1, 100, 5000, maxRecord, 50_000, 3} {
		message := bytes.Repeat([]byte("0123456789"), n/10+1)[:n]
		if _, err := c.Write(message); err != nil {
			return err
		}
		got := make([]byte, n)
		if _, err := io.ReadFull(c, got); err != nil {
			return err
		}
		if !bytes.Equal(got, message) {
			return errors.New("came back changed")
		}
	}
	if err := c.CloseWrite(); err != nil {
		return err
	}
	if _, err := io.ReadAll(c); err != nil {
		return err
	}
	return nil
}

// A handshake's time is the backend's.
func TestTLSTimeoutIsVirtual(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		after time.Duration
		late  uint64
	}{{10*time.Second - 50*time.Millisecond, 0}, {10*time.Second + 50*time.Millisecond, 1}} {
		sim := NewSim(SimConfig{})
		g, err := sim.NewGroup(Config{Loops: 1, Logger: quietLog()})
		if err != nil {
			t.Fatal(err)
		}
		s, client := serverTLS(t)
		if _, err := g.ListenTLS("tcp", ":443", s, echoing); err != nil {
			t.Fatal(err)
		}
		start(t, g)
		k, err := sim.Dial("tcp", ":443")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = k.Write(clientHello(t, client))
		sim.Run(tt.after)
		if n := g.TLSStats().TimedOut; n != tt.late || g.Conns() != 1-int(tt.late) {
			t.Errorf("after %v: %d late, %d connections", tt.after, n, g.Conns())
		}
		stopGroup(t, g)
	}
}
