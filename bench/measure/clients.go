package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// conn is a client of Socket.IO 4, as small as it can be.
type conn struct {
	c net.Conn
	r *bufio.Reader
}

// connectAll connects n clients and joins "/" with each.
func connectAll(addr string, n int, polling bool) []*conn {
	conns := make([]*conn, n)
	var wg sync.WaitGroup
	gate := make(chan struct{}, 32)
	for i := range conns {
		wg.Add(1)
		gate <- struct{}{}
		go func() {
			defer func() { <-gate; wg.Done() }()
			if polling {
				conns[i] = connectPolling(addr)
			} else {
				conns[i] = connectWebSocket(addr)
			}
		}()
	}
	wg.Wait()
	return conns
}

func dial(addr string) *conn {
	c, err := net.Dial("tcp", addr)
	check(err)
	check(c.SetDeadline(time.Now().Add(15 * time.Minute)))
	if overTLS {
		// The server is this command's own, so that there is nothing to verify.
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	}
	return &conn{c: c, r: bufio.NewReaderSize(c, 512)}
}

func connectWebSocket(addr string) *conn {
	k := dial(addr)
	_, err := fmt.Fprintf(k.c, "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", addr)
	check(err)
	resp, err := http.ReadResponse(k.r, nil)
	check(err)
	if resp.StatusCode != 101 {
		log.Fatalf("handshake: %s", resp.Status)
	}
	k.expect("0{")
	k.send("40")
	k.expect("40{")
	return k
}

// connectPolling joins over polling and leaves no poll open, as between two.
func connectPolling(addr string) *conn {
	k := dial(addr)
	body := k.request(addr, "GET", "", "")
	_, rest, _ := bytes.Cut(body, []byte(`"sid":"`))
	sid, _, _ := bytes.Cut(rest, []byte(`"`))
	k.request(addr, "POST", "&sid="+string(sid), "40")
	if got := k.request(addr, "GET", "&sid="+string(sid), ""); !bytes.HasPrefix(got, []byte("40{")) {
		log.Fatalf("polling: got %q", got)
	}
	return k
}

func (k *conn) request(addr, method, query, body string) []byte {
	_, err := fmt.Fprintf(k.c, "%s /socket.io/?EIO=4&transport=polling%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s",
		method, query, addr, len(body), body)
	check(err)
	resp, err := http.ReadResponse(k.r, nil)
	check(err)
	b, err := io.ReadAll(resp.Body)
	check(err)
	return b
}

// send sends one short text frame.
func (k *conn) send(text string) {
	b := []byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}
	_, err := k.c.Write(append(b, text...))
	check(err)
}

// read reads one frame and answers pings of Engine.IO.
func (k *conn) read() ([]byte, error) {
	for {
		var h [4]byte
		if _, err := io.ReadFull(k.r, h[:2]); err != nil {
			return nil, err
		}
		n := int(h[1])
		if n == 126 {
			if _, err := io.ReadFull(k.r, h[2:]); err != nil {
				return nil, err
			}
			n = int(h[2])<<8 | int(h[3])
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(k.r, b); err != nil {
			return nil, err
		}
		if string(b) != "2" {
			return b, nil
		}
		k.send("3")
	}
}

func (k *conn) expect(prefix string) {
	b, err := k.read()
	check(err)
	if !bytes.HasPrefix(b, []byte(prefix)) {
		log.Fatalf("got %q, want %q", b, prefix)
	}
}

// echoAll has every client send and wait in turn, for d. It returns the count
// of echoes, each of which was checked.
func echoAll(conns []*conn, d time.Duration) int {
	var total atomic.Int64
	var wg sync.WaitGroup
	end := time.Now().Add(d)
	for i, k := range conns {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n := 0
			for ; time.Now().Before(end); n++ {
				id := n % 10
				k.send(fmt.Sprintf(`42%d["echo",{"from":%d,"text":"the quick brown fox jumps"}]`, id, i))
				k.expect(fmt.Sprintf(`43%d[{"from":%d,"text":"the quick brown fox jumps"}]`, id, i))
			}
			total.Add(int64(n))
		}()
	}
	wg.Wait()
	return int(total.Load())
}

func closeAll(conns []*conn) {
	for _, k := range conns {
		_ = k.c.Close()
	}
}
