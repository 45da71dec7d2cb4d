package ioloop

import (
	"bytes"
	"crypto/tls"
	"net"
	"testing"
)

// clientHello is what crypto/tls says first.
func clientHello(t testing.TB, cfg *tls.Config) []byte {
	t.Helper()
	a, b := net.Pipe()
	defer a.Close()
	go func() {
		_ = tls.Client(b, cfg).Handshake()
		b.Close()
	}()
	p := make([]byte, 8<<10)
	n, err := a.Read(p)
	if err != nil {
		t.Fatal(err)
	}
	return p[:n]
}

func TestHelloComplete(t *testing.T) {
	t.Parallel()
	hello := clientHello(t, &tls.Config{ServerName: "server"})
	body := hello[recordHeader:]
	var crumbs []byte
	for _, c := range body {
		crumbs = append(crumbs, recordHandshake, 3, 1, 0, 1, c)
	}
	for _, tt := range []struct {
		name string
		p    []byte
		want helloState
	}{
		{"nothing", nil, helloPart},
		{"whole", hello, helloReady},
		{"more than whole", append(bytes.Clone(hello), "more"...), helloReady},
		{"less by one", hello[:len(hello)-1], helloPart},
		{"a record a byte", crumbs, helloReady},
		{"a record a byte, less by one", crumbs[:len(crumbs)-6], helloPart},
		{"first byte", []byte{22}, helloPart},
		{"HTTP", []byte("GET / HTTP/1.1\r\n"), helloNever},
		{"wrong version", []byte{22, 9}, helloNever},
		{"application data", []byte{23, 3, 3}, helloNever},
		{"SSL 2.0", []byte{0x80, 0x2e, 1, 0, 2}, helloReady},
		{"empty record", []byte{22, 3, 1, 0, 0}, helloReady},
		{"record too long", []byte{22, 3, 1, 0x40, 1}, helloReady},
		{"longest record", []byte{22, 3, 1, 0x40, 0}, helloPart},
		{"message too long", []byte{22, 3, 1, 0, 4, 1, 1, 0, 0}, helloReady},
		{"another type behind", []byte{22, 3, 1, 0, 1, 1, 23, 3, 1, 0, 1}, helloReady},
	} {
		if got := helloComplete(tt.p); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

// Whatever comes, an answer once given stays with more input, and what is
// waited for is bounded.
func FuzzHelloComplete(f *testing.F) {
	f.Add([]byte{22, 3, 1, 0, 5, 1, 0, 0, 1, 0}, uint8(3))
	f.Add(bytes.Repeat([]byte{22, 3, 1, 0, 1, 1}, 20), uint8(7))
	f.Fuzz(func(t *testing.T, p []byte, cut uint8) {
		head := p[:min(int(cut), len(p))]
		if early := helloComplete(head); early != helloPart && helloComplete(p) != early {
			t.Errorf("%d for %x, then %d for %x", early, head, helloComplete(p), p)
		}
		if len(p) > recordHeader+maxRecord && helloComplete(p) == helloPart {
			t.Error("waits for more than a record")
		}
	})
}

// A border cuts any input into the same records.
func FuzzBorder(f *testing.F) {
	f.Add([]byte{22, 3, 1, 0, 2, 1, 2, 23, 3, 3, 0, 0, 21, 3, 3, 0, 1, 9}, uint8(2))
	f.Fuzz(func(t *testing.T, p []byte, step uint8) {
		var whole, parts border
		var a, b []int
		for at := 0; at < len(p); {
			at += whole.limit(p[at:])
			if whole.left == 0 && whole.got == 0 {
				a = append(a, at)
			}
		}
		for at := 0; at < len(p); {
			n := parts.limit(p[at:min(len(p), at+int(step)+1)])
			if n < 1 {
				t.Fatal("stands still")
			}
			at += n
			if parts.left == 0 && parts.got == 0 {
				b = append(b, at)
			}
		}
		if len(a) != len(b) {
			t.Fatalf("borders %v, in pieces %v", a, b)
		}
		for i := range a {
			if a[i] != b[i] {
				t.Fatalf("borders %v, in pieces %v", a, b)
			}
		}
	})
}
