// Command transports-tls is the example transports over TLS: every client over
// each of its transports, by https and wss, and a certificate that is made when
// the program starts.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"flag"
	"fmt"
	"log"
	"math/big"
	"net"
	"slices"
	"time"

	"github.com/tornadio/tornadio/examples/internal/wire"
	"github.com/tornadio/tornadio/sio"
)

// Guest is a client of any age, over any transport: nothing below asks which.
type Guest struct {
	sio.Socket
	version string
	over    string // the version of TLS
}

// OnOpen sees the TLS connection that the client came by.
func (g *Guest) OnOpen(h *sio.Handshake) error {
	g.over = tls.VersionName(h.TLS().Version)
	return nil
}

// Where is the event "where": a client says its version and hears how the
// server sees it.
func (g *Guest) Where(version string) string {
	g.version = version
	return g.Generation().String() + " over " + g.Transport() + ", " + g.over
}

// Say is the event "say": everyone else hears it, and the client gets an answer.
func (g *Guest) Say(text string) string {
	g.Broadcast().Emit("said", "Client "+g.version, text)
	return fmt.Sprintf("%q came over %s", text, g.Transport())
}

// Reverse is the event "reverse": bytes come, and go, as they are.
func (g *Guest) Reverse(b []byte) sio.Binary {
	slices.Reverse(b)
	return b
}

func newServer() *sio.Server {
	srv := sio.New(sio.Config{}) // all transports are on; Flash gets no policy on a port with TLS
	guests := sio.Of[Guest](srv, "/", nil)
	sio.Answer(guests, "where", (*Guest).Where)
	sio.Answer(guests, "say", (*Guest).Say)
	sio.Answer(guests, "reverse", (*Guest).Reverse)
	srv.Handle("/", wire.Site("Every client, every transport, over TLS"))
	return srv
}

// selfSigned makes a certificate for this machine that nobody vouches for, and
// that is gone with the program. A real server has ListenAndServeTLS take one
// from files, and notices when they are renewed.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	about := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), // browsers refuse another one of the same number
		Subject:      pkix.Name{CommonName: "tornadio, self-signed"},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.AddDate(0, 0, 30),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8443", "address to listen on")
	flag.Parse()
	cert, err := selfSigned()
	if err != nil {
		log.Fatal(err)
	}
	srv := newServer()
	at, err := srv.ListenTLS("tcp", *addr, &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Socket.IO, every client, TLS  https://%s/\n", at)
	if err := srv.Run(); err != nil {
		log.Fatal(err)
	}
}
