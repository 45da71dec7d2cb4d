package clients

import "testing"

// TestJSONPInChromium: the browser builds that have JSONP; later ones don't.
func TestJSONPInChromium(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.0.6", "1.7.4", "2.5.0", "3.1.3", "4.0.0"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			script(t, start(t, echoProgram), "jsonp.mjs", version)
		})
	}
}
