package httpparse

import "testing"

func BenchmarkRequest(b *testing.B) {
	for name, text := range map[string]string{"chromium": chromium, "minimal": minimal} {
		b.Run(name, func(b *testing.B) {
			var r Request
			data := []byte(text)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if n, err := r.Parse(data, nil); err != nil || n != len(data) {
					b.Fatal(n, err)
				}
			}
		})
	}
}

func BenchmarkChunked(b *testing.B) {
	head := []byte("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
	var data []byte
	for range 10 {
		data = AppendChunk(data, make([]byte, 1000))
	}
	data = AppendLastChunk(data)
	var r Request
	if _, err := r.Parse(head, nil); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var body Body
		if err := body.Start(&r, nil); err != nil {
			b.Fatal(err)
		}
		for rest := data; !body.Done(); {
			_, n, err := body.Next(rest)
			if err != nil {
				b.Fatal(err)
			}
			rest = rest[n:]
		}
	}
}

func BenchmarkGet(b *testing.B) {
	var r Request
	if _, err := r.Parse([]byte(chromium), nil); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if r.Get("sec-websocket-key") == nil {
			b.Fatal("not found")
		}
	}
}

func BenchmarkHeadEnd(b *testing.B) {
	data := []byte(chromium)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if HeadEnd(data, 0) != len(data) {
			b.Fatal("not found")
		}
	}
}

func BenchmarkAnswer(b *testing.B) {
	buf := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		out := AppendStatusLine(buf, 200)
		out = AppendField(out, "Content-Type", "text/plain; charset=UTF-8")
		out = AppendField(out, "Date", "Sun, 06 Nov 1994 08:49:37 GMT")
		out = AppendContentLength(out, 1234)
		AppendEnd(out)
	}
}
