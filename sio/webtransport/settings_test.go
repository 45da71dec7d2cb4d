package webtransport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/engine"
	"github.com/tornadio/tornadio/sio/webtransport"
)

// TestAllowRequestOverWebTransport: it decides, and no sid gets around it.
func TestAllowRequestOverWebTransport(t *testing.T) {
	asked := make(chan string, 10)
	r := serve(t, sio.Config{AllowRequest: func(q *http.Request) error {
		asked <- q.URL.Path + " " + q.Header.Get("X-Who")
		if q.URL.Query().Get("token") != "friend" {
			return errors.New("who are you?")
		}
		return nil
	}}, webtransport.Config{})
	res, _, err := r.session("", http.Header{"X-Who": {"me"}})
	if err == nil || res == nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("refused: %v %v", res, err)
	}
	if got := <-asked; got != "/socket.io/ me" {
		t.Errorf("asked about %q", got)
	}
	c := r.dial("&token=friend")
	c.send("0")
	if got := c.next(); !strings.HasPrefix(got, `0{"sid":"`) {
		t.Error(got)
	}
	<-asked
	around := r.dial("&sid=AAAAAAAAAAAAAAAAAAAA") // as one who has a session: nobody is asked
	around.send("0")
	if got := around.over(); got != nil {
		t.Errorf("it was told %q", got)
	}
	if n := r.srv.Stats(); n.Sessions != 1 || n.RefusedBy[403] != 1 || n.RefusedBy[400] != 1 || len(asked) != 0 {
		t.Errorf("%d sessions, refused %v, asked %d times more", n.Sessions, n.RefusedBy, len(asked))
	}
}

type who struct{}

// TestMiddlewareOverWebTransport: what it puts into the context reaches the
// handshake; it may answer by itself.
func TestMiddlewareOverWebTransport(t *testing.T) {
	seen := make(chan any, 10)
	cfg := sio.Config{Middleware: []func(http.Handler) http.Handler{func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			switch q.URL.Query().Get("as") {
			case "":
				http.Error(w, "no", http.StatusTeapot)
			case "nobody":
			default:
				next.ServeHTTP(w, q.WithContext(context.WithValue(q.Context(), who{}, q.URL.Query().Get("as"))))
			}
		})
	}}}
	r := serve(t, cfg, webtransport.Config{})
	r.srv.Of("/seen").Use(func(h *sio.Handshake) error {
		seen <- fmt.Sprint(h.Value(who{}), " ", h.Header("X-Some"), " ", h.Query("as"), " ", h.Secure(), " ", h.TLS().NegotiatedProtocol, " ", h.RemoteAddr().Addr())
		return nil
	})
	for query, status := range map[string]int{"": http.StatusTeapot, "&as=nobody": http.StatusBadRequest} {
		if res, _, err := r.session(query, nil); err == nil || res == nil || res.StatusCode != status {
			t.Errorf("%q: %v %v", query, res, err)
		}
	}
	_, s, err := r.session("&as=ann", http.Header{"X-Some": {"field"}})
	if err != nil {
		t.Fatal(err)
	}
	str, err := s.OpenStream()
	if err != nil {
		t.Fatal(err)
	}
	_ = str.SetReadDeadline(time.Now().Add(patience))
	c := &client{t: t, sess: s, str: str}
	c.send("0", "40/seen,")
	c.next()
	c.next()
	if got := <-seen; got != "ann field ann true h3 127.0.0.1" {
		t.Errorf("the handshake has %q", got)
	}
}

// TestCORSOverWebTransport: pages of which origin are let in.
func TestCORSOverWebTransport(t *testing.T) {
	for _, c := range []struct {
		cors   *sio.CORS
		origin string
		ok     bool
	}{
		{nil, "https://a.example", true},
		{&sio.CORS{Origins: []string{"https://a.example"}}, "https://a.example", true},
		{&sio.CORS{Origins: []string{"https://a.example"}}, "https://b.example", false},
		{&sio.CORS{Origins: []string{"https://a.example"}}, "", true},
		{&sio.CORS{Origin: "*"}, "https://b.example", true},
		{&sio.CORS{Origin: "https://a.example"}, "https://b.example", false},
	} {
		r := serve(t, sio.Config{CORS: c.cors}, webtransport.Config{})
		head := http.Header{}
		if c.origin != "" {
			head.Set("Origin", c.origin)
		}
		res, _, err := r.session("", head)
		if (err == nil) != c.ok || !c.ok && (res == nil || res.StatusCode != http.StatusForbidden) {
			t.Errorf("%+v from %q: %v %v", c.cors, c.origin, res, err)
		}
	}
}

