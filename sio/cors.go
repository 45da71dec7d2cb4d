package sio

import (
	"regexp"
	"slices"
	"time"

	"github.com/tornadio/tornadio/sio/internal/web"
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

func (c *CORS) check(bad func(ok bool, format string, args ...any)) {
	if c == nil {
		return
	}
	ways := 0
	for _, used := range []bool{c.Origin != "", len(c.Origins)+len(c.Patterns) > 0, c.Reflect, c.OriginFunc != nil} {
		if used {
			ways++
		}
	}
	bad(ways <= 1, "CORS says in several ways who is let in: write one of Origin, Origins with Patterns, Reflect or OriginFunc")
	bad(c.Origins == nil || len(c.Origins)+len(c.Patterns) > 0, "CORS.Origins is empty: name at least one, or leave it nil")
	bad(!slices.Contains(c.Origins, "*"), "CORS.Origins has \"*\": write Origin: \"*\", or Reflect for all origins with credentials")
	bad(!slices.Contains(c.Patterns, nil), "CORS.Patterns has a nil: write a pattern of regexp.MustCompile")
	bad(!c.Credentials || !c.anyOrigin(), "CORS.Credentials needs named origins, browsers refuse \"*\" with it: write Origins, or Reflect for all")
	s := c.OptionsSuccessStatus
	bad(s == 0 || 200 <= s && s < 300, "CORS.OptionsSuccessStatus is %d: write 200 to 299, or 0 for 204", s)
}

// anyOrigin: the answer is "*".
func (c *CORS) anyOrigin() bool {
	return (c.Origin == "" || c.Origin == "*") && len(c.Origins)+len(c.Patterns) == 0 && !c.Reflect && c.OriginFunc == nil
}

func (c *CORS) web() *web.CORS {
	if c == nil {
		return nil
	}
	k := *c
	if k.Methods == nil {
		k.Methods = []string{"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"}
	}
	set(&k.OptionsSuccessStatus, 204)
	age := -1
	if k.MaxAge != 0 {
		age = int(max(k.MaxAge, 0) / time.Second)
	}
	return &web.CORS{
		Origin: k.Origin, Origins: slices.Clone(k.Origins), Patterns: slices.Clone(k.Patterns), Reflect: k.Reflect, Func: k.OriginFunc,
		Methods: slices.Clone(k.Methods), AllowedHeaders: slices.Clone(k.AllowedHeaders), ExposedHeaders: slices.Clone(k.ExposedHeaders),
		Credentials: k.Credentials, MaxAge: age, Continue: k.PreflightContinue, Success: k.OptionsSuccessStatus,
	}
}
