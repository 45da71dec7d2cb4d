package client

import (
	"bytes"
	"compress/flate"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"

	"github.com/tornadio/tornadio/bench/internal/loop"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

// heard notes what a client hears, as lines.
type heard struct {
	lines []string
	ready bool
	down  bool
}

func (h *heard) OnReady(*Client) { h.ready = true }
func (h *heard) OnDown(_ *Client, err error) {
	h.down = true
	h.lines = append(h.lines, "down "+err.Error())
}

func (h *heard) OnEvent(_ *Client, name, args []byte, bin [][]byte) {
	h.lines = append(h.lines, fmt.Sprintf("event %s %s %x", name, args, bin))
}

func (h *heard) OnAck(_ *Client, id int, args []byte, bin [][]byte) {
	h.lines = append(h.lines, fmt.Sprintf("ack %d %s %x", id, args, bin))
}

// start begins a client and works until done says so.
func start(t *testing.T, o Options, addr string, then func(c *Client), done func(h *heard) bool) *heard {
	t.Helper()
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	o.Addr, o.Host, o.Path = netip.MustParseAddrPort(addr), addr, "/socket.io"
	h := &heard{}
	c, err := Dial(l, &o, netip.Addr{}, 0, h)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := l.Run(time.Now().Add(20*time.Second), func() bool { return h.ready || h.down }); !ok || err != nil {
		t.Fatalf("not ready: %v %v", h.lines, err)
	}
	if !h.down {
		then(c)
	}
	if ok, err := l.Run(time.Now().Add(20*time.Second), func() bool { return h.down || done(h) }); !ok || err != nil {
		t.Fatalf("not done: %q %v", h.lines, err)
	}
	c.Close()
	return h
}

const open4 = `0{"sid":"s","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}`

// script is a websocket server: what it sends after each text it gets.
type script map[string][]string

func (s script) serve(t *testing.T, secure *tls.Config, deflate bool) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if secure != nil {
		ln = tls.NewListener(ln, secure)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		u := ws.Upgrader{}
		if deflate {
			e := wsflate.Extension{Parameters: wsflate.Parameters{ServerNoContextTakeover: true, ClientNoContextTakeover: true}}
			u.Negotiate = e.Negotiate
		}
		if _, err := u.Upgrade(c); err != nil {
			return
		}
		s.talk(c, deflate)
	})
	t.Cleanup(func() { _ = ln.Close(); wg.Wait() })
	return addr
}

func (s script) talk(c net.Conn, deflate bool) {
	send := func(text string) {
		f := ws.NewTextFrame([]byte(text))
		if rest, ok := strings.CutPrefix(text, "binary:"); ok {
			f = ws.NewBinaryFrame([]byte(rest))
		}
		if rest, ok := strings.CutPrefix(text, "raw:"); ok {
			_, _ = io.WriteString(c, rest)
			return
		}
		if deflate {
			f, _ = wsflate.CompressFrame(f) // of memory
		}
		_ = ws.WriteFrame(c, f)
	}
	for _, text := range s[""] {
		send(text)
	}
	for {
		f, err := ws.ReadFrame(c)
		if err != nil {
			return
		}
		f = ws.UnmaskFrame(f)
		if f.Header.Rsv1() {
			if f, err = wsflate.DecompressFrame(f); err != nil {
				return
			}
		}
		for _, text := range s[string(f.Payload)] {
			send(text)
		}
	}
}

