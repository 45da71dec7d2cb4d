package clients

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"

	"github.com/tornadio/tornadio/sio"
)

// strictConfig has the settings that the other profiles leave alone.
var strictConfig = sio.Config{
	DisableEIO3: true, HTTPCompression: 100, ClientFiles: clientDist,
	CORS: &sio.CORS{Origin: "https://good.example", Methods: []string{"GET", "POST"}, AllowedHeaders: []string{"x-a", "x-b"},
		Credentials: true, MaxAge: -1, OptionsSuccessStatus: 200},
	Cookie: &sio.Cookie{Name: "s", Domain: "example.com", SameSite: http.SameSiteStrictMode, Secure: true, Partitioned: true},
	GenerateID: func(r *http.Request) (string, error) {
		switch id := r.URL.Query().Get("id"); id {
		case "throws":
			return "", errors.New("no id")
		case "":
			return fmt.Sprintf("id%018d", rand.Uint64N(1e18)), nil
		default:
			return id, nil
		}
	},
}

const (
	df = "Accept-Encoding: deflate\r\n"
	br = "Accept-Encoding: br\r\n"
)

// The reasons.
var (
	onlyRead = differences{
		"status": "the reference sends a file whatever the method is",
		"body":   "as the status", "Content-Type": "as the status", "Cache-Control": "as the status", "Etag": "as the status",
		"Allow": "as the status", "X-Content-Type-Options": "as the status",
	}
	lateRefusal = merge(lateAnswer, differences{
		"Access-Control-Allow-Origin": "as the status", "Access-Control-Allow-Credentials": "as the status", "Vary": "as the status",
	})
)

func merge(a, b differences) differences {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

var strictCases = []exchange{
	one("cookie", "GET", sio4+"polling", "").but(attributes),
	one("cookie, websocket", "GET", sio4+"websocket", upgrade),
	one("good", "GET", sio4+"polling", good).but(attributes),
	one("evil", "GET", sio4+"polling", evil).but(attributes),
	one("preflight, good", "OPTIONS", sio4+"polling", good+wants),
	one("preflight, evil", "OPTIONS", sio4+"polling", evil+wants),
	one("preflight of a session that is not", "OPTIONS", sio4+"polling&sid=none", good+wants),
	one("preflight outside of Socket.IO", "OPTIONS", "/other", good+wants).but(ownRoute),
	one("no id", "GET", sio4+"polling&id=throws", good),
	one("no id, websocket", "GET", sio4+"websocket&id=throws", upgrade).but(lateRefusal),
	one("own id", "GET", sio4+"polling&id=abc", "").but(attributes),
	{"compressed from 100 on", []ask{
		{method: "GET", target: sio4 + "polling", differs: attributes},
		{method: "POST", target: sio4 + "polling&sid={sid}", body: "40"},
		{method: "GET", target: sio4 + "polling&sid={sid}"},
		{method: "POST", target: sio4 + "polling&sid={sid}", body: `42["big",91]`},
		{method: "GET", target: sio4 + "polling&sid={sid}", fields: gz},
		{method: "POST", target: sio4 + "polling&sid={sid}", body: `42["big",92]`},
		{method: "GET", target: sio4 + "polling&sid={sid}", fields: gz},
		{method: "POST", target: sio4 + "polling&sid={sid}", body: `42["big",192]`},
		{method: "GET", target: sio4 + "polling&sid={sid}", fields: br},
		{method: "POST", target: sio4 + "polling&sid={sid}", body: `42["big",192]`},
		{method: "GET", target: sio4 + "polling&sid={sid}", fields: df},
		{method: "POST", target: sio4 + "polling&sid={sid}", body: `42["big",192]`},
		{method: "GET", target: sio4 + "polling&sid={sid}", fields: "Accept-Encoding: gzip;q=0\r\n"},
		{method: "POST", target: sio4 + "polling&sid={sid}", body: `42["big",192]`},
		{method: "GET", target: sio4 + "polling&sid={sid}", fields: "Accept-Encoding: gzip;q=0.1, deflate;q=0.9\r\n"},
		{method: "POST", target: sio4 + "polling&sid={sid}", body: `42["big",192]`},
		{method: "GET", target: sio4 + "polling&sid={sid}", fields: "Accept-Encoding: *\r\n"},
	}},
	one("HEAD of a client", "HEAD", "/socket.io/socket.io.js", "").but(ofContent),
	one("POST of a client", "POST", "/socket.io/socket.io.js", "").but(onlyRead),
	one("client by deflate", "GET", "/socket.io/socket.io.js", df).but(ofContent),
	one("client by br", "GET", "/socket.io/socket.io.min.js", br).but(ofContent),
	one("client with ETag of another", "GET", "/socket.io/socket.io.js", "If-None-Match: \"x\"\r\n").but(ofContent),
	one("client beside", "GET", "/socket.io/socket.io.js/", ""),
	one("client escaped", "GET", "/socket.io/%73ocket.io.js", ""),
	one("client of a folder", "GET", "/socket.io/a/socket.io.js", ""),
	one("client of elsewhere", "GET", "/socket.io/../socket.io.js", ""),
	one("package.json", "GET", "/socket.io/package.json", ""),
}

var continuingCases = []exchange{
	one("good", "GET", sio4+"polling", good),
	one("no origin", "GET", sio4+"polling", ""),
	one("preflight", "OPTIONS", sio4+"polling", good+wants),
	one("preflight of no transport", "OPTIONS", "/socket.io/", good+wants),
}

var continuingConfig = sio.Config{CORS: &sio.CORS{Reflect: true, PreflightContinue: true}, ClientFiles: clientDist}
