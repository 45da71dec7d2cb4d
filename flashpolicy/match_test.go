package flashpolicy

import (
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	if len(Request) != 23 {
		t.Fatalf("the request has %d bytes, want 23", len(Request))
	}
	for _, tt := range []struct {
		in   string
		want Verdict
	}{
		{"", More}, {"<", More}, {Request[:22], More}, {Request, Asked},
		{Request + "GET / HTTP/1.1\r\n", Asked}, // surplus means nothing
		{"GET /", Other}, {"<policy-file-request>\x00", Other}, {"<Policy", Other},
		{Request[:22] + "\n", Other}, {Request[:22] + Request, Other}, {" " + Request, Other}, {"\x00", Other},
	} {
		if got := Match([]byte(tt.in)); got != tt.want {
			t.Errorf("Match(%q) is %d, want %d", tt.in, got, tt.want)
		}
	}
}

// FuzzMatch: however the bytes come, the verdict is that on all of them, and a
// final one is final at once.
func FuzzMatch(f *testing.F) {
	f.Add([]byte(Request))
	f.Add([]byte(Request[:10]))
	f.Add([]byte("<policy-file-requesT/>\x00"))
	f.Add([]byte("GET /socket.io/1/ HTTP/1.1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		final := More
		for i := range len(data) + 1 {
			v := Match(data[:i])
			if final != More && v != final {
				t.Fatalf("%q: %d after %d", data[:i], v, final)
			}
			final = v
		}
		if want := strings.HasPrefix(string(data), Request); (final == Asked) != want {
			t.Fatalf("%q is judged %d", data, final)
		}
	})
}

func TestMatchAllocatesNothing(t *testing.T) {
	data := []byte(Request)
	if n := testing.AllocsPerRun(100, func() { Match(data) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
