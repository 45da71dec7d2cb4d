// Command rev1server is what the clients of 0.7 to 0.9 talk to in the tests,
// and where their pages come from, over HTTP or HTTPS. It listens on two ports,
// so that a page of the one can talk to the other, and uses the public API
// alone.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tornadio/tornadio/sio"
)

var (
	addr    = flag.String("addr", "127.0.0.1:0", "address to listen on")
	modules = flag.String("modules", "", "folder with the clients' npm packages, for pages")
	scripts = flag.String("scripts", "", "folder with the pages' scripts")
	cert    = flag.String("cert", "", "certificate, with -key: serve HTTPS")
	key     = flag.String("key", "", "key of the certificate")
	timeout = flag.Duration("timeout", 30*time.Second, "the heartbeat and the close timeout that are announced")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

// config has short times, and short streams, so that the clients begin new ones
// all the time.
func config() sio.Config {
	return sio.Config{
		HeartbeatInterval: 2 * time.Second, PollDuration: 2 * time.Second,
		HeartbeatTimeout: *timeout, CloseTimeout: *timeout,
		SessionExpiry: 20 * time.Second, MaxStream: 300_000,
		AllowRequest: func(r *http.Request) error {
			if r.URL.Query().Get("refuse") != "" {
				return errors.New("not today")
			}
			return nil
		},
	}
}

func run() error {
	srv := sio.New(config())
	register(srv)
	at, err := listen(srv, *addr)
	if err != nil {
		return err
	}
	cross, err := listen(srv, "127.0.0.1:0")
	if err != nil {
		return err
	}
	scheme := "http"
	if *cert != "" {
		scheme = "https"
	}
	routes(srv, fmt.Sprintf("%s://%s", scheme, cross))
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fmt.Printf("%s://%s/\n", scheme, at)
	context.AfterFunc(interrupted, func() {
		soon, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := srv.Shutdown(soon); err != nil {
			log.Print(err)
		}
	})
	if err := srv.Wait(); !errors.Is(err, sio.ErrServerClosed) {
		return err
	}
	return nil
}

func listen(srv *sio.Server, addr string) (net.Addr, error) {
	if *cert == "" {
		return srv.Listen("tcp", addr)
	}
	pair, err := sio.ReloadCertificate(*cert, *key)
	if err != nil {
		return nil, err
	}
	return srv.ListenTLS("tcp", addr, &tls.Config{GetCertificate: pair.GetCertificate})
}

// routes serves the pages: /page/0.9 has that client and the steps.
func routes(srv *sio.Server, cross string) {
	srv.Handle("/cross", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, cross) }))
	srv.Handle("/stats", srv.StatsHandler())
	if *modules == "" {
		return
	}
	srv.Handle("/modules/", http.StripPrefix("/modules/", http.FileServer(http.Dir(*modules))))
	srv.Handle("/scripts/", http.StripPrefix("/scripts/", http.FileServer(http.Dir(*scripts))))
	srv.Handle("/page/", http.StripPrefix("/page/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><title>steps</title><link rel="icon" href="data:,"><body>
<script src="/modules/socket.io-client-%s/dist/socket.io.js"></script><script src="/scripts/htmlfile.js"></script>
<script type="module">import { run } from "/scripts/steps.mjs"; window.run = run;</script>`, r.URL.Path)
	})))
}
