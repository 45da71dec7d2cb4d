package webtransport_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	wt "github.com/quic-go/webtransport-go"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/internal/leftover"
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/webtransport"
)

func TestMain(m *testing.M) { leftover.Main(m) }

// patience is for what has to happen; nothing waits for it to pass.
const patience = 60 * time.Second

func certificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// rig is a server with a TCP and a UDP port.
type rig struct {
	t      *testing.T
	srv    *sio.Server
	root   *sio.Namespace[*guest]
	at     string // the same on both
	closed chan string
	causes chan string // what Socket.CloseCause said, if anything
}

// guest is a socket of "/".
type guest struct {
	sio.Socket
	r *rig
}

func (g *guest) OnClose(why sio.Reason) {
	if cause := g.CloseCause(); cause != nil {
		g.r.causes <- cause.Error()
	}
	g.r.closed <- why.String()
}

// serve starts a server whose "/" echoes, and which tells how sockets end.
func serve(t *testing.T, cfg sio.Config, own webtransport.Config) *rig {
	t.Helper()
	if cfg.Transports == nil {
		cfg.Transports = []string{"polling", "websocket", "webtransport"}
	}
	r := &rig{t: t, srv: sio.New(cfg), closed: make(chan string, 100), causes: make(chan string, 100)}
	root := sio.Of(r.srv, "/", func(p *guest) { p.r = r })
	r.root = root
	root.OnRaw("echo", func(_ *guest, e *sio.Event) {
		var v []any
		var one any
		for range e.Len() {
			v = append(v, &one)
		}
		if err := e.Decode(v...); err != nil {
			t.Error(err)
		}
		_ = e.Reply(one)
	})
	sio.Answer(root, "over", func(s *guest, _ string) string { return s.Transport() })
	sio.On0(root, "kick", func(s *guest) { s.Disconnect() })
	sio.On0(root, "flood", func(s *guest) {
		for range 100 {
			_ = s.Emit("drop", strings.Repeat("x", 100_000))
		}
	})
	at, err := r.srv.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.at = at.String()
	if own.TLS == nil {
		own.TLS = &tls.Config{Certificates: []tls.Certificate{certificate(t)}}
	}
	if _, err := webtransport.Listen(r.srv, r.at, own); err != nil {
		t.Fatal(err)
	}
	if err := r.srv.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := r.srv.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
	})
	return r
}

// in is the rig of a subtest.
func (r *rig) in(t *testing.T) *rig {
	k := *r
	k.t = t
	return &k
}

// ended waits for the end of a socket.
func (r *rig) ended(want string) {
	r.t.Helper()
	select {
	case why := <-r.closed:
		if why != want {
			r.t.Errorf("the socket ended with %q, want %q", why, want)
		}
	case <-time.After(patience):
		r.t.Fatalf("the socket did not end; want %q", want)
	}
}

// client is a WebTransport session with one stream.
type client struct {
	t    *testing.T
	sess *wt.Session
	str  *wt.Stream
	in   []byte
}

func dialer() *wt.Transport {
	return &wt.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h3"}}}
}

// session asks for a WebTransport session, as engine.io-client 6 does.
func (r *rig) session(query string, head http.Header) (*http.Response, *wt.Session, error) {
	r.t.Helper()
	return r.sessionBy(dialer(), query, head)
}

func (r *rig) sessionBy(d *wt.Transport, query string, head http.Header) (*http.Response, *wt.Session, error) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	res, s, err := d.Dial(ctx, "https://"+r.at+"/socket.io/?EIO=4&transport=webtransport"+query, head)
	if err == nil {
		r.t.Cleanup(func() { _ = s.CloseWithError(0, "") })
	}
	return res, s, err
}

// dial opens a session and its stream, on which nothing is sent yet.
func (r *rig) dial(query string) *client {
	r.t.Helper()
	return r.dialBy(dialer(), query)
}

// from is dial with an address of its own.
func (r *rig) from(ip, query string) *client {
	r.t.Helper()
	d, _ := r.own(ip)
	return r.dialBy(d, query)
}

