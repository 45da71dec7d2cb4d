package transport

import (
	"errors"
	"unicode/utf8"
)

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

// Packer is an exchange that compresses its answer where that pays.
type Packer interface {
	// Plain has it sent as it is. It is called before Answer.
	Plain()
}

// Watcher is told that the peer of an exchange went away unanswered.
type Watcher interface{ Gone(x Exchange) }

// The content types of the answers.
const (
	TextUTF8 = "text/plain; charset=UTF-8"
	HTML     = "text/html"
	HTMLUTF8 = "text/html; charset=UTF-8"
	JSON     = "application/json"
	Bytes    = "application/octet-stream"

	// Script is the type of a script that a poll is answered with, and
	// HandshakeScript of one that answers a handshake.
	Script          = "text/javascript; charset=UTF-8"
	HandshakeScript = "application/javascript"
)

// Names of the transports, in URLs and statistics.
const (
	NamePolling      = "polling"
	NameWebSocket    = "websocket"
	NameWebTransport = "webtransport"
	NameFlashSocket  = "flashsocket"
	NameHTMLFile     = "htmlfile"
	NameXHR          = "xhr-polling"
	NameJSONP        = "jsonp-polling"
)

var (
	errText         = errors.New("transport: body is not UTF-8")
	errBehindStream = errors.New("transport: too much input behind an unanswered request")
)

// checkText refuses a body that is not UTF-8: what a handler passes on of it
// would close the websockets of others (RFC 6455, 8.1).
func checkText(body []byte) error {
	if !utf8.Valid(body) {
		return errText
	}
	return nil
}
