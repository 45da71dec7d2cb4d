package clients

import (
	"path/filepath"
	"testing"
)

// The examples' pages in Chromium, used as a person would. The chat has tests
// of its own beside this.
func TestExamplesInChromium(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ping", "multiplexed", "waiting", "stats", "engine", "rooms", "whiteboard"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script(t, start(t, filepath.Join(examplePrograms, name)), "examples/"+name+".mjs")
		})
	}
}

// The recovery example keeps for 4 s here, so that one need not wait for long.
func TestRecoveryInChromium(t *testing.T) {
	t.Parallel()
	script(t, start(t, filepath.Join(examplePrograms, "recovery"), "-keep", "4s"), "examples/recovery.mjs")
}

// The page and the server are two programs in one, on two ports.
func TestCrossSiteInChromium(t *testing.T) {
	t.Parallel()
	script(t, start(t, filepath.Join(examplePrograms, "crosssite"), "-server", "127.0.0.1:0"), "examples/crosssite.mjs")
}

// Every version of the client that there is a page for, over each transport
// that it has in Chromium.
func TestTransportsInChromium(t *testing.T) {
	t.Parallel()
	for age, versions := range map[string][]string{
		"0.x": {"0.7.11", "0.8.7", "0.9.17"},
		"1.x": {"1.7.4", "2.5.0"},
		"3.x": {"3.1.3", "4.8.4"},
	} {
		t.Run(age, func(t *testing.T) {
			t.Parallel()
			script(t, start(t, filepath.Join(examplePrograms, "transports")), "examples/transports.mjs", versions...)
		})
	}
	t.Run("others", func(t *testing.T) {
		t.Parallel()
		script(t, start(t, filepath.Join(examplePrograms, "transports")), "examples/transports-others.mjs")
	})
	for _, version := range []string{"0.9.17", "4.8.4"} {
		t.Run("tls/"+version, func(t *testing.T) {
			t.Parallel()
			script(t, start(t, filepath.Join(examplePrograms, "transports-tls")), "examples/transports.mjs", version)
		})
	}
}