// TestOwnIDs: GenerateID counts, for the upgrade too.
func TestOwnIDs(t *testing.T) {
	n := 0
	r := serve(t, sio.Config{GenerateID: func(*http.Request) (string, error) { n++; return fmt.Sprintf("own-%d", (n+1)/2), nil }}, webtransport.Config{})
	c := r.dial("")
	c.send("0")
	if got := c.next(); !strings.HasPrefix(got, `0{"sid":"own-1"`) {
		t.Error(got)
	}
	taken := r.dial("")
	taken.send("0")
	taken.over()
	var hello struct{ SID string }
	if err := json.Unmarshal([]byte(r.get("")[1:]), &hello); err != nil || hello.SID != "own-2" {
		t.Fatal(hello, err)
	}
	up := r.dial("&sid=own-2")
	up.send(`0{"sid":"own-2"}`, "2probe")
	up.expect("3probe")
}

// TestMaxSessionsOverWebTransport: the bound of sessions, and what is sent first.
func TestMaxSessionsOverWebTransport(t *testing.T) {
	r := serve(t, sio.Config{MaxSessions: 1, InitialPacket: "hi", Loops: 1}, webtransport.Config{})
	c := r.open()
	c.expect("4hi")
	many := r.dial("")
	many.send("0")
	if got := many.over(); got != nil {
		t.Errorf("the second was told %q", got)
	}
	_ = c.sess.CloseWithError(0, "")
	until(t, "room", func() bool { return r.srv.Stats().Sessions == 0 })
	r.open()
}

// TestMaxConns: a connection more is refused, and let in when one has gone.
func TestMaxConns(t *testing.T) {
	r := serve(t, sio.Config{}, webtransport.Config{MaxConns: 2})
	a, b := r.joined(), r.joined()
	if _, _, err := r.session("", nil); err == nil {
		t.Error("a third connection was let in")
	}
	b.send(`421["echo",1]`)
	b.expect("431[1]")
	_ = a.sess.CloseWithError(0, "")
	until(t, "room", func() bool { _, _, err := r.session("", nil); return err == nil })
}

// TestHeaderLimit: MaxHeader of the server bounds a request here too.
func TestHeaderLimit(t *testing.T) {
	r := serve(t, sio.Config{MaxHeader: 1024}, webtransport.Config{})
	if _, _, err := r.session("", http.Header{"X-Long": {strings.Repeat("x", 200)}}); err != nil {
		t.Errorf("below: %v", err)
	}
	if _, _, err := r.session("", http.Header{"X-Long": {strings.Repeat("x", 1100)}}); err == nil {
		t.Error("above it is let in")
	}
}

// TestMistakes: each is an error that says what to write instead.
func TestMistakes(t *testing.T) {
	good := &tls.Config{Certificates: []tls.Certificate{certificate(t)}}
	on := sio.Config{Transports: []string{"polling", "webtransport"}}
	listen := func(cfg sio.Config, own webtransport.Config) error {
		_, err := webtransport.Listen(sio.New(cfg), "127.0.0.1:0", own)
		return err
	}
	started := sio.New(on)
	if _, err := started.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		`"webtransport" is not on: name it in Config.Transports`:    listen(sio.Config{}, webtransport.Config{TLS: good}),
		`has "webtransport", which nothing serves: call`:            started.Start(),
		"webtransport: Config.TLS is nil: write":                    listen(on, webtransport.Config{}),
		"webtransport: Config.TLS has no certificate: write":        listen(on, webtransport.Config{TLS: &tls.Config{}}),
		"Config.TLS.MaxVersion is TLS 1.2: write 0":                 listen(on, webtransport.Config{TLS: &tls.Config{Certificates: good.Certificates, MaxVersion: tls.VersionTLS12}}),
		"Config.MaxConns is -1: write a positive number":            listen(on, webtransport.Config{TLS: good, MaxConns: -1}),
		"Config.HandshakeTimeout is -1s: write a positive duration": listen(on, webtransport.Config{TLS: good, HandshakeTimeout: -time.Second}),
		"sio: Config.Transports has \"webtransports\": write":       sio.New(sio.Config{Transports: []string{"webtransports"}}).Err(),
		"engine: Config.Transports has \"quic\": write":             engine.New(engine.Config{Transports: []string{"quic"}}).Err(),
		"webtransport: the server is nil":                           webtransport.ListenOn[*sio.Server](nil, nil, webtransport.Config{TLS: good}),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// TestBusyPort: a UDP port that is taken is an error at once.
func TestBusyPort(t *testing.T) {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Close()
	srv := sio.New(sio.Config{Transports: []string{"webtransport"}})
	_, err = webtransport.Listen(srv, pc.LocalAddr().String(), webtransport.Config{TLS: &tls.Config{Certificates: []tls.Certificate{certificate(t)}}})
	if err == nil || !strings.HasPrefix(err.Error(), "webtransport: ") {
		t.Errorf("%v", err)
	}
}

// TestShutdownOverWebTransport: clients get what was sent, and the end of their
// session; then nobody is let in, and the port is free.
func TestShutdownOverWebTransport(t *testing.T) {
	r := serve(t, sio.Config{}, webtransport.Config{})
	c := r.joined()
	_ = r.root.To().Emit("last", "words")
	c.expect(`42["last","words"]`)
	done := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		done <- r.srv.Shutdown(ctx)
	}()
	c.over()
	r.ended("server shutting down")
	if err := <-done; err != nil {
		t.Errorf("shutdown: %v", err)
	}
	pc, err := net.ListenPacket("udp", r.at)
	if err != nil {
		t.Fatalf("the port is not free: %v", err)
	}
	_ = pc.Close()
}

