// Package wire is the page of the examples transports and transports-tls: one
// chooses a client's version and its transport, talks to the server, and sees
// what goes over the wire.
package wire

import (
	"embed"
	"net/http"

	"github.com/tornadio/tornadio/examples/internal/site"
)

//go:embed page
var files embed.FS

// way is a transport as the page offers it.
type way struct {
	Name  string // the last part of the page's path
	Label string
	About string
	Off   bool // no browser of today has it
}

// What clients of each age have. The first one is shown when a version is
// chosen that lacks the transport of the version before it.
var (
	ofRevision1 = []way{
		{Name: "websocket", Label: "websocket", About: "One connection, a frame a packet, both ways."},
		{Name: "htmlfile", Label: "htmlfile (shim)", About: "Internet Explorer's endless page of script tags; packets go up by POST. Today's browsers lack the ActiveXObject that it needs: this page stands in for it with a hidden frame (htmlfile.js)."},
		{Name: "xhr-polling", Label: "xhr-polling", About: "The server holds a GET until it has something to say; packets go up by POST."},
		{Name: "jsonp-polling", Label: "jsonp-polling", About: "Polls are script tags, packets go up by a form in a hidden frame: what reached other origins before CORS."},
		{Name: "flashsocket", Label: "flashsocket", About: "Needs Flash, which browsers no longer have. The server answers it, and gives Flash its policy on its own port (not with TLS).", Off: true},
	}
	upgrade = way{Name: "upgrade", Label: "upgrade", About: "The client's own way: it begins with polling, probes a websocket and moves there."}
	ofJSONP = []way{
		upgrade,
		{Name: "websocket", Label: "websocket", About: "A websocket from the first byte on."},
		{Name: "polling", Label: "polling", About: "The server holds a GET until it has something to say; packets go up by POST."},
		{Name: "polling-jsonp", Label: "polling, JSONP", About: "Polls are script tags, packets go up by a form in a hidden frame."},
	}
	ofToday = ofJSONP[:3] // engine.io-client 6, of 4.3, has JSONP no more
)

func ways(version string) []way {
	switch version[0] {
	case '0':
		return ofRevision1
	case '4':
		return ofToday
	}
	return ofJSONP
}

// view is what the page shows for one client and one transport.
type view struct {
	Title   string
	Version string
	Way     way
	Ways    []way
	Clients []link
}

// link leads to the same page with another client.
type link struct{ Version, Path string }

// Generation is how the stylesheet and the scripts tell the ages apart.
func (v view) Generation() string {
	switch v.Version[0] {
	case '0':
		return "0.x"
	case '1', '2':
		return "1.x/2.x"
	}
	return "4.x"
}

// Site serves the page at "/" for today's client, and at /VERSION/TRANSPORT for
// each client with each of its transports.
func Site(title string) http.Handler {
	s := site.New(files)
	for _, version := range site.Versions() {
		for _, w := range ways(version) {
			if !w.Off {
				s.Page("/"+version+"/"+w.Name, "wire.html", newView(title, version, w))
			}
		}
	}
	s.Page("/{$}", "wire.html", newView(title, "4.8.4", upgrade))
	return s
}

func newView(title, version string, w way) view {
	v := view{Title: title, Version: version, Way: w, Ways: ways(version)}
	for _, other := range site.Versions() {
		v.Clients = append(v.Clients, link{other, "/" + other + "/" + sameWay(other, w.Name)})
	}
	return v
}

// sameWay is the transport's name if that version has it.
func sameWay(version, name string) string {
	for _, w := range ways(version) {
		if w.Name == name {
			return name
		}
	}
	return ways(version)[0].Name
}
