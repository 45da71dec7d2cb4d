package httpparse

import (
	"slices"
	"testing"
)

// The answers are negotiator's, but for elements that can't be read.
func TestBestCoding(t *testing.T) {
	all := []string{"br", "gzip", "deflate"}
	for _, tt := range []struct{ accept, want string }{
		{"", ""},
		{"identity", ""},
		{"gzip", "gzip"},
		{"GZip", "gzip"},
		{"gzip, deflate, br", "gzip"},
		{"deflate,gzip", "deflate"},
		{"br;q=0.5, gzip;q=0.8", "gzip"},
		{"gzip;q=0", ""},
		{"gzip; q=0, deflate;q=0.001", "deflate"},
		{"*", "br"},
		{"*;q=0.5, deflate", "deflate"},
		{"*, gzip;q=1", "gzip"},
		{"br;q=0, *", "gzip"},
		{"*;q=0", ""},
		{"gzip;q=1.000", "gzip"},
		{"gzip;q=1.001", ""},
		{"gzip;q=2", ""},
		{"gzip;q=x", ""},
		{"gzip;level=9", ""},
		{"compress, x-gzip", ""},
		{",,gzip,,", "gzip"},
		{"gzip;q=0, gzip", "gzip"},
		{"\x00;q", ""},
	} {
		if got := BestCoding([]byte(tt.accept), all...); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.accept, got, tt.want)
		}
	}
	if n := testing.AllocsPerRun(10, func() { BestCoding([]byte("gzip, deflate, br;q=0.1"), "gzip", "deflate") }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzBestCoding(f *testing.F) {
	f.Add([]byte("gzip;q=0.5, *;q=0, br"))
	f.Fuzz(func(t *testing.T, accept []byte) {
		all := []string{"br", "gzip", "deflate"}
		if got := BestCoding(accept, all...); got != "" && !slices.Contains(all, got) {
			t.Errorf("%q: %q", accept, got)
		}
	})
}
