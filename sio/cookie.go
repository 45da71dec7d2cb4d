package sio

import (
	"net/http"
	"time"
)

// Cookie is the cookie that the first answer of a polling session sets: its
// value is the session's id, so that a proxy can send later requests to the
// same server. The zero value is Node's: "io=<id>; Path=/; HttpOnly;
// SameSite=Lax". A connection that begins with a websocket gets none, and
// clients of 0.7 to 0.9 neither.
type Cookie struct {
	Name        string        // zero: "io"
	Path        string        // zero: "/"
	Domain      string        // zero: the host of the request
	MaxAge      time.Duration // in whole seconds; zero: until the browser ends
	Secure      bool          // over TLS alone
	Readable    bool          // scripts of the page may read it: it is not HttpOnly
	SameSite    http.SameSite // zero: Lax
	Partitioned bool
}

func (c *Cookie) check(bad func(ok bool, format string, args ...any)) {
	if c == nil {
		return
	}
	k := c.cookie("id")
	bad(k.Valid() == nil, "Cookie is not valid (%v): write a name that is a token, a path and a domain as in net/http.Cookie", k.Valid())
	bad(c.MaxAge >= 0, "Cookie.MaxAge is %v: write a positive duration, or 0 for a cookie of the browser's session", c.MaxAge)
}

func (c *Cookie) cookie(sid string) *http.Cookie {
	k := *c
	set(&k.Name, "io")
	set(&k.Path, "/")
	set(&k.SameSite, http.SameSiteLaxMode)
	return &http.Cookie{
		Name: k.Name, Value: sid, Path: k.Path, Domain: k.Domain, MaxAge: int(k.MaxAge / time.Second),
		Secure: k.Secure, HttpOnly: !k.Readable, SameSite: k.SameSite, Partitioned: k.Partitioned,
	}
}

func (c *Cookie) web() func(string) string {
	if c == nil {
		return nil
	}
	k := *c
	return func(sid string) string { return k.cookie(sid).String() }
}
