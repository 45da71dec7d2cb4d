package sio_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// makeCert makes a certificate that signs itself.
func makeCert(t testing.TB, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func poolOf(certs ...tls.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certs {
		p.AddCert(c.Leaf)
	}
	return p
}

// writeCert writes a pair of PEM files.
func writeCert(t testing.TB, c tls.Certificate, certFile, keyFile string) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: c.Certificate[0]}, keyFile: {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// tlsServer is a server on one TLS port, and its clients' settings.
type tlsServer struct {
	*sio.Server
	t      testing.TB
	addr   string
	client *tls.Config
}

func tlsEchoServer(cfg sio.Config) *sio.Server {
	cfg.Logger = slog.New(slog.DiscardHandler)
	srv := sio.New(cfg)
	srv.Of("/").OnRaw("echo", func(s *sio.Socket, e *sio.Event) {
		var v any
		_ = e.Decode(&v)
		_ = e.Reply(v)
	})
	return srv
}

func startTLS(t testing.TB, srv *sio.Server, cfg *tls.Config) *tlsServer {
	t.Helper()
	client := &tls.Config{ServerName: "server"}
	if cfg.Certificates == nil && cfg.GetCertificate == nil {
		cert := makeCert(t, "server")
		cfg.Certificates = []tls.Certificate{cert}
		client.RootCAs = poolOf(cert)
	}
	addr, err := srv.ListenTLS("tcp", "127.0.0.1:0", cfg)
	if err != nil {
		t.Fatal(err)
	}
	runServer(t, srv)
	return &tlsServer{Server: srv, t: t, addr: addr.String(), client: client}
}

func runServer(t testing.TB, srv *sio.Server) {
	t.Helper()
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
	})
}

func (s *tlsServer) dial(cfg *tls.Config) *tls.Conn {
	s.t.Helper()
	c, err := tls.Dial("tcp", s.addr, cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	return c
}

// browser sends requests, and opens websockets, as the clients do.
type browser struct {
	*tlsServer
	cfg  *tls.Config
	http *http.Client
}

func (s *tlsServer) browser(cfg *tls.Config) *browser {
	tr := &http.Transport{TLSClientConfig: cfg}
	s.t.Cleanup(tr.CloseIdleConnections)
	return &browser{tlsServer: s, cfg: cfg, http: &http.Client{Transport: tr, Timeout: 30 * time.Second}}
}

func (b *browser) get(path string) string { return b.do("GET", path, "", "") }

func (b *browser) do(method, path, contentType, body string) string {
	b.t.Helper()
	req, _ := http.NewRequest(method, "https://"+b.addr+"/socket.io/"+path, strings.NewReader(body))
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		b.t.Fatalf("%s %s: %s, %q, %v", method, path, res.Status, got, err)
	}
	return string(got)
}

// webSocket is a websocket of short text frames.
type webSocket struct {
	t testing.TB
	c net.Conn
	r *bufio.Reader
}

func (b *browser) webSocket(path string) *webSocket {
	b.t.Helper()
	w := &webSocket{t: b.t, c: b.dial(b.cfg)}
	w.r = bufio.NewReader(w.c)
	fmt.Fprintf(w.c, "GET /socket.io/%s HTTP/1.1\r\nHost: server\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", path)
	res, err := http.ReadResponse(w.r, nil)
	if err != nil || res.StatusCode != 101 {
		b.t.Fatalf("websocket %s: %v, %v", path, res, err)
	}
	return w
}

func (w *webSocket) send(text string) {
	w.t.Helper()
	if _, err := w.c.Write(append([]byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}, text...)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *webSocket) expect(prefix string) string {
	w.t.Helper()
	var h [4]byte
	_, err := io.ReadFull(w.r, h[:2])
	n := int(h[1])
	if n == 126 && err == nil {
		_, err = io.ReadFull(w.r, h[2:])
		n = int(h[2])<<8 | int(h[3])
	}
	b := make([]byte, n)
	if err == nil {
		_, err = io.ReadFull(w.r, b)
	}
	if err != nil || !bytes.HasPrefix(b, []byte(prefix)) {
		w.t.Fatalf("read %q, %v; want %q", b, err, prefix)
	}
	return string(b)
}

func between(s, a, b string) string {
	_, s, _ = strings.Cut(s, a)
	s, _, _ = strings.Cut(s, b)
	return s
}

func (b *browser) contains(got, want string) {
	b.t.Helper()
	if !strings.Contains(got, want) {
		b.t.Fatalf("got %q, want %q in it", got, want)
	}
}

// carriers are all the ways of a client, each an echo from handshake to answer.
var carriers = map[string]func(b *browser){
	"4.x websocket": func(b *browser) {
		w := b.webSocket("?EIO=4&transport=websocket")
		w.expect("0{")
		w.send("40")
		w.expect("40{")
		w.send(`421["echo","hi"]`)
		w.expect(`431["hi"]`)
	},
	"4.x polling": func(b *browser) {
		path := b.join4()
		b.do("POST", path, "text/plain", `421["echo","hi"]`)
		b.contains(b.get(path), `431["hi"]`)
	},
	"4.x upgrade": func(b *browser) {
		for range 8 { // some begin on another loop than their session's
			path := b.join4()
			w := b.webSocket(strings.Replace(path, "polling", "websocket", 1))
			w.send("2probe")
			w.expect("3probe")
			w.send("5")
			w.send(`421["echo","hi"]`)
			w.expect(`431["hi"]`)
		}
	},
	"0.9 websocket": func(b *browser) {
		for range 8 {
			w := b.webSocket("1/websocket/" + b.handshake1())
			w.expect("1::")
			w.send(`5:1+::{"name":"echo","args":["hi"]}`)
			w.expect(`6:::1+["hi"]`)
		}
	},
	"0.9 xhr-polling": func(b *browser) {
		path := "1/xhr-polling/" + b.handshake1()
		b.contains(b.get(path), "1::")
		b.do("POST", path, "text/plain", `5:1+::{"name":"echo","args":["hi"]}`)
		b.contains(b.get(path), `6:::1+["hi"]`)
	},
	"0.9 jsonp-polling": func(b *browser) {
		path := "1/jsonp-polling/" + b.handshake1() + "?i=0"
		b.contains(b.get(path), `io.j[0]("1::`)
		b.do("POST", path, "application/x-www-form-urlencoded",
			"d="+url.QueryEscape(`"5:1+::{\"name\":\"echo\",\"args\":[\"hi\"]}"`))
		b.contains(b.get(path), `6:::1+[\"hi\"]`)
	},
}

// join4 begins a session of 4.x over polling, and joins "/".
func (b *browser) join4() string {
	b.t.Helper()
	path := "?EIO=4&transport=polling&sid=" + between(b.get("?EIO=4&transport=polling"), `"sid":"`, `"`)
	b.do("POST", path, "text/plain", "40")
	b.contains(b.get(path), "40{")
	return path
}

// handshake1 begins a session of revision 1.
func (b *browser) handshake1() string {
	sid, _, _ := strings.Cut(b.get("1/"), ":")
	return sid
}
