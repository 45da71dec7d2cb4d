package sio

import (
	"regexp"
	"time"
)

// CORS says which pages of other origins may read the answers of Socket.IO's
// requests, and of the client files. It has the options of the npm package
// cors, which Node's servers use, and answers the same bytes. The zero value
// lets every page in, without credentials.
//
// Clients of 0.7 to 0.9 always send credentials and know no preflights: their
// pages are answered with their own origin and with leave to send credentials,
// as in Node's server 0.9. An origin that CORS does not let in gets 403
// "handshake bad origin" there, on a websocket's handshake too; so does a
// request that has neither Origin nor Referer. A websocket of 3.x and 4.x is
// not bound by CORS, in browsers neither: see [Config.AllowRequest].
type CORS struct {
	// Origin is answered to every request, whatever its origin is. Zero, or
	// "*": every origin.
	Origin string
	// Origins lists origins that are let in, e.g. "https://example.com". Each
	// is answered with its own name.
	Origins []string
	// Patterns let in the origins that one of them matches.
	Patterns []*regexp.Regexp
	// Reflect lets every origin in and answers it with its own name, as
	// browsers demand it where Credentials is set.
	Reflect bool
	// OriginFunc decides, with "" for a request without Origin. False leaves
	// the answer without any field of CORS, an error refuses the request with
	// code 3, "Bad request". It runs on the loop and must not block; requests
	// of several loops call it at the same time.
	OriginFunc func(origin string) (bool, error)

	// Methods are announced to preflights. Nil: GET, HEAD, PUT, PATCH, POST
	// and DELETE.
	Methods []string
	// AllowedHeaders are the fields that requests may have. Nil: those that
	// the preflight asks for.
	AllowedHeaders []string
	// ExposedHeaders are the fields of answers that pages may read besides the
	// usual ones. Nil: none.
	ExposedHeaders []string
	// Credentials lets pages send cookies and the like.
	Credentials bool
	// MaxAge is how long a browser may remember the answer to a preflight; it
	// is sent in whole seconds. Zero: nothing is sent. Negative: 0 is sent.
	MaxAge time.Duration
	// PreflightContinue leaves the answer to a preflight to what comes next:
	// a middleware or, without one, the refusal with code 2.
	PreflightContinue bool
	// OptionsSuccessStatus is the status of a preflight's answer. Zero: 204.
	OptionsSuccessStatus int
}
