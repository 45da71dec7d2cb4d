package readme

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../../.."

var (
	named    = regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")
	declared = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]+)\(`)
)

// tests are the names of all tests of the module.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		b, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(b, -1) {
			all[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestNamedTestsExist: each "yes" of the README's tables names its test, and
// each of those is there.
func TestNamedTestsExist(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	all := tests(t)
	count := 0
	for _, m := range named.FindAllSubmatch(b, -1) {
		count++
		if name := string(m[1]); !all[name] {
			t.Errorf("README.md names %s, which does not exist", name)
		}
	}
	if count < 20 {
		t.Errorf("README.md names %d tests", count)
	}
	checkRows(t, string(b))
}

// checkRows looks for rows that say yes and name no test, in tables whose last
// two columns are "here" and "test".
func checkRows(t *testing.T, text string) {
	in := false
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		n := len(cells)
		switch {
		case !strings.HasPrefix(line, "|"):
			in = false
		case n > 2 && strings.TrimSpace(cells[n-2]) == "here" && strings.TrimSpace(cells[n-1]) == "test":
			in = true
		case in && strings.TrimSpace(cells[n-2]) != "no" && !strings.HasPrefix(cells[0], "---") && !named.MatchString(cells[n-1]):
			t.Errorf("no test is named: %s", strings.TrimSpace(line))
		}
	}
}
