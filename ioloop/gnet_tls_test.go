//go:build !windows

package ioloop

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TLS over real sockets, with crypto/tls as the client.

// serveTLS starts a group with one TLS listener.
func serveTLS(t testing.TB, cfg Config, s TLS, accept func(*Conn) Handler) (*Group, string) {
	t.Helper()
	g := newTestGroup(t, cfg)
	addr, err := g.ListenTLS("tcp", "127.0.0.1:0", s, accept)
	if err != nil {
		t.Fatal(err)
	}
	start(t, g)
	return g, addr.String()
}

func dialTLS(t testing.TB, addr string, cfg *tls.Config) *tls.Conn {
	t.Helper()
	c := tls.Client(dial(t, addr), cfg)
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	return c
}

var versions = []uint16{tls.VersionTLS12, tls.VersionTLS13}

func eachVersion(t *testing.T, f func(t *testing.T, v uint16)) {
	for _, v := range versions {
		t.Run(tls.VersionName(v), func(t *testing.T) { t.Parallel(); f(t, v) })
	}
}

func withVersion(cfg *tls.Config, v uint16) *tls.Config {
	c := cfg.Clone()
	c.MinVersion, c.MaxVersion = v, v
	return c
}

func TestTLSEcho(t *testing.T) {
	t.Parallel()
	eachVersion(t, func(t *testing.T, v uint16) {
		s, client := serverTLS(t)
		g, addr := serveTLS(t, Config{Loops: 2}, s, echoing)
		c := dialTLS(t, addr, withVersion(client, v))
		if got := c.ConnectionState().Version; got != v {
			t.Errorf("agreed on %s", tls.VersionName(got))
		}
		for _, n := range []int{1, 100, maxRecord - 1, maxRecord, maxRecord + 1, 300_000, 5, 3 << 20} {
			message := bytes.Repeat([]byte("0123456789"), n/10+1)[:n]
			go func() { _, _ = c.Write(message) }()
			got := make([]byte, n)
			if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, message) {
				t.Fatalf("%d bytes came back wrong: %v", n, err)
			}
		}
		noTLSFaults(t, g)
	})
}

// The server's close is told to the peer, in TLS' own words.
func TestTLSClose(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 3<<20)
	eachVersion(t, func(t *testing.T, v uint16) {
		s, client := serverTLS(t)
		_, addr := serveTLS(t, Config{Loops: 1}, s, func(*Conn) Handler {
			return &funcs{data: func(c *Conn, p []byte) int {
				switch string(p) {
				case "close":
					c.Write([]byte(big))
					c.Close()
				case "linger":
					c.Write([]byte(big))
					c.CloseLinger()
				default:
					c.Abort(errors.New("test"))
				}
				return len(p)
			}}
		})
		for _, how := range []string{"close", "linger"} {
			c := dialTLS(t, addr, withVersion(client, v))
			send(t, c, how)
			got, err := io.ReadAll(c) // of crypto/tls an error if nothing was told
			if err != nil || len(got) != len(big) {
				t.Errorf("%s: %d bytes of %d, %v", how, len(got), len(big), err)
			}
			c.Close()
		}
	})
}

// How a peer ends is told apart: in TLS' words, by an end of file (which anyone
// on the way could forge), by a fault.
func TestTLSEndByPeer(t *testing.T) {
	t.Parallel()
	eachVersion(t, func(t *testing.T, v uint16) {
		s, client := serverTLS(t)
		ended := make(chan error, 1)
		h := &funcs{close: func(c *Conn, err error) {
			if err == io.EOF {
				c.Write([]byte("last words"))
			}
			ended <- err
		}}
		accept, conns := accepted(h)
		g, addr := serveTLS(t, Config{Loops: 1}, s, accept)
		cfg := withVersion(client, v)

		c := dialTLS(t, addr, cfg)
		receive(t, "accept", conns)
		_ = c.CloseWrite()
		if err := receive(t, "OnClose", ended); err != io.EOF {
			t.Errorf("told: OnClose(%v)", err)
		}
		if b, err := io.ReadAll(c); err != nil || string(b) != "last words" {
			t.Errorf("read %q, %v", b, err)
		}

		c = dialTLS(t, addr, cfg)
		receive(t, "accept", conns)
		_ = c.NetConn().(*net.TCPConn).CloseWrite()
		if err := receive(t, "OnClose", ended); err != io.ErrUnexpectedEOF {
			t.Errorf("cut: OnClose(%v)", err)
		}

		c = dialTLS(t, addr, cfg)
		receive(t, "accept", conns)
		_, _ = c.NetConn().Write([]byte("\x17\x03\x03\x00\x20broken broken broken broken broken"))
		if err := receive(t, "OnClose", ended); err == nil || err == io.EOF {
			t.Errorf("broken: OnClose(%v)", err)
		}
		if _, err := io.ReadAll(c); err == nil || !strings.Contains(err.Error(), "bad record MAC") {
			t.Errorf("the peer of a broken connection reads %v", err)
		}
		if n := g.TLSStats().Broken; n != 1 {
			t.Errorf("%d broken", n)
		}
	})
}

