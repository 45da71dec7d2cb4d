//go:build !race

package wsproto

import (
	"bytes"
	"strings"
	"testing"
)

// The race detector makes sync.Pool drop what it is given, so the allocations
// are counted without it.

// TestAllocs: nothing on the way of an ordinary message makes garbage.
func TestAllocs(t *testing.T) {
	p := []byte(strings.Repeat("hello é ", 16))
	key := []byte("dGhlIHNhbXBsZSBub25jZQ==")
	frames := new(script).text(string(p)).ping("p").binary(string(p)).text("").b
	fragments := new(script).frame(OpText, false, string(p)).ping("p").frame(0, true, string(p)).b
	scratch := make([]byte, len(fragments))
	dst := make([]byte, 0, 4096)
	mask := [4]byte{1, 2, 3, 4}
	var s count
	var r Reader
	read := func(input []byte, piece int) {
		b := scratch[:copy(scratch, input)]
		for from, to := 0, 0; to < len(b); {
			to = min(to+piece, len(b))
			used, err := r.Read(b[from:to], 1<<20, &s)
			if err != nil {
				t.Fatal(err)
			}
			from += used
		}
	}
	for name, f := range map[string]func(){
		"frames":          func() { read(frames, len(frames)) },
		"frames in parts": func() { read(frames, 50) },
		"fragments":       func() { read(fragments, len(fragments)) },
		"bytes":           func() { read(fragments, 1) },
		"AppendFrame":     func() { AppendFrame(dst, OpText, p) },
		"AppendMasked":    func() { AppendMasked(dst, OpText, true, mask, p) },
		"AppendClose":     func() { AppendClose(dst, 1000, "good bye") },
		"PutHeader":       func() { PutHeader(dst[:MaxHeaderSize], OpText, 70000) },
		"AppendAccept":    func() { AppendAccept(dst, key) },
		"AppendSwitching": func() { AppendSwitching(dst, key, p, nil) },
		"CheckUpgrade":    func() { checkSample(t, key) },
		"refusal": func() {
			var r Reader
			if _, err := r.Read(scratch[:copy(scratch, "\x81\x05Hello")], 100, &s); err == nil {
				t.Fatal("no error")
			}
		},
	} {
		if n := testing.AllocsPerRun(200, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func checkSample(t *testing.T, key []byte) {
	if err := CheckUpgrade([]byte("GET"), []byte("websocket"), []byte("keep-alive, Upgrade"), []byte("13"), key); err != nil {
		t.Fatal(err)
	}
}

func TestDeflateDoesNotAllocate(t *testing.T) {
	var f Inflater
	p := bytes.Repeat([]byte(`{"name":"value","n":12345},`), 100)
	var dst []byte
	n := testing.AllocsPerRun(200, func() {
		dst = AppendDeflated(dst[:0], p, nil)
		if got, err := f.Inflate(dst, len(p), nil); err != nil || len(got) != len(p) {
			t.Fatal(err)
		}
	})
	if n > 1 { // the compressor's writer
		t.Errorf("%v allocations a message", n)
	}
}
