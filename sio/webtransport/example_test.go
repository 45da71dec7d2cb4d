package webtransport_test

import (
	"crypto/tls"
	"log"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/webtransport"
)

func ExampleListen() {
	srv := sio.New(sio.Config{Transports: []string{"polling", "websocket", "webtransport"}})
	cert, err := sio.ReloadCertificate("cert.pem", "key.pem")
	if err != nil {
		log.Fatal(err)
	}
	cfg := &tls.Config{GetCertificate: cert.GetCertificate}
	if _, err := srv.ListenTLS("tcp", ":8443", cfg); err != nil {
		log.Fatal(err)
	}
	if _, err := webtransport.Listen(srv, ":8443", webtransport.Config{TLS: cfg}); err != nil { // UDP
		log.Fatal(err)
	}
	log.Fatal(srv.Run())
}

func ExampleListenAndServe() {
	srv := sio.New(sio.Config{Transports: []string{"polling", "websocket", "webtransport"}})
	log.Fatal(webtransport.ListenAndServe(srv, ":8443", "cert.pem", "key.pem"))
}
