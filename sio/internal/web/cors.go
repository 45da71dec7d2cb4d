package web

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tornadio/tornadio/httpparse"
)

// CORS is who may read the answers from pages of other origins. It does what
// the npm package cors 2.8 does with the options of the same names, to the
// byte; its fields are explained in sio.CORS.
type CORS struct {
	Origin   string // fixed; "" or "*": any
	Origins  []string
	Patterns []*regexp.Regexp
	Reflect  bool
	Func     func(origin string) (bool, error)

	Methods        []string
	AllowedHeaders []string
	ExposedHeaders []string
	Credentials    bool
	MaxAge         int // seconds; negative: none is sent
	Continue       bool
	Success        int // status of a preflight's answer
}

// corsAnswer is what CORS says of one request.
type corsAnswer struct {
	fields []byte
	// preflight: this is all of the answer.
	preflight bool
}

// origin says whether the value of Access-Control-Allow-Origin, "" for none,
// depends on the request's; off: that nothing is said at all.
func (c *CORS) origin(origin string) (value string, varies, off bool, err error) {
	switch {
	case c.Func != nil:
		ok, err := c.Func(origin)
		return origin, true, !ok, err
	case c.restricted():
		if !c.listed(origin) {
			origin = ""
		}
		return origin, true, false, nil
	case c.Origin == "" || c.Origin == "*":
		return "*", false, false, nil
	}
	return c.Origin, true, false, nil
}

// restricted: the origin is compared with what is configured, and reflected.
func (c *CORS) restricted() bool {
	return c.Reflect || len(c.Origins) > 0 || len(c.Patterns) > 0
}

func (c *CORS) listed(origin string) bool {
	if c.Reflect || slices.Contains(c.Origins, origin) {
		return true
	}
	return slices.ContainsFunc(c.Patterns, func(p *regexp.Regexp) bool { return p.MatchString(origin) })
}

// allows reports whether a page of that origin may use the server at all, for
// clients whose generation knows no preflights.
func (c *CORS) allows(origin string) bool {
	switch {
	case c.Func != nil:
		ok, err := c.Func(origin)
		return ok && err == nil
	case c.restricted():
		return c.listed(origin)
	}
	return c.Origin == "" || c.Origin == "*" || c.Origin == origin
}

// answer gives the fields for one request. An error is that of CORS.Func.
func (c *CORS) answer(method, origin, wantHeaders string) (a corsAnswer, err error) {
	value, varies, off, err := c.origin(origin)
	if err != nil || off {
		return a, err
	}
	a.preflight = method == "OPTIONS" && !c.Continue
	var vary []string
	if varies {
		vary = append(vary, "Origin")
	}
	if method == "OPTIONS" && c.AllowedHeaders == nil {
		vary = append(vary, "Access-Control-Request-Headers")
	}
	add := func(name, value string) {
		if value != "" {
			a.fields = httpparse.AppendField(a.fields, name, value)
		}
	}
	sayVary := func() { add("Vary", strings.Join(vary, ", ")); vary = nil }
	add("Access-Control-Allow-Origin", value)
	if varies {
		sayVary()
	}
	if c.Credentials {
		add("Access-Control-Allow-Credentials", "true")
	}
	if method == "OPTIONS" {
		add("Access-Control-Allow-Methods", strings.Join(c.Methods, ","))
		sayVary()
		if c.AllowedHeaders == nil {
			add("Access-Control-Allow-Headers", wantHeaders)
		} else {
			add("Access-Control-Allow-Headers", strings.Join(c.AllowedHeaders, ","))
		}
		if c.MaxAge >= 0 {
			add("Access-Control-Max-Age", strconv.Itoa(c.MaxAge))
		}
	}
	add("Access-Control-Expose-Headers", strings.Join(c.ExposedHeaders, ","))
	return a, nil
}