func TestWebSocket(t *testing.T) {
	big := strings.Repeat("x", 5000)
	s := script{"": {open4}, "40": {`40{"sid":"t"}`, "2"}, "3": {`42["hello",1]`}, `427["a",2]`: {"437[2]"},
		`451-8["b",{}]`: nil, "\x01\x02": {`461-8[{"_placeholder":true,"num":0}]`, "binary:\x01\x02"}, `42["big","` + big + `"]`: {`42["big","` + big + `"]`, "raw:\x01\x0342[", "raw:\x80\x06\"end\"]"}}
	secure := httptest.NewUnstartedServer(nil)
	secure.StartTLS()
	defer secure.Close()
	pool := secure.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	pool.ServerName = "example.com" // as the test's certificate says
	for name, o := range map[string]Options{"plain": {}, "tls": {TLS: pool}, "deflate": {Deflate: true}} {
		t.Run(name, func(t *testing.T) {
			var conf *tls.Config
			if o.TLS != nil {
				conf = secure.TLS
			}
			if o.Deflate {
				delete(s, "3") // what follows is sent in frames made by hand
			}
			addr := s.serve(t, conf, o.Deflate)
			h := start(t, o, addr, func(c *Client) {
				c.Emit(7, "a", []byte("2"))
				c.Emit(8, "b", []byte("{}"), []byte{1, 2})
				c.Emit(-1, "big", []byte(`"`+big+`"`))
			}, func(h *heard) bool { return strings.Contains(strings.Join(h.lines, "\n"), "event end") })
			got := strings.Join(h.lines, "\n")
			for _, want := range []string{"ack 7 2", `ack 8 {"_placeholder":true,"num":0} [0102]`, `event big "` + big, "event end"} {
				if !strings.Contains(got, want) {
					t.Errorf("%.40s is missing in %.400s", want, got)
				}
			}
			if h.down {
				t.Error(got)
			}
		})
	}
}

func TestServersThatBreakTheRules(t *testing.T) {
	for _, c := range []struct {
		say  string
		want error
	}{
		{"raw:\x81\x80\x00\x00\x00\x00", wire.ErrFrame},
		{"raw:\xc1\x02ab", wire.ErrFrame},
		{"raw:\x88\x02\x03\xe8", ErrEnded},
		{"41", ErrEnded},
		{`44{"message":"no"}`, ErrRefused},
		{"what", ErrPacket},
		{"binary:x", ErrPacket},
	} {
		s := script{"": {open4}, "40": {`40{"sid":"t"}`, c.say}}
		h := start(t, Options{}, s.serve(t, nil, false), func(*Client) {}, func(*heard) bool { return false })
		if got := strings.Join(h.lines, "\n"); !strings.Contains(got, c.want.Error()) {
			t.Errorf("%q: %s", c.say, got)
		}
	}
	s := script{"": {open4}, "40": {`40{"sid":"t"}`, `451-["a",{}]`, `42["b"]`}}
	h := start(t, Options{}, s.serve(t, nil, false), func(*Client) {}, func(*heard) bool { return false })
	if got := strings.Join(h.lines, "\n"); !strings.Contains(got, "attachments") {
		t.Error(got)
	}
}

// TestPolling is a whole session over HTTP, of each generation.
func TestPolling(t *testing.T) {
	for _, c := range []struct {
		proto     wire.Proto
		transport Transport
		polls     []string // what the GETs are answered with, in order
		posts     []string
	}{
		{wire.EIO4, Polling, []string{open4, `40{"sid":"t"}`, "42[\"hello\",1]\x1e461-7[{}]\x1ebAQI="}, []string{"40", "\x34\x327[\"a\",2]"}},
		{wire.EIO3, Polling, []string{fmt.Sprint(len(open4), ":", open4, "2:40"), `13:42["hello",1]9:461-7[{}]6:b4AQI=`}, []string{`10:427["a",2]`}},
		{wire.Rev1, Polling, []string{"sid:60:60:xhr-polling", "1::", `5:::{"name":"hello","args":[1]}`, "6:::7+[2]"}, []string{`5:7+::{"name":"a","args":[2]}`}},
		{wire.EIO4, JSONP, []string{`___eio[0](` + strconv.Quote(open4) + `);`, `___eio[0]("40{\"sid\":\"t\"}");`, `___eio[0]("42[\"hello\",1]\u001e461-7[{}]\u001ebAQI=");`},
			[]string{"d=40", "d=427%5B%22a%22%2C2%5D"}},
		{wire.Rev1, JSONP, []string{`io.j[0]("sid:60:60:jsonp-polling");`, `io.j[0]("1::");`, `io.j[0]("5:::{\"name\":\"hello\",\"args\":[1]}");`, `io.j[0]("6:::7+[2]");`},
			[]string{"d=%225%3A7%2B%3A%3A%7B%5C%22name%5C%22%3A%5C%22a%5C%22%2C%5C%22args%5C%22%3A%5B2%5D%7D%22"}},
	} {
		var mu sync.Mutex
		var posts []string
		hold := make(chan struct{})
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if r.Method == http.MethodPost {
				b, _ := io.ReadAll(r.Body)
				posts = append(posts, string(b))
				return
			}
			if len(c.polls) == 0 {
				mu.Unlock()
				<-hold
				mu.Lock()
				return
			}
			body := c.polls[0]
			c.polls = c.polls[1:]
			_, _ = io.WriteString(w, body)
		}))
		h := start(t, Options{Proto: c.proto, Transport: c.transport}, srv.Listener.Addr().String(),
			func(k *Client) { k.Emit(7, "a", []byte("2")) },
			func(h *heard) bool {
				mu.Lock()
				defer mu.Unlock()
				return len(h.lines) == 2 && len(posts) >= len(c.posts)
			})
		close(hold)
		srv.Close()
		if h.down || !strings.HasPrefix(h.lines[0], "event hello 1") || !strings.HasPrefix(h.lines[1], "ack 7") {
			t.Errorf("%v %v: %q", c.proto, c.transport, h.lines)
		}
		if got := strings.Join(posts, "|"); !strings.HasPrefix(got, strings.Join(c.posts, "|")) {
			t.Errorf("%v %v: posts %q", c.proto, c.transport, got)
		}
	}
}

