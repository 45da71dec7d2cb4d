package sio_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

var everywhere = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}

// TestPath: TornadIO2 writes it without slashes.
func TestPath(t *testing.T) {
	for _, path := range []string{"chat", "/chat", "chat/", "/chat/", "a/b"} {
		w := siotest.New(t, siotest.Options{})
		w.Server(sio.Config{Path: path})
		for _, g := range []sio.Generation{sio.Modern, sio.Legacy} {
			if c := w.Connect(siotest.Client{Generation: g}); c.Err() != nil {
				t.Errorf("Path %q, %v: %v", path, g, c.Err())
			}
		}
	}
}

// TestTrustedProxies: what handlers of sockets and ordinary ones see of the
// address.
func TestTrustedProxies(t *testing.T) {
	client := netip.MustParsePrefix("10.0.0.0/8") // the simulated network's
	for name, tt := range map[string]struct {
		cfg    sio.Config
		header http.Header
		want   string
		secure bool
	}{
		"nobody is trusted": {sio.Config{}, http.Header{"X-Forwarded-For": {"192.0.2.1"}, "X-Forwarded-Proto": {"https"}}, "10.", false},
		"trusted":           {sio.Config{TrustedProxies: []netip.Prefix{client}}, http.Header{"X-Forwarded-For": {"8.8.8.8, 192.0.2.1"}, "X-Forwarded-Proto": {"https"}}, "192.0.2.1:0", true},
		"another is":        {sio.Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, http.Header{"X-Forwarded-For": {"192.0.2.1"}}, "10.", false},
		"Forwarded":         {sio.Config{TrustedProxies: []netip.Prefix{client}, ProxyHeader: "Forwarded"}, http.Header{"Forwarded": {"for=192.0.2.1;proto=https"}, "X-Forwarded-For": {"8.8.8.8"}}, "192.0.2.1:0", true},
		"X-Real-IP":         {sio.Config{TrustedProxies: []netip.Prefix{client}, ProxyHeader: "X-Real-IP"}, http.Header{"X-Real-Ip": {"192.0.2.1"}, "X-Forwarded-For": {"8.8.8.8"}}, "192.0.2.1:0", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := siotest.New(t, siotest.Options{})
			srv := w.Server(tt.cfg)
			var seen []string
			secure := 0
			srv.Of("/").Use(func(h *sio.Handshake) error {
				seen = append(seen, h.RemoteAddr().String())
				if h.Secure() {
					secure++
				}
				return nil
			})
			srv.HandleFunc("/who", func(rw http.ResponseWriter, r *http.Request) { _, _ = rw.Write([]byte(r.RemoteAddr)) })
			w.Connect(siotest.Client{Header: tt.header})
			w.Connect(siotest.Client{Header: tt.header, Transport: "polling"})
			w.Connect(siotest.Client{Header: tt.header, Generation: sio.Legacy})
			var lines []string
			for k, v := range tt.header {
				lines = append(lines, k+": "+v[0])
			}
			seen = append(seen, string(w.HTTP().Get("/who", lines...).Body))
			for _, s := range seen {
				if len(seen) != 4 || !strings.HasPrefix(s, tt.want) || tt.want != "10." && s != tt.want {
					t.Errorf("seen %q, want %s", seen, tt.want)
				}
			}
			if tt.secure != (secure == 3) || secure%3 != 0 {
				t.Errorf("%d of 3 were secure, want %v", secure, tt.secure)
			}
		})
	}
}

// TestVerifyRemoteIP: with it a session is unknown to other addresses, on every
// loop, without it known to all.
func TestVerifyRemoteIP(t *testing.T) {
	for _, on := range []bool{false, true} {
		w := siotest.New(t, siotest.Options{})
		w.Server(sio.Config{VerifyRemoteIP: on, TrustedProxies: everywhere, PollDuration: time.Second})
		for range 8 { // connections come to either loop
			mine, other := "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 192.0.2.2"
			body := string(w.HTTP().Get("/socket.io/1/", mine).Body)
			sid, _, _ := strings.Cut(body, ":")
			r := w.HTTP().Get("/socket.io/1/xhr-polling/"+sid, other)
			if got := string(r.Body); (got == "7:::1+0") != on {
				t.Errorf("VerifyRemoteIP %v: another address gets %d %q", on, r.Status, got)
			}
			if r := w.HTTP().Do("POST", "/socket.io/1/xhr-polling/"+sid, "2::", other); (r.Status == 400) != on {
				t.Errorf("VerifyRemoteIP %v: a POST of another address gets %d", on, r.Status)
			}
			if r := w.HTTP().Get("/socket.io/1/xhr-polling/"+sid, mine); string(r.Body) == "7:::1+0" {
				t.Errorf("VerifyRemoteIP %v: the session is lost to its own address", on)
			}

			open := string(w.HTTP().Get("/socket.io/?EIO=4&transport=polling", mine).Body)
			_, rest, _ := strings.Cut(open, `"sid":"`)
			sid, _, _ = strings.Cut(rest, `"`)
			target := "/socket.io/?EIO=4&transport=polling&sid=" + sid
			if r := w.HTTP().Do("POST", target, "40", other); (r.Status == 400) != on {
				t.Errorf("VerifyRemoteIP %v, 4.x: a POST of another address gets %d %s", on, r.Status, r.Body)
			}
			up := w.HTTP().Upgrade("/socket.io/?EIO=4&transport=websocket&sid="+sid, other)
			if (up.Status == 101) == on {
				t.Errorf("VerifyRemoteIP %v, 4.x: an upgrade of another address gets %d", on, up.Status)
			}
			if r := w.HTTP().Do("POST", target, "40", mine); on && r.Status != 200 {
				t.Errorf("4.x: the session is lost to its own address: %d %s", r.Status, r.Body)
			}
		}
	}
}
