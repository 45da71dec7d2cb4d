//go:build !windows

package ioloop

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Peers of a TLS port that do not behave, over real sockets.

// At most MaxHandshakes have a goroutine; one more waits in line until another
// has ended, and gets through.
func TestTLSHandshakesAreBounded(t *testing.T) {
	t.Parallel()
	const most = 3
	s, client := serverTLS(t)
	g, addr := serveTLS(t, Config{Loops: 2, MaxHandshakes: most}, s, echoing)
	hello := clientHello(t, client)
	stall := func() net.Conn { // a whole hello, and nothing behind it
		c := dial(t, addr)
		send(t, c, string(hello))
		return c
	}
	var stalled []net.Conn
	for n := 1; n <= most; n++ {
		stalled = append(stalled, stall())
		eventually(t, "it runs", func() bool { s := g.TLSStats(); return s.Running == n && s.Queued == 0 })
	}
	late := make(chan error, 1)
	go func() {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			defer c.Close()
			err = tls.Client(c, client).Handshake()
		}
		late <- err
	}()
	eventually(t, "the one above waits", func() bool { return g.TLSStats().Queued == 1 })
	gone := stall()
	eventually(t, "another one waits", func() bool { return g.TLSStats().Queued == 2 })
	_ = gone.Close()
	eventually(t, "who gives up leaves the line", func() bool { return g.TLSStats().Queued == 1 })
	if n := g.TLSStats().Running; n != most {
		t.Errorf("%d run", n)
	}
	_ = stalled[0].Close()
	if err := receive(t, "the late handshake", late); err != nil {
		t.Error(err)
	}
	for _, c := range stalled {
		_ = c.Close()
	}
	eventually(t, "nothing runs any more", func() bool { s := g.TLSStats(); return s.Running+s.Queued == 0 })
}

// A handshake ends in time wherever it stops: before the hello, in it, behind
// it, in line.
func TestTLSHandshakeTimeout(t *testing.T) {
	t.Parallel()
	s, client := serverTLS(t)
	g, addr := serveTLS(t, Config{Loops: 1, MaxHandshakes: 1, HandshakeTimeout: 100 * time.Millisecond}, s, echoing)
	hello := clientHello(t, client)
	for _, part := range []int{0, 1, 5, len(hello) - 1, len(hello), len(hello)} {
		c := dial(t, addr)
		if part > 0 {
			send(t, c, string(hello[:part]))
		}
	}
	eventually(t, "all are cut", func() bool { return g.TLSStats().TimedOut == 6 && g.Conns() == 0 })
	eventually(t, "none runs any more", func() bool { s := g.TLSStats(); return s.Running+s.Queued+int(s.Failed) == 0 })
	c := dialTLS(t, addr, client) // one that keeps within it
	send(t, c, "x")
	want(t, c, "x")
}

// A flood of handshakes, whole ones and such that stop, leaves those who are in
// with their share of the processors.
func TestTLSFloodLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	s, client := serverTLS(t)
	g, addr := serveTLS(t, Config{Loops: 2, MaxHandshakes: 8, SlowCallback: -1}, s, echoing)
	hello := clientHello(t, client)
	c := dialTLS(t, addr, client)
	var over atomic.Bool
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for !over.Load() {
				n, err := net.Dial("tcp", addr)
				if err != nil {
					continue
				}
				_, _ = n.Write(hello)
				_ = n.Close()
			}
		})
	}
	most := 0
	for i := range 300 {
		message := fmt.Sprint("message ", i)
		send(t, c, message)
		want(t, c, message)
		most = max(most, g.TLSStats().Running)
	}
	over.Store(true)
	wg.Wait()
	if most > 8 {
		t.Errorf("%d handshakes at a time", most)
	}
	d := dialTLS(t, addr, client)
	send(t, d, "x")
	want(t, d, "x")
}

// A slow peer sends its handshake byte by byte, and all that follows.
func TestTLSByteByByte(t *testing.T) {
	t.Parallel()
	eachVersion(t, func(t *testing.T, v uint16) {
		s, client := serverTLS(t)
		g, addr := serveTLS(t, Config{Loops: 1}, s, echoing)
		raw := dial(t, addr)
		_ = raw.SetNoDelay(true)
		c := tls.Client(crumbled{raw}, withVersion(client, v))
		message := strings.Repeat("crumbs ", 50)
		send(t, c, message)
		want(t, c, message)
		noTLSFaults(t, g)
	})
}

type crumbled struct{ net.Conn }

