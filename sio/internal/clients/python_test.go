package clients

import (
	"strings"
	"testing"
)

// TestPythonClient: python-socketio, an implementation that shares nothing with
// the others, over each transport, and with compressed websockets.
func TestPythonClient(t *testing.T) {
	t.Parallel()
	for _, list := range transports {
		for _, flag := range []string{"", "-deflate"} {
			if flag != "" && list == "polling" {
				continue
			}
			t.Run(strings.ReplaceAll(list, ",", "-then-")+flag, func(t *testing.T) {
				t.Parallel()
				script(t, start(t, echoProgram, strings.Fields(flag)...), "python.py", list)
			})
		}
	}
}
