package clients

import (
	"strings"
	"testing"
)

// The real clients, each over each of its transports. The order of a list is
// the client's own: "polling,websocket" starts with polling and upgrades.
var kinds = []struct{ client, transports string }{
	{"modern", "websocket"},
	{"modern", "polling"},
	{"modern", "polling,websocket"},
	{"legacy", "websocket"},
	{"legacy", "xhr-polling"},
	{"1.0.6", "websocket"},
	{"1.0.6", "polling"},
	{"1.0.6", "polling,websocket"},
	{"1.7.4", "websocket"},
	{"1.7.4", "polling"},
	{"1.7.4", "polling,websocket"},
	{"2.5.0", "websocket"},
	{"2.5.0", "polling"},
	{"2.5.0", "polling,websocket"},
}

func TestNodeClientsChat(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.client+"/"+strings.ReplaceAll(k.transports, ",", "-then-"), func(t *testing.T) {
			t.Parallel()
			script(t, start(t, chatProgram), "chat.mjs", k.client, k.transports)
		})
	}
}

func TestNodeClientsProtocol(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.client+"/"+strings.ReplaceAll(k.transports, ",", "-then-"), func(t *testing.T) {
			t.Parallel()
			script(t, start(t, echoProgram), "echo.mjs", k.client, k.transports)
		})
	}
}

// TestNodeClientsMsgpack: the same with socket.io-msgpack-parser at both ends.
func TestNodeClientsMsgpack(t *testing.T) {
	t.Parallel()
	for _, transports := range []string{"websocket", "polling", "polling,websocket"} {
		t.Run(strings.ReplaceAll(transports, ",", "-then-"), func(t *testing.T) {
			t.Parallel()
			script(t, start(t, echoProgram, "-msgpack"), "echo.mjs", "msgpack", transports)
		})
	}
}

func TestPagesInChromium(t *testing.T) {
	t.Parallel()
	for name, transports := range map[string][2]string{
		"upgraded": {"", ""}, // the clients' own choice
		"polling":  {"polling", "xhr-polling"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script(t, start(t, chatProgram), "pages.mjs", transports[0], transports[1])
		})
	}
}
