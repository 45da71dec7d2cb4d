package main

import (
	"bufio"
	"bytes"
	"net/http"
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/tornadio/tornadio/httpparse"
)

// The comparison of httpparse with net/http and fasthttp: one request's head
// that lies in memory. The others read through a bufio.Reader, as they do in
// their servers; it and all else that can be used again is. fasthttp runs with
// and without its normalization of names, which the other two don't pay for in
// the same way.

var requests = map[string]string{
	"chromium": "GET /socket.io/?EIO=4&transport=websocket&sid=lv_VI97HAXpY6yYWAAAC HTTP/1.1\r\n" +
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
		"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n",
	"minimal": "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
}

func each(b *testing.B, parse func(b *testing.B, text []byte)) {
	for _, name := range []string{"chromium", "minimal"} {
		b.Run(name, func(b *testing.B) {
			text := []byte(requests[name])
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			parse(b, text)
		})
	}
}

func BenchmarkHTTPParse(b *testing.B) {
	each(b, func(b *testing.B, text []byte) {
		var r httpparse.Request
		for b.Loop() {
			if _, err := r.Parse(text, nil); err != nil || r.Get("host") == nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkHTTPNet(b *testing.B) {
	each(b, func(b *testing.B, text []byte) {
		var src bytes.Reader
		in := bufio.NewReader(&src)
		for b.Loop() {
			src.Reset(text)
			in.Reset(&src)
			if r, err := http.ReadRequest(in); err != nil || r.Host == "" {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkHTTPFast(b *testing.B) {
	each(b, func(b *testing.B, text []byte) { fast(b, text, false) })
}

func BenchmarkHTTPFastNoNormalize(b *testing.B) {
	each(b, func(b *testing.B, text []byte) { fast(b, text, true) })
}

func fast(b *testing.B, text []byte, asSent bool) {
	var src bytes.Reader
	in := bufio.NewReader(&src)
	var h fasthttp.RequestHeader
	for b.Loop() {
		src.Reset(text)
		in.Reset(&src)
		h.Reset()
		if asSent {
			h.DisableNormalizing()
		}
		if err := h.Read(in); err != nil || len(h.Host()) == 0 {
			b.Fatal(err)
		}
	}
}
