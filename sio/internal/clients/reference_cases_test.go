package clients

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/tornadio/tornadio/sio"
)

const (
	sio4    = "/socket.io/?EIO=4&transport="
	sio3    = "/socket.io/?EIO=3&transport="
	upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	good  = "Origin: https://good.example\r\n"
	evil  = "Origin: https://evil.example\r\n"
	wants = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-a, content-type\r\n"
	ie    = "User-Agent: Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko\r\n"
	gz    = "Accept-Encoding: gzip, deflate, br\r\n"
)

// one is a case of a single request.
func one(name, method, target, fields string) exchange {
	return exchange{name, []ask{{method: method, target: target, fields: fields}}}
}

// in is a case with a session: each request as a method and what follows.
func in(name string, asks ...ask) exchange {
	return exchange{name, append([]ask{{method: "GET", target: sio4 + "polling"}}, asks...)}
}

// in3 is in for revision 3; query goes with the first request alone.
func in3(name, query string, asks ...ask) exchange {
	return exchange{name, append([]ask{{method: "GET", target: sio3 + "polling" + query, differs: joined}}, asks...)}
}

// but says in what the last answer of a case differs.
func (c exchange) but(d differences) exchange {
	c.asks[len(c.asks)-1].differs = d
	return c
}

// The reasons.
var (
	ofContent = differences{
		"Etag": "ours is of the content: which version an fs.FS holds nobody knows",
		"Vary": "what is cached by others depends on the client's codings",
	}
	ownRoute   = differences{"body": "not ours to say", "Content-Length": "as the body", "Content-Type": "as the body", "X-Content-Type-Options": "as the body"}
	lateAnswer = differences{
		"status": "the reference accepts the websocket first, and writes the refusal as text into it",
		"body":   "as the status", "close": "as the status", "Content-Type": "as the status",
		"Sec-Websocket-Accept": "as the status", "Upgrade": "as the status",
	}
	joined = differences{
		"body":           "the default namespace of revision 3 is joined in the first body, as by servers 2.x without middlewares",
		"Content-Length": "as the body",
	}
	attributes = differences{"Set-Cookie": "the attributes are in net/http's order"}
	tooLong    = differences{"close": "the body is not read, so that nothing can follow it"}
	lenient    = differences{
		"status": "engine.io 6.6.12 refuses a request whose EIO is not its session's; 6.6.9, and we, look at the session alone",
		"body":   "as the status", "Content-Type": "as the status",
	}
)

type referenceProfile struct {
	name   string
	config sio.Config
	cases  []exchange
}

var referenceProfiles = []referenceProfile{
	{"plain", sio.Config{ClientFiles: clientDist, DisableEIO3: true}, plainCases},
	{"options", optionsConfig, optionsCases},
	{"classic", sio.Config{ClientFiles: clientDist, AllowRequest: referenceAllow}, classicCases},
	{"bare", bareConfig, bareCases},
	{"refusing", refusingConfig, refusingCases},
	{"strict", strictConfig, strictCases},
	{"continuing", continuingConfig, continuingCases},
	{"plain", sio.Config{ClientFiles: clientDist, DisableEIO3: true}, oddCases}, // which no client makes,
}

