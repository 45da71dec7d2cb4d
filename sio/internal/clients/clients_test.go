package clients

import (
	"strings"
	"testing"
)

// The real clients, each over each of its transports. The order of a list is
// the client's own: "polling,websocket" starts with polling and upgrades.
var (
	versions   = []string{"1.0.6", "1.7.4", "2.5.0", "3.1.3", "4.0.0", "modern"}
	transports = []string{"websocket", "polling", "polling,websocket"}
)

// eachKind runs a subtest for each client and transport, side by side.
func eachKind(t *testing.T, versions, transports []string, f func(t *testing.T, version, transports string)) {
	t.Parallel()
	for _, v := range versions {
		for _, list := range transports {
			t.Run(v+"/"+strings.ReplaceAll(list, ",", "-then-"), func(t *testing.T) {
				t.Parallel()
				f(t, v, list)
			})
		}
	}
}

// TestNodeClientsChat: the chat example, with a restart and a crash of its
// server.
func TestNodeClientsChat(t *testing.T) {
	eachKind(t, versions, transports, func(t *testing.T, version, transports string) {
		script(t, start(t, chatProgram), "chat.mjs", version, transports)
	})
}

// TestNodeClientsProtocol: the protocol's corners.
func TestNodeClientsProtocol(t *testing.T) {
	eachKind(t, versions, transports, func(t *testing.T, version, transports string) {
		script(t, start(t, echoProgram), "echo.mjs", version, transports)
	})
}

// TestNodeClientsDeflate: the same with permessage-deflate, which the clients
// offer by themselves; the bytes on the wire say whether it was used.
func TestNodeClientsDeflate(t *testing.T) {
	eachKind(t, versions, []string{"websocket", "polling,websocket"}, func(t *testing.T, version, transports string) {
		script(t, start(t, echoProgram, "-deflate"), "echo.mjs", version, transports, "deflate")
	})
}

// TestNodeClientsMsgpack: the same with socket.io-msgpack-parser at both ends,
// which clients take since 2.0.
func TestNodeClientsMsgpack(t *testing.T) {
	eachKind(t, []string{"2.5.0+msgpack", "3.1.3+msgpack", "4.0.0+msgpack", "modern+msgpack"}, transports, func(t *testing.T, version, transports string) {
		script(t, start(t, echoProgram, "-msgpack", "-deflate"), "echo.mjs", version, transports)
	})
}

// Clients 0.9 have a test of each kind of their own.
func TestNodeClientsLegacy(t *testing.T) {
	eachKind(t, []string{"legacy"}, []string{"websocket", "xhr-polling"}, func(t *testing.T, version, transports string) {
		for program, name := range map[string]string{chatProgram: "chat.mjs", echoProgram: "echo.mjs"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				script(t, start(t, program), name, version, transports)
			})
		}
	})
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