// A connection takes its TLS along to other loops.
func TestTLSMoves(t *testing.T) {
	t.Parallel()
	eachVersion(t, func(t *testing.T, v uint16) {
		s, client := serverTLS(t)
		h := &funcs{data: func(c *Conn, p []byte) int {
			c.Write(p)
			to := c.Loop().Group().Loop((c.Loop().Index() + 1) % 3)
			if err := c.Move(to, func(c *Conn, err error) {
				if err != nil || c.Loop() != to || !c.Secure() {
					t.Errorf("moved: %v", err)
				}
			}); err != nil {
				t.Error(err)
			}
			return len(p)
		}}
		g, addr := serveTLS(t, Config{Loops: 3}, s, func(*Conn) Handler { return h })
		c := dialTLS(t, addr, withVersion(client, v))
		for range 50 {
			send(t, c, "hello, ")
			send(t, c, "wherever you are")
			want(t, c, "hello, wherever you are")
		}
		noTLSFaults(t, g)
	})
}

// All that a turn sends is one record and one segment.
func TestTLSOneTurnIsOneRecord(t *testing.T) {
	t.Parallel()
	eachVersion(t, func(t *testing.T, v uint16) {
		s, client := serverTLS(t)
		shared := NewBuf()
		shared.SetBytes(bytes.Repeat([]byte("s"), 2*copyBelow))
		_, addr := serveTLS(t, Config{Loops: 1}, s, func(*Conn) Handler {
			return &funcs{data: func(c *Conn, p []byte) int {
				for range 5 {
					c.Write(p)
					c.WriteBuf(shared.Retain(), 0)
				}
				return len(p)
			}}
		})
		raw := &countingConn{Conn: dial(t, addr)}
		c := tls.Client(raw, withVersion(client, v))
		send(t, c, "x")
		_, _ = io.ReadFull(c, make([]byte, 5*(1+2*copyBelow)))
		before := len(raw.all)
		send(t, c, "y")
		_, _ = io.ReadFull(c, make([]byte, 5*(1+2*copyBelow)))
		if got := raw.all[before:]; records(got) != 1 {
			t.Errorf("%d records in %d bytes", records(got), len(got))
		}
	})
}

func records(p []byte) (n int) {
	for ; len(p) >= recordHeader; n++ {
		p = p[min(len(p), recordHeader+int(p[3])<<8+int(p[4])):]
	}
	return n
}

// countingConn keeps what was read.
type countingConn struct {
	net.Conn
	all []byte
}

func (c *countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.all = append(c.all, p[:n]...)
	return n, err
}

// A reader that reads nothing is visible as backlog, as without TLS.
func TestTLSSlowReader(t *testing.T) {
	t.Parallel()
	s, client := serverTLS(t)
	writable := make(chan struct{}, 1)
	accept, conns := accepted(&funcs{writable: func(c *Conn) {
		if c.Backlog() == 0 && !c.Congested() {
			writable <- struct{}{}
		}
	}})
	g, addr := serveTLS(t, Config{Loops: 1}, s, accept)
	c := dialTLS(t, addr, client)
	k := receive(t, "a connection", conns)
	total := 0
	eventually(t, "backlog", func() (stuck bool) {
		onLoop(t, g.Loop(0), func() {
			k.Write(make([]byte, 1<<20))
			k.Flush()
			total += 1 << 20
			stuck = k.Congested() && k.Backlog() > 1<<20
		})
		return stuck
	})
	if _, err := io.CopyN(io.Discard, c, int64(total)); err != nil {
		t.Fatal(err)
	}
	receive(t, "OnWritable", writable)
}

// Established connections add no goroutine, and tickets resume them.
func TestTLSIdleAddsNoGoroutine(t *testing.T) {
	eachVersionInTurn(t, func(t *testing.T, v uint16) {
		s, client := serverTLS(t)
		client = withVersion(client, v)
		client.ClientSessionCache = tls.NewLRUClientSessionCache(8)
		g, addr := serveTLS(t, Config{Loops: 2}, s, echoing)
		var conns []*tls.Conn
		before := runtime.NumGoroutine()
		for range 200 {
			c := dialTLS(t, addr, client)
			send(t, c, "x")
			want(t, c, "x")
			conns = append(conns, c)
		}
		eventually(t, "no goroutine for each", func() bool { return runtime.NumGoroutine() < before+50 })
		eventually(t, "no handshake runs", func() bool { return g.TLSStats().Running == 0 })
		if s := g.TLSStats(); s.Handshakes != 200 || s.Resumed != 199 {
			t.Errorf("%+v", s)
		}
		for _, c := range conns {
			send(t, c, "still there")
			want(t, c, "still there")
			_ = c.Close()
		}
		noTLSFaults(t, g)
	})
}

func eachVersionInTurn(t *testing.T, f func(t *testing.T, v uint16)) {
	for _, v := range versions {
		t.Run(tls.VersionName(v), func(t *testing.T) { f(t, v) })
	}
}

// Stop says goodbye in TLS' words too.
func TestTLSStop(t *testing.T) {
	t.Parallel()
	s, client := serverTLS(t)
	g, addr := serveTLS(t, Config{Loops: 2}, s, echoing)
	c := dialTLS(t, addr, client)
	send(t, c, "x")
	want(t, c, "x")
	half := dial(t, addr) // a handshake that stops in the middle
	send(t, half, "\x16\x03\x01")
	eventually(t, "both are open", func() bool { return g.Conns() == 2 })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := g.Stop(ctx); err != nil {
		t.Error(err)
	}
	if b, err := io.ReadAll(c); err != nil || len(b) > 0 {
		t.Errorf("read %q, %v; want the end, told by TLS", b, err)
	}
}