var plainCases = []exchange{
	one("polling", "GET", sio4+"polling", ""),
	one("websocket", "GET", sio4+"websocket", upgrade),
	one("a page of another origin", "GET", sio4+"polling", good),
	one("Internet Explorer", "GET", sio4+"polling", ie),
	one("no transport", "GET", "/socket.io/?EIO=4", ""),
	one("unknown transport", "GET", sio4+"tobi", ""),
	one("unknown transport, websocket", "GET", sio4+"tobi", upgrade),
	one("name of an object's method", "GET", sio4+"constructor", ""),
	one("webtransport", "GET", sio4+"webtransport", ""),
	one("unknown session", "GET", sio4+"polling&sid=none", ""),
	one("unknown session, websocket", "GET", sio4+"websocket&sid=none", upgrade),
	one("session of an object's method", "GET", sio4+"polling&sid=toString", ""),
	one("empty session", "GET", sio4+"polling&sid=", ""),
	one("POST", "POST", sio4+"polling", ""),
	one("OPTIONS", "OPTIONS", sio4+"polling", ""),
	one("DELETE", "DELETE", sio4+"polling", ""),
	one("plain websocket", "GET", sio4+"websocket", ""),
	one("revision 3", "GET", sio3+"polling", ""),
	one("revision 3, websocket", "GET", sio3+"websocket", upgrade).but(lateAnswer),
	one("no revision", "GET", "/socket.io/?transport=polling", ""),
	one("revision 5", "GET", "/socket.io/?EIO=5&transport=polling", ""),
	one("transport before session", "GET", sio4+"tobi&sid=none", ""),
	one("session before method", "PUT", sio4+"polling&sid=none", ""),
	one("method before plain websocket", "PUT", sio4+"websocket", ""),
	one("method before revision", "PUT", sio3+"polling", ""),
	one("plain websocket before revision", "GET", sio3+"websocket", ""),
	one("below the path", "GET", "/socket.io/any/thing?EIO=4&transport=tobi", ""),
	one("beside the path", "GET", "/socket.iox/?EIO=4&transport=polling", "").but(ownRoute),
	in("posts and polls", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "40"},
		ask{method: "GET", target: sio4 + "polling&sid={sid}"},
		ask{method: "POST", target: sio4 + "polling&sid={sid}", fields: ie, body: "42[\"big\",1500]"},
		ask{method: "GET", target: sio4 + "polling&sid={sid}", fields: gz},
		ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "42[\"big\",900]"},
		ask{method: "GET", target: sio4 + "polling&sid={sid}", fields: gz}),
	in("transport differs", ask{method: "GET", target: sio4 + "websocket&sid={sid}"}),
	in("revision differs", ask{method: "PUT", target: sio3 + "polling&sid={sid}", differs: lenient}),
	in("other methods", ask{method: "PUT", target: sio4 + "polling&sid={sid}"}),
	in("binary content", ask{method: "POST", target: sio4 + "polling&sid={sid}", fields: "Content-Type: application/octet-stream\r\n", body: "40"},
		ask{method: "GET", target: sio4 + "polling&sid={sid}"}),
	in("packets that can't be read", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "x"},
		ask{method: "GET", target: sio4 + "polling&sid={sid}"}),
	in("closed by the client", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "1"},
		ask{method: "GET", target: sio4 + "polling&sid={sid}"}),
	one("client", "GET", "/socket.io/socket.io.js", "").but(ofContent),
	one("client, minimal", "GET", "/socket.io/socket.io.min.js?v=4.8.1", "").but(ofContent),
	one("client, module", "GET", "/socket.io/socket.io.esm.min.js", "").but(ofContent),
	one("client, msgpack", "GET", "/socket.io/socket.io.msgpack.min.js", "").but(ofContent),
	one("client, map", "GET", "/socket.io/socket.io.js.map", gz).but(ofContent),
	one("client that does not exist", "GET", "/socket.io/socket.io.mid.js", ""),
}

const (
	poll3  = sio3 + "polling&sid={sid}"
	octets = "Content-Type: application/octet-stream\r\n"
)

// alreadyTold: the reference sends "40" with the second answer.
var alreadyTold = differences{"body": joined["body"], "Content-Length": "as the body"}

