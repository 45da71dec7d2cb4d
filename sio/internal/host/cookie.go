package host

import (
	"net/http"
	"time"
)

// Cookie has the fields of the packages' types of this name, where they are
// described.
type Cookie struct {
	Name        string
	Path        string
	Domain      string
	MaxAge      time.Duration
	Secure      bool
	Readable    bool
	SameSite    http.SameSite
	Partitioned bool
}

// Check looks for mistakes.
func (c *Cookie) Check(bad Bad) {
	if c == nil {
		return
	}
	k := c.cookie("id")
	bad(k.Valid() == nil, "Cookie is not valid (%v): write a name that is a token, a path and a domain as in net/http.Cookie", k.Valid())
	bad(c.MaxAge >= 0, "Cookie.MaxAge is %v: write a positive duration, or 0 for a cookie of the browser's session", c.MaxAge)
}

func (c *Cookie) cookie(sid string) *http.Cookie {
	k := *c
	Set(&k.Name, "io")
	Set(&k.Path, "/")
	Set(&k.SameSite, http.SameSiteLaxMode)
	return &http.Cookie{
		Name: k.Name, Value: sid, Path: k.Path, Domain: k.Domain, MaxAge: int(k.MaxAge / time.Second),
		Secure: k.Secure, HttpOnly: !k.Readable, SameSite: k.SameSite, Partitioned: k.Partitioned,
	}
}

// Web makes the value of Set-Cookie.
func (c *Cookie) Web() func(string) string {
	if c == nil {
		return nil
	}
	k := *c
	return func(sid string) string { return k.cookie(sid).String() }
}
