package flashpolicy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVectors: the policies are those of Node's package policyfile 0.0.4, byte
// by byte.
func TestVectors(t *testing.T) {
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Request, Reply string
		Origins        []string
	}
	if err := json.Unmarshal(b, &vectors); err != nil || len(vectors) == 0 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	for _, v := range vectors {
		if v.Request != Request {
			t.Errorf("request %q", v.Request)
		}
		got, err := Allow(v.Origins...)
		if err != nil || string(got) != v.Reply {
			t.Errorf("Allow(%q) is\n%s, %v\nwant\n%s", v.Origins, got, err, v.Reply)
		}
		if err := Check(got); err != nil {
			t.Error(err)
		}
	}
}

func TestAllow(t *testing.T) {
	for _, good := range []string{"*:*", "a.b:1", "*.a.b:80,443,8000-8010", "10.0.0.1:65535", "[::1]:80", "my_host-1:*"} {
		if b, err := Allow(good); err != nil || Check(b) != nil {
			t.Errorf("Allow(%q): %v, %v", good, err, Check(b))
		}
	}
	for _, bad := range []string{"", "*", ":80", "a:", "a:0", "a:65536", "a:80-", "a:-80", "a:1,,2", "a:+1", "**:1", "a b:1",
		`"/><x y=":1`, "a&b:1", "ä:1", "*.:1"} {
		if b, err := Allow(bad); err == nil || !strings.Contains(err.Error(), "write host:ports") {
			t.Errorf("Allow(%q) is %s, %v", bad, b, err)
		}
	}
}

func TestCheck(t *testing.T) {
	fill := func(n int) string { return head + strings.Repeat(" ", n-len(head)-len(foot)) + foot }
	for _, tt := range []struct{ policy, want string }{
		{fill(MaxPolicy), ""},
		{fill(MaxPolicy + 1), "at most"},
		{`<cross-domain-policy/>`, ""},
		{"", "root"},
		{"<html></html>", "html"},
		{"<cross-domain-policy>", "not XML"},
		{head + foot + "\x00", "NUL"},
	} {
		err := Check([]byte(tt.policy))
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Check of %d bytes, %.30q: %v, want %q", len(tt.policy), tt.policy, err, tt.want)
		}
	}
}

func TestConfigMistakes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.xml")
	if err := os.WriteFile(file, []byte(head+foot+"\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	big := filepath.Join(t.TempDir(), "big.xml")
	if err := os.WriteFile(big, []byte(head+strings.Repeat(" ", MaxPolicy)+foot), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		cfg  Config
		want string
	}{
		"zero":         {Config{}, ""},
		"file":         {Config{File: file}, ""},
		"two policies": {Config{File: file, Policy: []byte(head + foot)}, "one of them"},
		"no file":      {Config{File: file + "x"}, "Config.File"},
		"big file":     {Config{File: big}, "at most"},
		"bad policy":   {Config{Policy: []byte("hello")}, "root"},
		"bad address":  {Config{Addrs: []string{"843"}}, `":843"`},
		"wait":         {Config{Wait: -1}, "positive duration"},
		"connections":  {Config{MaxConns: -1}, "positive number"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(tt.cfg)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("New: %v, want %q", err, tt.want)
			}
		})
	}
}

// FuzzAllow: what it lets through is a policy that Check lets through, with as
// many permissions as pairs: no pair can write XML of its own.
func FuzzAllow(f *testing.F) {
	for _, s := range []string{"*:*", "*.example.org:80,8000-8010", `x"/><allow-access-from domain="*:1`, ":"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pair string) {
		b, err := Allow(pair, "*:*")
		if err != nil {
			return
		}
		if err := Check(b); err != nil {
			t.Fatalf("%q: %v", pair, err)
		}
		if n := strings.Count(string(b), "<allow-access-from "); n != 2 {
			t.Fatalf("%q makes %d permissions", pair, n)
		}
	})
}
