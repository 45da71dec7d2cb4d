package sio_test

import (
	"io"
	"maps"
	"strings"
	"testing"
)

// The rest of the ways of a client over TLS, in bytes: what no client speaks
// over TLS today, and clients 1.x and 2.x.

// allCarriers are carriers and these.
func allCarriers() map[string]func(b *browser) {
	all := maps.Clone(carriers)
	maps.Copy(all, map[string]func(b *browser){
		"0.9 htmlfile":    htmlfileCarrier,
		"0.9 flashsocket": func(b *browser) { hixieCarrier(b, "flashsocket") },
		"0.9 hixie-76":    func(b *browser) { hixieCarrier(b, "websocket") },
		"2.x websocket": func(b *browser) {
			w := b.webSocket("?EIO=3&transport=websocket")
			w.expect("0{")
			w.expect("40")
			w.send(`421["echo","hi"]`)
			w.expect(`431["hi"]`)
			w.send("2")
			w.expect("3")
		},
		"2.x polling": func(b *browser) {
			path := b.join3()
			b.do("POST", path, "text/plain", `16:421["echo","hi"]`)
			b.contains(b.get(path), `431["hi"]`)
		},
		"2.x upgrade": func(b *browser) {
			for range 8 { // some begin on another loop than their session's
				w := b.webSocket(strings.Replace(b.join3(), "polling", "websocket", 1))
				w.send("2probe")
				w.expect("3probe")
				w.send("5")
				w.send(`421["echo","hi"]`)
				w.expect(`431["hi"]`)
			}
		},
	})
	return all
}

// join3 begins a session of 2.x over polling; it joins "/" by itself.
func (b *browser) join3() string {
	b.t.Helper()
	return "?EIO=3&transport=polling&sid=" + between(b.get("?EIO=3&transport=polling"), `"sid":"`, `"`)
}

// stream is a connection in bytes.
type stream struct {
	t   testing.TB
	c   io.ReadWriter
	got string // and not heard yet
}

func (b *browser) stream() *stream { return &stream{t: b.t, c: b.dial(b.cfg)} }

func (s *stream) say(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.c, text); err != nil {
		s.t.Fatal(err)
	}
}

// hear reads until text has come, and gives what came before it.
func (s *stream) hear(text string) string {
	s.t.Helper()
	b := make([]byte, 4096)
	for {
		if before, after, ok := strings.Cut(s.got, text); ok {
			s.got = after
			return before
		}
		n, err := s.c.Read(b)
		s.got += string(b[:n])
		if n == 0 && err != nil {
			s.t.Fatalf("waited for %q, got %q, %v", text, s.got, err)
		}
	}
}

func htmlfileCarrier(b *browser) {
	sid := b.handshake1()
	s := b.stream()
	s.say("GET /socket.io/1/htmlfile/" + sid + " HTTP/1.1\r\nHost: server\r\n\r\n")
	s.hear(`_("1::");</script>`)
	for range 3 {
		b.do("POST", "1/htmlfile/"+sid, "text/plain", `5:1+::{"name":"echo","args":["</script>"]}`)
		s.hear(`_("6:::1+[\"\u003c/script>\"]");</script>`)
	}
}

// hixieCarrier is the draft's own example: the location that the client checks
// is that of a secure websocket.
func hixieCarrier(b *browser, transport string) {
	target := "/socket.io/1/" + transport + "/" + b.handshake1()
	s := b.stream()
	head := "GET " + target + " HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: server\r\nOrigin: https://server\r\n" +
		"Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n\r\n"
	s.say(head) // the eight bytes come later, as behind a proxy
	b.contains(s.hear("\r\n\r\n"), "Sec-WebSocket-Origin: https://server\r\nSec-WebSocket-Location: wss://server"+target)
	s.say("^n:ds[4U")
	if got := s.hear("\x001::\xff"); got != "8jKS'y:G*Co,Wxa-" {
		b.t.Fatalf("the digest is %q", got)
	}
	for _, part := range []string{"\x005:1+::{\"name\":\"echo\",", `"args":["hi"]}` + "\xff"} {
		s.say(part)
	}
	s.hear("\x006:::1+[\"hi\"]\xff")
	s.say("\xff\x00")
	s.hear("\xff\x00")
}
