// Command measure takes two figures of a server of its own: the bytes that an
// idle connection costs, and the CPU time that an echoed message costs.
//
//	go run -C bench ./measure -idle 10000
//	go run -C bench ./measure -echo 100 -secs 5
//	go run -C bench ./measure -idle 3000 -tls
//
// The server runs in a process of its own, so that the figures are its alone:
// they come from /proc, and are printed after a run of bounded length. The
// clients are those of Socket.IO 4 over websocket, with "/" joined. Only
// loopback addresses are used.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"time"
)

// overTLS is the flag -tls.
var overTLS bool

func main() {
	log.SetFlags(0)
	idle := flag.Int("idle", 0, "idle clients; prints resident bytes for each")
	echo := flag.Int("echo", 0, "clients that echo; prints CPU microseconds for each message")
	secs := flag.Int("secs", 5, "seconds of echoing, at most 600")
	loops := flag.Int("loops", 0, "event loops of the server; 0: one a CPU")
	polling := flag.Bool("polling", false, "idle clients poll; the figure is the heap between two polls")
	flag.BoolVar(&overTLS, "tls", false, "over TLS, with a certificate made at start")
	serve := flag.Bool("serve", false, "be the server: used by the command itself")
	flag.Parse()
	switch {
	case *serve:
		runServer(*loops)
	case *idle > 0:
		measureIdle(*idle, *loops, *polling)
	case *echo > 0:
		measureEcho(*echo, *loops, time.Duration(min(*secs, 600))*time.Second)
	default:
		flag.Usage()
		os.Exit(2)
	}
}

// measureIdle prints what n idle clients cost.
func measureIdle(n, loops int, polling bool) {
	s := startServer(loops)
	defer s.stop()
	// A few clients first, so that what a first connection sets up is not
	// counted for the others.
	warm := connectAll(s.addr, 50, polling)
	before, heapBefore := s.rss(), s.gc()
	conns := connectAll(s.addr, n, polling)
	grown := s.rss()
	heap := s.gc()
	after := s.rss()
	fmt.Printf("clients %d\n", n)
	fmt.Printf("resident bytes a client, before a collection: %d\n", (grown-before)/n)
	fmt.Printf("resident bytes a client, after one:           %d\n", (after-before)/n)
	fmt.Printf("heap bytes a client, after one:               %d\n", (heap-heapBefore)/n)
	closeAll(conns)
	closeAll(warm)
}

// measureEcho prints what an echoed message costs.
func measureEcho(n, loops int, d time.Duration) {
	s := startServer(loops)
	defer s.stop()
	conns := connectAll(s.addr, n, false)
	echoAll(conns, 500*time.Millisecond)
	user, sys := s.cpu()
	mallocs := s.mallocs()
	messages := echoAll(conns, d)
	user2, sys2 := s.cpu()
	mallocs2 := s.mallocs()
	per := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(messages) }
	fmt.Printf("clients %d, messages %d in %v\n", n, messages, d)
	fmt.Printf("CPU microseconds a message: %.2f (user %.2f, system %.2f)\n",
		per(user2-user+sys2-sys), per(user2-user), per(sys2-sys))
	fmt.Printf("allocations a message: %.2f\n", float64(mallocs2-mallocs)/float64(messages))
	closeAll(conns)
}
