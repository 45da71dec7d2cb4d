package clients

import "testing"

var nodeTransports = []string{"websocket", "xhr-polling"}

// TestNode09: the clients 0.7.11, 0.8.7 and 0.9.17 in Node, over the transports
// that they have there.
//
// 0.7.11 and 0.8.7 ask for things that Node has lost since 2011. They get them
// from scripts/rev1/old-node.cjs, loaded before them; the packages and their
// websocket, websocket-client 1.0.0 with hixie-76, are what was released.
func TestNode09(t *testing.T) {
	t.Parallel()
	old := []string{"--no-deprecation", "--require", "./scripts/rev1/old-node.cjs", "scripts/rev1/node.mjs"}
	(&matrix{p: startRev1(t, "-timeout", "20s"), script: old}).run(t, []string{"0.7", "0.8"}, nodeTransports)
	(&matrix{p: startRev1(t), script: []string{"scripts/rev1/node.mjs"}}).run(t, []string{"0.9"}, nodeTransports)
}
