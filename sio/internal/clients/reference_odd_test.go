package clients

// The reasons.
var (
	ownWords = differences{
		"body": "the words of the package ws", "Content-Length": "as the body", "Content-Type": "as the body",
	}
	ownText = differences{"body": ownWords["body"], "Content-Length": "as the body"}
	noCtl   = differences{"body": "the reference says nothing", "Content-Type": "as the body"}
	rfc426  = differences{
		"status": "RFC 6455 4.4 has 426 for it", "body": "as the status", "Content-Length": "as the status", "Content-Type": "as the status",
		"Upgrade": "as the status", "Sec-Websocket-Version": "hybi 7 is served, too",
	}
	noNoop = differences{"body": "a noop in front of the close tells clients nothing", "Content-Length": "as the body"}
	atOnce = differences{"body": "joining takes no time here, so that what follows in the same body finds the namespace", "Content-Length": "as the body"}
	first  = differences{
		"status": "the first value counts", "body": "as the status", "Content-Type": "as the status",
	}
	strict = differences{
		"status": "a packet that has no place on polling ends the session; the reference ignores it", "body": "as the status",
		"Content-Type": "as the status", "Content-Length": "as the status",
	}
	noNumber = differences{
		"status": "without a number there is no function that the answer could call", "body": "as the status",
		"Content-Type": "as the status", "Content-Length": "as the status",
	}
	plainName = differences{
		"status": "clients write the name as it is", "body": "as the status", "Content-Type": "as the status", "Content-Length": "as the status",
	}
)

// oddCases are requests that no client makes, and that servers tell apart.
var oddCases = []exchange{
	one("no key", "GET", sio4+"websocket", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n").but(ownWords),
	one("short key", "GET", sio4+"websocket", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: abc\r\n").but(ownWords),
	one("version 12", "GET", sio4+"websocket", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n").but(rfc426),
	one("version 8", "GET", sio4+"websocket", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
	one("upgrade to something else", "GET", sio4+"polling", "Upgrade: h2c\r\nConnection: Upgrade\r\n").but(ownText),
	one("upgrade in capitals", "GET", sio4+"websocket", "Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
	one("upgrade by POST", "POST", sio4+"websocket", upgrade),
	one("upgrade field alone", "GET", sio4+"polling", "Upgrade: websocket\r\n"),
	one("revision twice", "GET", "/socket.io/?EIO=4&EIO=3&transport=polling", "").but(first),
	one("transport twice", "GET", sio4+"polling&transport=websocket", "").but(first),
	one("transport escaped", "GET", sio4+"pollin%67", "").but(plainName),
	one("transport in capitals", "GET", sio4+"POLLING", ""),
	one("session twice", "GET", sio4+"polling&sid=a&sid=b", ""),
	one("session with a NUL", "GET", sio4+"polling&sid=a%00b", ""),
	one("revision with a space", "GET", "/socket.io/?EIO=+4&transport=polling", ""),
	one("revision 04", "GET", "/socket.io/?EIO=04&transport=polling", ""),
	one("no query", "GET", "/socket.io/", ""),
	one("JSONP with no number", "GET", sio4+"polling&j=abc", "").but(noNumber),
	one("JSONP", "GET", sio4+"polling&j=12", ""),
	one("JSONP with script", "GET", sio4+"polling&j=1);alert(1", ""),
	one("b64", "GET", sio4+"polling&b64=1", ""),
	one("bad origin", "GET", sio4+"polling", "Origin: https://a\x01b\r\n").but(noCtl),
	one("bad origin, websocket", "GET", sio4+"websocket", "Origin: https://a\xffb\r\n"+upgrade),
	one("PATCH", "PATCH", sio4+"polling", ""),
	one("HEAD", "HEAD", sio4+"polling", ""),
	in("HEAD of a session", ask{method: "HEAD", target: sio4 + "polling&sid={sid}"}),
	in("empty POST", ask{method: "POST", target: sio4 + "polling&sid={sid}"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}),
	in("ping by the client", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "2"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}),
	in("pong unasked", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "3\x1e40"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}),
	in("noop by the client", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "6\x1e40"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}),
	in("upgrade packet by POST", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "5\x1e40"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}).but(strict),
	in("close, then more", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "40\x1e1\x1e42[\"big\",1]"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}),
	in("good, then unreadable", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "40\x1ex"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}),
	in("refused namespace", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "40/none,"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}),
	in("binary in text", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "bAQID"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}).but(noNoop),
	in("event before joining", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "42[\"big\",1]"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}).but(noNoop),
	in("joined twice", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "40\x1e40"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}).but(atOnce),
	in("auth that is no object", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "40[1]"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}).but(noNoop),
	in("auth null", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "40null"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}).but(noNoop),
	in("namespace with a query", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "40/?a=b,"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}),
	in("left and joined again", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "40\x1e41\x1e40"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}).but(atOnce),
	in("answer to nothing", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "40\x1e4399[1]\x1e42[\"none\"]"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}).but(atOnce),
	in("an event whose name is a number", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "40\x1e42[7,1]"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}).but(atOnce),
	in("an id above 2^53", ask{method: "POST", target: sio4 + "polling&sid={sid}", body: "40\x1e4299999999999999999[\"none\"]"}, ask{method: "GET", target: sio4 + "polling&sid={sid}"}).but(atOnce),
	in("websocket of an unknown session", ask{method: "GET", target: sio4 + "websocket&sid={sid}x", fields: upgrade}),
	in("poll with a body", ask{method: "GET", target: sio4 + "polling&sid={sid}x", fields: "Content-Length: 0\r\n"}),
}
