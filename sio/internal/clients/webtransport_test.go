package clients

import "testing"

// TestWebTransportInChromium: the browser build of socket.io-client 4.8.4, which
// begins with the transport, and which changes to it from polling.
func TestWebTransportInChromium(t *testing.T) {
	t.Parallel()
	script(t, start(t, echoProgram, "-webtransport"), "webtransport.mjs")
}
