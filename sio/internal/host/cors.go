package host

import (
	"regexp"
	"slices"
	"time"

	"github.com/tornadio/tornadio/sio/internal/web"
)

// CORS has the fields of the packages' types of this name, where they are
// described.
type CORS struct {
	Origin               string
	Origins              []string
	Patterns             []*regexp.Regexp
	Reflect              bool
	OriginFunc           func(origin string) (bool, error)
	Methods              []string
	AllowedHeaders       []string
	ExposedHeaders       []string
	Credentials          bool
	MaxAge               time.Duration
	PreflightContinue    bool
	OptionsSuccessStatus int
}

// Check looks for mistakes.
func (c *CORS) Check(bad Bad) {
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

// Web is what the HTTP side knows of it.
func (c *CORS) Web() *web.CORS {
	if c == nil {
		return nil
	}
	k := *c
	if k.Methods == nil {
		k.Methods = []string{"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"}
	}
	Set(&k.OptionsSuccessStatus, 204)
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