// classicCases are those of revision 3, where the reference is told to allow it.
var classicCases = []exchange{
	one("no revision", "GET", "/socket.io/?transport=polling", "").but(joined),
	one("revision 2", "GET", "/socket.io/?EIO=2&transport=polling", "").but(joined),
	one("revision 5", "GET", "/socket.io/?EIO=5&transport=polling", "").but(joined),
	one("websocket", "GET", sio3+"websocket", upgrade),
	one("unknown transport", "GET", sio3+"tobi", ""),
	one("unknown transport, websocket", "GET", sio3+"tobi", upgrade),
	one("no transport", "GET", "/socket.io/?EIO=3", ""),
	one("unknown session", "GET", sio3+"polling&sid=none", ""),
	one("unknown session, websocket", "GET", sio3+"websocket&sid=none", upgrade),
	one("unknown session, JSONP", "GET", sio3+"polling&sid=none&j=1", ""),
	one("POST", "POST", sio3+"polling", ""),
	one("PUT", "PUT", sio3+"polling", ""),
	one("plain websocket", "GET", sio3+"websocket", ""),
	one("banned", "GET", sio3+"polling&who=banned", ""),
	one("banned, JSONP", "GET", sio3+"polling&who=banned&j=1", ""),
	one("banned, websocket", "GET", sio3+"websocket&who=banned", upgrade),
	one("transport before session", "PUT", sio3+"tobi&sid=none&who=banned", ""),
	one("session before method", "PUT", sio3+"polling&sid=none&who=banned", ""),
	one("method before plain websocket", "PUT", sio3+"websocket&who=banned", ""),
	one("plain websocket before the application", "GET", sio3+"websocket&who=banned", ""),
	in3("transport differs", "", ask{method: "PUT", target: sio3 + "websocket&sid={sid}"}),
	in3("transport differs, who is banned", "", ask{method: "GET", target: sio3 + "websocket&sid={sid}&who=banned"}),
	in3("session of one who would be banned", "", ask{method: "POST", target: poll3 + "&who=banned", body: "2:2x"}),
	in3("other methods", "", ask{method: "DELETE", target: poll3}),
	in3("ping", "", ask{method: "POST", target: poll3, body: "1:2"}, ask{method: "GET", target: poll3, differs: alreadyTold}),
	in3("packet that can't be read", "", ask{method: "POST", target: poll3, body: "x"}, ask{method: "GET", target: poll3}),
	in3("length beyond the end", "", ask{method: "POST", target: poll3, body: "9:2"}, ask{method: "GET", target: poll3}),
	in3("closed by the client", "", ask{method: "POST", target: poll3, body: "1:1"}, ask{method: "GET", target: poll3}),
	in3("bytes", "", ask{method: "POST", target: poll3, fields: octets, body: "\x00\x01\xff2"}, ask{method: "GET", target: poll3, differs: alreadyTold}),
	in3("bytes that can't be read", "", ask{method: "POST", target: poll3, fields: octets, body: "\x07"}, ask{method: "GET", target: poll3}),
	in3("JSONP", "&j=4&b64=1", ask{method: "POST", target: poll3 + "&j=9", fields: "Content-Type: application/x-www-form-urlencoded\r\n", body: "d=1%3A2"},
		ask{method: "GET", target: poll3 + "&j=9", differs: alreadyTold}),
	in3("JSONP without d", "&j=4&b64=1", ask{method: "POST", target: poll3, body: "x=1"}),
}

func referenceAllow(r *http.Request) error {
	switch r.URL.Query().Get("who") {
	case "banned":
		return errors.New(`no "entry" <here>`)
	case "silent":
		return errors.New("")
	}
	return nil
}

// breaks is a middleware that sets a field, or fails.
func breaks(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("who") != "broken" {
			w.Header().Set("X-Frame-Options", "DENY")
			next.ServeHTTP(w, r)
		}
	})
}

var optionsConfig = sio.Config{
	ClientFiles: clientDist,
	CORS: &sio.CORS{Origins: []string{"https://good.example"}, Patterns: []*regexp.Regexp{regexp.MustCompile(`\.fine\.example$`)},
		Credentials: true, ExposedHeaders: []string{"x-one", "x-two"}, MaxAge: 600e9},
	Cookie: &sio.Cookie{}, InitialPacket: "hello é", AllowRequest: referenceAllow,
	Middleware:     []func(http.Handler) http.Handler{breaks},
	InitialHeaders: func(h http.Header, _ *http.Request) { h.Set("x-first", "1") },
	Headers:        func(h http.Header, r *http.Request) { h.Set("x-all", r.Method) },
}

