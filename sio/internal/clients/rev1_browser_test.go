package clients

import "testing"

// The transports that the browser builds of 0.7 to 0.9 have in Chromium.
// flashsocket needs Flash; its bytes are tested in sio/internal/hostile.
var browserTransports = []string{"websocket", "htmlfile", "xhr-polling", "jsonp-polling"}

// TestBrowser09: the browser builds of 0.7.11, 0.8.7 and 0.9.17 in Chromium, as
// they were released. For htmlfile a hidden frame stands in for Internet
// Explorer's ActiveX object, see scripts/rev1/htmlfile.js.
func TestBrowser09(t *testing.T) {
	t.Parallel()
	browsers09(t)
}

// browsers09 runs all versions, each in a browser of its own.
func browsers09(t *testing.T, serverArgs ...string) {
	for _, version := range []string{"0.9", "0.8", "0.7"} {
		args := serverArgs
		if version == "0.7" { // takes a transport for lost no sooner
			args = append([]string{"-timeout", "20s"}, args...)
		}
		m := &matrix{p: startRev1(t, args...), script: []string{"scripts/rev1/browser.mjs"}, browser: true}
		m.run(t, []string{version}, browserTransports)
	}
}