// TestShutdownBesideOneWhoIsGone: a client that never closes its connection does
// not use up the time of the shutdown.
func TestShutdownBesideOneWhoIsGone(t *testing.T) {
	r := serve(t, sio.Config{}, webtransport.Config{})
	d, vanish := r.own("127.0.0.1")
	c := r.dialBy(d, "")
	c.send("0", "40")
	c.next()
	c.next()
	vanish()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := r.srv.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

// TestShutdownBeforeStart: the port is closed with a server that never ran.
func TestShutdownBeforeStart(t *testing.T) {
	srv := sio.New(sio.Config{Transports: []string{"webtransport"}})
	at, err := webtransport.Listen(srv, "127.0.0.1:0", webtransport.Config{TLS: &tls.Config{Certificates: []tls.Certificate{certificate(t)}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	pc, err := net.ListenPacket("udp", at.String())
	if err != nil {
		t.Fatalf("the port is not free: %v", err)
	}
	_ = pc.Close()
}

// TestRenewedCertificate: GetCertificate is asked for each connection, and a
// second port may be opened while the server runs.
func TestRenewedCertificate(t *testing.T) {
	certs := make(chan tls.Certificate, 2)
	one, two := certificate(t), certificate(t)
	certs <- one
	certs <- two
	r := serve(t, sio.Config{}, webtransport.Config{})
	at, err := webtransport.Listen(r.srv, "127.0.0.1:0", webtransport.Config{TLS: &tls.Config{
		NextProtos:     []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { c := <-certs; return &c, nil },
	}})
	if err != nil {
		t.Fatal(err)
	}
	r.at = at.String()
	for _, want := range []tls.Certificate{one, two} {
		c := r.joined()
		got := c.sess.SessionState().ConnectionState.TLS.PeerCertificates[0].Raw
		if string(got) != string(want.Certificate[0]) {
			t.Error("another certificate")
		}
	}
}

// TestListenAndServe: both ports by one call, with PEM files.
func TestListenAndServe(t *testing.T) {
	cert := certificate(t)
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert.Certificate[0]}, keyFile: {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := free.Addr().String()
	_ = free.Close()
	srv := sio.New(sio.Config{Transports: []string{"websocket", "webtransport"}})
	ended := make(chan error, 1)
	go func() { ended <- webtransport.ListenAndServe(srv, at, certFile, keyFile) }()
	until(t, "the port", func() bool {
		c, err := tls.Dial("tcp", at, &tls.Config{InsecureSkipVerify: true})
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	c := (&rig{t: t, at: at}).open()
	if err := srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	c.over()
	if err := <-ended; err != sio.ErrServerClosed {
		t.Errorf("it ended with %v", err)
	}
	if err := webtransport.ListenAndServe(sio.New(sio.Config{}), "127.0.0.1:0", "none", keyFile); err == nil {
		t.Error("no certificate is no error")
	}
}

// TestEngine: the same beside a server of package engine.
func TestEngine(t *testing.T) {
	srv := engine.New(engine.Config{Transports: []string{"polling", "webtransport"}, Path: "/socket.io"})
	srv.OnMessage(func(c *engine.Socket, m engine.Message) { _ = c.Send(c.Transport() + " " + m.Text()) })
	at, err := webtransport.Listen(srv, "127.0.0.1:0", webtransport.Config{TLS: &tls.Config{Certificates: []tls.Certificate{certificate(t)}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := srv.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	c := (&rig{t: t, at: at.String()}).open()
	c.send("4hello")
	c.expect("4webtransport hello")
	if got := srv.Stats().Transports["webtransport"]; got != 1 {
		t.Errorf("%d sessions over webtransport", got)
	}
	_ = c.sess.CloseWithError(0, "")
	until(t, "the end", func() bool { return srv.Stats().Sessions == 0 })
}

// TestHeartbeat: pings, and the end of who does not answer.
func TestHeartbeat(t *testing.T) {
	r := serve(t, sio.Config{PingInterval: 200 * time.Millisecond, PingTimeout: 500 * time.Millisecond}, webtransport.Config{})
	c := r.joined()
	c.expect("2")
	c.over()
	r.ended("ping timeout")
}
