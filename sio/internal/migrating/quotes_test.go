package migrating

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestQuotes: each block of Go in MIGRATING.md is, line by line, part of a
// program here.
func TestQuotes(t *testing.T) {
	page, err := os.ReadFile("../../MIGRATING.md")
	if err != nil {
		t.Fatal(err)
	}
	programs := map[string]string{}
	err = filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || path == "quotes_test.go" {
			return err
		}
		b, err := os.ReadFile(path)
		programs[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile("../clients/before/node4.mjs")
	if err != nil {
		t.Fatal(err)
	}
	programs["node4.mjs"] = string(before)
	blocks := strings.Split(string(page), "\n```go\n")[1:]
	if len(blocks) < 10 {
		t.Fatalf("%d blocks of Go on the page, too few to be believed", len(blocks))
	}
	for _, js := range strings.Split(string(page), "\n```js\n")[1:] {
		if strings.Contains(js, "new Server(") { // that of 0.9 is no program here
			blocks = append(blocks, js)
		}
	}
	for _, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		found := false
		for _, p := range programs {
			found = found || strings.Contains(p, block)
		}
		if !found {
			t.Errorf("no program here has this in it:\n%s", block)
		}
	}
}