// TestHTMLFile: a page in pieces, which ends and is asked for again.
func TestHTMLFile(t *testing.T) {
	hold := make(chan struct{})
	pages := 0
	posted := make(chan string, 9) // the goodbye too, if it still leaves
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		say := func(s string) {
			_, _ = io.WriteString(w, s)
			w.(http.Flusher).Flush()
		}
		switch {
		case r.URL.Path == "/socket.io/1/":
			_, _ = io.WriteString(w, "sid:60:60:htmlfile")
		case r.URL.Path != "/socket.io/1/htmlfile/sid":
			w.WriteHeader(http.StatusNotFound)
		case r.Method == http.MethodPost:
			b, _ := io.ReadAll(r.Body)
			posted <- string(b)
		case pages == 0:
			pages++
			say("<html><body><script>var _ = function (msg) {};</script>  ")
			say(`<script>_("1::");</script><!-- --><script>_("5:::{\"name\":\"hel`)
			say(`lo\",\"args\":[\"<\/script>\"]}");</scr`)
			say(`ipt><script>location.replace(location.href);</script>`)
		default:
			say(`<script>_("6:::7+[2]");</script>`)
			<-hold
		}
	}))
	h := start(t, Options{Proto: wire.Rev1, Transport: HTMLFile}, srv.Listener.Addr().String(),
		func(k *Client) { k.Emit(7, "a", []byte("2")) },
		func(h *heard) bool { return len(h.lines) == 2 && len(posted) > 0 })
	close(hold)
	srv.Close()
	if got := strings.Join(h.lines, "\n"); h.down || got != "event hello \"</script>\" []\nack 7 2 []" {
		t.Error(got)
	}
	if got := <-posted; got != `5:7+::{"name":"a","args":[2]}` {
		t.Error(got)
	}
}

func TestRefusedPolling(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"code":0,"message":"Transport unknown"}`, http.StatusBadRequest)
	}))
	defer srv.Close()
	h := start(t, Options{Transport: Polling}, srv.Listener.Addr().String(), func(*Client) {}, func(*heard) bool { return false })
	if got := strings.Join(h.lines, "\n"); !strings.Contains(got, "status 400") {
		t.Error(got)
	}
}

// TestInflateKeepsContext: a server that keeps its compressor's window refers
// to what earlier messages said.
func TestInflateKeepsContext(t *testing.T) {
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, flate.BestSpeed) // a level that exists
	d := newDeflate([]byte("permessage-deflate; client_no_context_takeover"))
	text := bytes.Repeat([]byte("all that was said before "), 20)
	for i := range 3 {
		out.Reset()
		_, _ = w.Write(text)
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		got, err := d.inflate(bytes.TrimSuffix(out.Bytes(), tail))
		if err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%d: %q %v", i, got, err)
		}
	}
	if _, err := d.inflate([]byte{0xff, 0xff}); err == nil {
		t.Error("nonsense was inflated")
	}
}

// TestDeflateRefused: figures of what a server did not do would be none.
func TestDeflateRefused(t *testing.T) {
	addr := script{"": {open4}}.serve(t, nil, false)
	h := start(t, Options{Proto: wire.EIO4, Deflate: true}, addr, func(*Client) {}, func(*heard) bool { return false })
	if got := strings.Join(h.lines, "\n"); !h.down || !strings.Contains(got, "no permessage-deflate") {
		t.Error(got)
	}
}