func (c crumbled) Write(p []byte) (int, error) {
	for i := range p {
		if _, err := c.Conn.Write(p[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

// What comes before the end of the handshake is bounded. The test calls
// directly, for the kernel would not take so much before the handshake's end.
func TestTLSAheadIsBounded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		size  int
		ended bool
	}{{maxAhead - 1, false}, {maxAhead, false}, {maxAhead + 1, true}} {
		_, l := newFake(t, Config{})
		g := l.group
		k := &tlsPort{pool: g.handshakes()}
		var h *handshake
		c := l.open(newFakeStream(), netip.AddrPort{}, func(c *Conn) Handler { h = k.begin(c).(*handshake); return h })
		l.enter()
		h.more = make(chan struct{}, 1)
		h.stop = func() {}
		h.feed(make([]byte, tt.size))
		if h.ended != tt.ended || c.Closed() != tt.ended {
			t.Errorf("%d bytes: ended %v", tt.size, h.ended)
		}
		l.leave()
	}
}

// Garbage where the hello should be, and behind a good one.
func TestTLSGarbage(t *testing.T) {
	t.Parallel()
	s, client := serverTLS(t)
	g, addr := serveTLS(t, Config{Loops: 1}, s, echoing)
	hello := string(clientHello(t, client))
	for _, p := range []string{
		"\x00", "SSH-2.0-x\r\n", "\x17\x03\x03\x00\x05hello", "\x80\x2e\x01\x00\x02", "\x16\x03\x01\x00\x00",
		"\x16\x03\x01\xff\xff", "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", "\x16\x03\x01\x00\x04\x01\xff\xff\xff",
		hello + "garbage", hello + hello, hello + "\x15\x03\x03\x00\x02\x02\x28", "\x16\x03\x00" + hello[3:],
	} {
		c := dial(t, addr)
		send(t, c, p)
		_ = c.CloseWrite()
		if _, err := io.ReadAll(c); err != nil && !isReset(err) {
			t.Errorf("%.20q: %v", p, err)
		}
	}
	eventually(t, "all are gone", func() bool { return g.Conns() == 0 && g.TLSStats().Running == 0 })
	if st := g.TLSStats(); st.Handshakes > 0 || st.NotTLS+st.Failed != 12 {
		t.Errorf("%+v", st)
	}
	if g.Panics() > 0 {
		t.Error("panics")
	}
}

func isReset(err error) bool {
	return strings.Contains(err.Error(), "reset") || errors.Is(err, io.ErrUnexpectedEOF)
}

// A callback of the user's that blocks holds up no other handshake, and one that
// panics costs its own connection.
func TestTLSCallbacksOfTheUser(t *testing.T) {
	t.Parallel()
	s, client := serverTLS(t)
	cert := s.Config.Certificates[0]
	block := make(chan struct{})
	blocked := make(chan struct{}, 1)
	s.Config = &tls.Config{GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		switch h.ServerName {
		case "slow":
			blocked <- struct{}{}
			<-block
		case "panic":
			panic("boom")
		}
		return &cert, nil
	}}
	var panics counter
	g, addr := serveTLS(t, Config{Loops: 1, OnPanic: func(Panic) { panics.inc() }}, s, echoing)
	named := func(name string) *tls.Config {
		c := client.Clone()
		c.ServerName, c.InsecureSkipVerify = name, true
		return c
	}
	slow := make(chan error, 1)
	go func() {
		c, err := tls.Dial("tcp", addr, named("slow"))
		if err == nil {
			c.Close()
		}
		slow <- err
	}()
	receive(t, "the slow one", blocked)
	if c, err := tls.Dial("tcp", addr, named("panic")); err == nil {
		c.Close()
		t.Error("a panic passed")
	}
	eventually(t, "the panic is counted", func() bool { return panics.Load() == 1 && g.Panics() == 1 })
	c := dialTLS(t, addr, named("quick"))
	send(t, c, "x")
	want(t, c, "x")
	close(block)
	if err := receive(t, "the slow one", slow); err != nil {
		t.Error(err)
	}
}

// A peer that renegotiates (TLS 1.2) is told no, in TLS' words, and ended;
// openssl is a client that can.
func TestTLSRenegotiation(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Log("no openssl here: crypto/tls cannot renegotiate as a client, so nothing was tried")
		return
	}
	s, _ := serverTLS(t)
	ended := make(chan error, 1)
	g, addr := serveTLS(t, Config{Loops: 1}, s, func(*Conn) Handler {
		return &funcs{data: func(c *Conn, p []byte) int { c.Write(p); return len(p) }, close: func(_ *Conn, err error) { ended <- err }}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "s_client", "-connect", addr, "-tls1_2")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "openssl is in", func() bool { return g.TLSStats().Handshakes == 1 })
	_, _ = io.WriteString(in, "R\n")
	if err := receive(t, "OnClose", ended); err == nil || err == io.EOF {
		t.Errorf("OnClose(%v)", err)
	}
	_ = cmd.Wait()
	if n := g.TLSStats().Broken; n != 1 || !strings.Contains(said.String(), "RENEGOTIATING") {
		t.Errorf("%d broken; openssl said %q", n, said.String())
	}
}

// A peer may change its keys, and ask for ours to change (TLS 1.3); openssl is a
// client that can.
func TestTLSKeyUpdate(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Log("no openssl here: crypto/tls has no call to update keys, so nothing was tried")
		return
	}
	s, _ := serverTLS(t)
	g, addr := serveTLS(t, Config{Loops: 1}, s, echoing)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "s_client", "-connect", addr, "-tls1_3")
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	cmd.Stderr = cmd.Stdout
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	until := func(line string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == line {
				return
			}
		}
		t.Fatalf("never: %s", line)
	}
	eventually(t, "openssl is in", func() bool { return g.TLSStats().Handshakes == 1 })
	for i := range 5 {
		_, _ = io.WriteString(in, "K\n") // a line by itself, or it is text
		until("KEYUPDATE")
		message := fmt.Sprint("message ", i)
		_, _ = io.WriteString(in, message+"\n")
		until(message)
	}
	_ = in.Close()
	_, _ = io.Copy(io.Discard, out)
	_ = cmd.Wait()
	noTLSFaults(t, g)
}

// What TLS itself answers is bounded for a peer that reads nothing.
func TestTLSAnswersAreBounded(t *testing.T) {
	t.Parallel()
	_, l := newFake(t, Config{})
	c, raw := openFake(t, l, &funcs{})
	raw.room, raw.left = 0, 1
	s := &tlsStream{inner: raw, conn: c, cut: true}
	c.stream = s
	for n := 1; n <= maxOwed+1; n++ {
		l.enter()
		b := l.tlsBuffers()
		b.out = append(b.out, "answer"...)
		s.answer(c)
		if over := n > maxOwed; c.Closed() != over {
			t.Errorf("%d answers: closed %v", n, c.Closed())
		}
		l.leave()
	}
}
