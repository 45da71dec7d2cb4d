package transport

// Exchange is one HTTP request that waits for its answer. It is used on the
// session's loop, wherever its connection lives.
type Exchange interface {
	// Answer completes the request; contentType may be empty. body is copied.
	// It is called at most once; on a request whose peer is gone it does
	// nothing.
	Answer(status int, contentType string, body []byte)
	// Watch has g told when the peer goes away before the answer. It is
	// called before the request's handler returns.
	Watch(g Watcher)
}

// Watcher is told that the peer of an exchange went away unanswered.
type Watcher interface{ Gone(x Exchange) }

// The content types of the answers.
const (
	TextUTF8 = "text/plain; charset=UTF-8"
	HTML     = "text/html"
	JSON     = "application/json"
)

// Names of the transports, in URLs and statistics.
const (
	NamePolling   = "polling"
	NameWebSocket = "websocket"
	NameXHR       = "xhr-polling"
)
