package hostile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// peer is a raw connection to a server.
type peer struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func dial(t testing.TB, addr string) *peer {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return &peer{t: t, Conn: c, r: bufio.NewReader(c)}
}

func (g *rig) dial() *peer { return dial(g.t, g.addr) }

// send writes text. That the server has closed meanwhile is no error: what it
// said is read afterwards.
func (p *peer) send(text string) { p.write([]byte(text)) }

func (p *peer) write(b []byte) bool {
	_, err := p.Write(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		p.t.Helper()
		p.t.Fatal("the server takes no more input")
	}
	return err == nil
}

// answer is a whole HTTP answer.
type answer struct {
	status int
	header http.Header
	length int64 // announced; -1 without
	body   string
	closes bool // it says "Connection: close"
}

// answer reads the answer to a request with that method.
func (p *peer) answer(method string) answer {
	p.t.Helper()
	a, err := p.tryAnswer(method)
	if err != nil {
		p.t.Fatalf("reading an answer: %v", err)
	}
	return a
}

func (p *peer) tryAnswer(method string) (answer, error) {
	res, err := http.ReadResponse(p.r, &http.Request{Method: method})
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, res.ContentLength, string(body), res.Close}, err
}

// gone waits until the server has closed, and gives what it said before. A
// reset is an end, too.
func (p *peer) gone() string {
	p.t.Helper()
	var said bytes.Buffer
	_, err := io.Copy(&said, p.r)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		p.t.Fatalf("the server has not closed; it said %.200q", said.String())
	}
	return said.String()
}

// finished is gone, without a reset and without another word.
func (p *peer) finished() {
	p.t.Helper()
	rest, err := io.ReadAll(p.r)
	if err != nil || len(rest) > 0 {
		p.t.Fatalf("the connection did not end cleanly: %.200q, %v", rest, err)
	}
}

// serves checks that the connection is open and takes another request.
func (p *peer) serves() {
	p.t.Helper()
	p.send("GET /nothing-here HTTP/1.1\r\nHost: x\r\n\r\n")
	if a := p.answer("GET"); a.status != 404 {
		p.t.Fatalf("the next request was answered %d %q", a.status, a.body)
	}
}

// request is the text of a request; header lines end in CRLF each.
func request(method, target, header, body string) string {
	if body != "" {
		header += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	return method + " " + target + " HTTP/1.1\r\nHost: x\r\n" + header + "\r\n" + body
}

// do makes one request on a connection of its own.
func (g *rig) do(method, target, header, body string) answer {
	g.t.Helper()
	p := g.dial()
	defer p.Close()
	p.send(request(method, target, header, body))
	return p.answer(method)
}

func (g *rig) get(target string) answer { g.t.Helper(); return g.do("GET", target, "", "") }

func (g *rig) post(target, body string) answer { g.t.Helper(); return g.do("POST", target, "", body) }

// same checks an answer.
func (a answer) same(t testing.TB, status int, body string) {
	t.Helper()
	if a.status != status || a.body != body {
		t.Errorf("answer is %d %.200q, want %d %.200q", a.status, a.body, status, body)
	}
}

// upgradeHeader asks for a websocket.
const upgradeHeader = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

const engine = "/socket.io/?EIO=4&transport="

func repeat(s string, n int) string { return strings.Repeat(s, n) }