var optionsCases = []exchange{
	one("polling", "GET", sio4+"polling", ""),
	one("polling, good", "GET", sio4+"polling", good),
	one("polling, evil", "GET", sio4+"polling", evil),
	one("polling, by pattern", "GET", sio4+"polling", "Origin: https://a.fine.example\r\n"),
	one("websocket, good", "GET", sio4+"websocket", good+upgrade),
	one("preflight, good", "OPTIONS", sio4+"polling", good+wants),
	one("preflight, evil", "OPTIONS", sio4+"polling", evil+wants),
	one("preflight of nothing", "OPTIONS", "/socket.io/", ""),
	one("refusal, good", "GET", sio4+"tobi", good),
	one("middleware", "GET", sio4+"tobi&who=broken", good),
	one("middleware, websocket", "GET", sio4+"websocket&who=broken", upgrade),
	one("banned", "GET", sio4+"polling&who=banned", ""),
	one("banned, no words", "GET", sio4+"polling&who=silent", ""),
	one("banned, websocket", "GET", sio4+"websocket&who=banned", upgrade),
	one("banned, websocket, no words", "GET", sio4+"websocket&who=silent", upgrade),
	one("banned after the method", "PUT", sio4+"polling&who=banned", ""),
	one("banned before revision", "GET", "/socket.io/?EIO=2&transport=polling&who=banned", ""),
	one("revision 3", "GET", sio3+"polling", "").but(joined),
	one("revision 3, JSONP", "GET", sio3+"polling&j=7&b64=1", "").but(joined),
	in("session", ask{method: "POST", target: sio4 + "polling&sid={sid}", fields: good, body: "40"},
		ask{method: "GET", target: sio4 + "polling&sid={sid}", fields: good}),
	one("client, good", "GET", "/socket.io/socket.io.js", good).but(ofContent),
	one("client, preflight", "OPTIONS", "/socket.io/socket.io.js", good+wants),
}

var bareConfig = sio.Config{
	NoTrailingSlash: true, NoUpgrades: true, Transports: []string{"polling"}, NoClientFiles: true, HTTPCompression: -1,
	CORS: &sio.CORS{Origin: "*"}, MaxMessage: 100, DisableEIO3: true,
	Cookie: &sio.Cookie{Name: "lb", Path: "/x", Readable: true, Secure: true, SameSite: http.SameSiteNoneMode, MaxAge: 90e9},
}

var bareCases = []exchange{
	one("slash", "GET", sio4+"polling", "").but(attributes),
	one("no slash", "GET", "/socket.io?EIO=4&transport=polling", good).but(attributes),
	one("prefix", "GET", "/socket.iox?EIO=4&transport=polling", "").but(attributes),
	one("websocket off", "GET", sio4+"websocket", ""),
	one("preflight", "OPTIONS", sio4+"polling", good+wants),
	one("no client", "GET", "/socket.io/socket.io.js", ""),
	// The cookie of the session that it needs differs, too.
	{"body at the limit", []ask{{method: "GET", target: sio4 + "polling", differs: attributes}, {method: "POST", target: sio4 + "polling&sid={sid}", body: "40{\"a\":\"" + xs(90) + "\"}"},
		{method: "POST", target: sio4 + "polling&sid={sid}", body: "40{\"a\":\"" + xs(91) + "\"}", differs: tooLong}}},
}

var refusingConfig = sio.Config{DisableEIO3: true, ClientFiles: clientDist, CORS: &sio.CORS{OriginFunc: func(origin string) (bool, error) {
	if origin == "https://evil.example" {
		return false, errors.New("no")
	}
	return origin == "https://good.example", nil
}}}

var refusingCases = []exchange{
	one("good", "GET", sio4+"polling", good),
	one("evil", "GET", sio4+"polling", evil),
	one("evil, websocket", "GET", sio4+"websocket", evil+upgrade),
	one("not let in", "GET", sio4+"polling", "Origin: https://other.example\r\n"),
	one("preflight, good", "OPTIONS", sio4+"polling", good+wants),
	one("preflight, not let in", "OPTIONS", sio4+"polling", "Origin: https://other.example\r\n"),
}

func xs(n int) string { return strings.Repeat("x", n) }