// own is a dialer with a socket of its own, and what closes that without a word
// to anyone.
func (r *rig) own(ip string) (d *wt.Transport, vanish func()) {
	r.t.Helper()
	pc, err := net.ListenPacket("udp", ip+":0")
	if err != nil {
		r.t.Fatal(err)
	}
	from := &quic.Transport{Conn: pc}
	r.t.Cleanup(func() { _ = from.Close(); _ = pc.Close() })
	d = dialer()
	d.DialAddr = func(ctx context.Context, addr string, t *tls.Config, cfg *quic.Config) (*quic.Conn, error) {
		to, err := net.ResolveUDPAddr("udp", addr)
		if err != nil {
			return nil, err
		}
		return from.DialEarly(ctx, to, t, cfg)
	}
	return d, func() { _ = pc.Close() }
}

func (r *rig) dialBy(d *wt.Transport, query string) *client {
	r.t.Helper()
	_, s, err := r.sessionBy(d, query, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	str, err := s.OpenStream()
	if err != nil {
		r.t.Fatal(err)
	}
	_ = str.SetReadDeadline(time.Now().Add(patience))
	return &client{t: r.t, sess: s, str: str}
}

// open is a client that has its open packet.
func (r *rig) open() *client {
	r.t.Helper()
	c := r.dial("")
	c.send("0")
	if p := c.next(); !strings.HasPrefix(p, `0{"sid":"`) || !strings.Contains(p, `"upgrades":[]`) {
		r.t.Fatalf("the open packet is %s", p)
	}
	return c
}

// joined is a client in "/".
func (r *rig) joined() *client {
	r.t.Helper()
	c := r.open()
	c.send("40")
	if p := c.next(); !strings.HasPrefix(p, `40{"sid":"`) {
		r.t.Fatalf("the answer to 40 is %s", p)
	}
	return c
}

func frame(packet string, binary bool) []byte {
	return append(payload.AppendStreamHeader(nil, len(packet), binary), packet...)
}

func (c *client) send(packets ...string) {
	c.t.Helper()
	var b []byte
	for _, p := range packets {
		b = append(b, frame(p, false)...)
	}
	c.raw(b)
}

func (c *client) raw(b []byte) {
	c.t.Helper()
	if _, err := c.str.Write(b); err != nil {
		c.t.Fatalf("write: %v", err)
	}
}

// read is the next packet; binary ones have "b:" in front.
func (c *client) read() (string, error) {
	for {
		p, binary, used, err := payload.NextStream(c.in, 1<<30)
		if err != nil {
			return "", err
		}
		if used > 0 {
			text := string(p)
			if binary {
				text = "b:" + text
			}
			c.in = c.in[used:]
			return text, nil
		}
		b := make([]byte, 64<<10)
		n, err := c.str.Read(b)
		c.in = append(c.in, b[:n]...)
		if n == 0 && err != nil {
			return "", err
		}
	}
}

func (c *client) next() string {
	c.t.Helper()
	p, err := c.read()
	if err != nil {
		c.t.Fatalf("read: %v", err)
	}
	return p
}

func (c *client) expect(want string) {
	c.t.Helper()
	if got := c.next(); got != want {
		c.t.Fatalf("got %.200q, want %.200q", got, want)
	}
}

// over waits for the end of the WebTransport session, and says what came before.
func (c *client) over() (last []string) {
	c.t.Helper()
	for {
		p, err := c.read()
		if err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				c.t.Fatal("the session does not end")
			}
			break
		}
		last = append(last, p)
	}
	select {
	case <-c.sess.Context().Done():
	case <-time.After(patience):
		c.t.Fatal("the stream ended, the session did not")
	}
	return last
}

// get is a poll of Engine.IO; post sends packets.
func (r *rig) get(query string) string {
	r.t.Helper()
	return r.request("GET", query, "")
}

func (r *rig) request(method, query, body string) string {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, "http://"+r.at+"/socket.io/?EIO=4&transport=polling"+query, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(b)
}

// until waits for a condition that something else brings about.
func until(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !f(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
