package clients

import (
	"path/filepath"
	"testing"
)

// The examples' pages in Chromium, used as a person would. The chat has tests
// of its own beside this.
func TestExamplesInChromium(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ping", "multiplexed", "waiting", "stats"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script(t, start(t, filepath.Join(examplePrograms, name)), "examples/"+name+".mjs")
		})
	}
}
