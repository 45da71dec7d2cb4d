package httpparse

import (
	"testing"
	"time"
)

// chromium is what Chromium 140 sends to upgrade; minimal is the least that
// HTTP/1.1 allows.
const (
	chromium = "GET /socket.io/?EIO=4&transport=websocket&sid=lv_VI97HAXpY6yYWAAAC HTTP/1.1\r\n" +
		"Host: localhost:8001\r\n" +
		"Connection: Upgrade\r\n" +
		"Pragma: no-cache\r\n" +
		"Cache-Control: no-cache\r\n" +
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
		"Upgrade: websocket\r\n" +
		"Origin: http://localhost:8001\r\n" +
		"Sec-WebSocket-Version: 13\r\n" +
		"Accept-Encoding: gzip, deflate, br, zstd\r\n" +
		"Accept-Language: en-US,en;q=0.9,de;q=0.8\r\n" +
		"Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
	minimal = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
)

func TestNoAllocations(t *testing.T) {
	var (
		req  Request
		res  Response
		body Body
		lim  Limits
		buf  = make([]byte, 0, 1024)
		now  = time.Unix(784111777, 0)

		head     = []byte(chromium)
		answer   = []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\n\r\n")
		posting  = []byte("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
		chunks   = []byte("5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n")
		query    = []byte("EIO=4&transport=polling&t=abc&s%69d=x%20y")
		got      []byte
		fails    int
		noteFail = func(err error) {
			if err != nil {
				fails++
			}
		}
	)
	for name, f := range map[string]func(){
		"Request.Parse":  func() { _, err := req.Parse(head, &lim); noteFail(err) },
		"Response.Parse": func() { _, err := res.Parse(answer, nil); noteFail(err) },
		"Get, HasToken": func() {
			req.HasToken("connection", "upgrade")
			got = req.Get("sec-websocket-key")
		},
		"incomplete head": func() { _, _ = req.Parse(head[:100], nil) },
		"Body": func() {
			_, err := req.Parse(posting, &lim)
			noteFail(err)
			noteFail(body.Start(&req, &lim))
			for rest := chunks; len(rest) > 0 && !body.Done(); {
				_, n, err := body.Next(rest)
				noteFail(err)
				rest = rest[n:]
			}
		},
		"query": func() {
			got, _ = QueryGet(query, "sid")
			_, err := Unescape(buf, got, true)
			noteFail(err)
		},
		"writing": func() {
			b := AppendStatusLine(buf, 200)
			b = AppendField(b, "Content-Type", "text/plain")
			b = AppendContentLength(b, 1234)
			b = AppendDate(b, now)
			b = AppendEnd(b)
			b = AppendChunk(b, query)
			b = AppendLastChunk(b)
			AppendRequest(b, "GET", "/x", "host", "A", "b")
		},
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if fails > 0 {
		t.Errorf("%d unexpected errors", fails)
	}
}
