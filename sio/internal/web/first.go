package web

import (
	"net/http"
	"net/url"

	"github.com/tornadio/tornadio/httpparse"
)

// First is the request that began a connection, read again when somebody asks.
// The zero First is a request that was dropped: it has nothing.
type First struct {
	Head []byte // the request's head, whole
	req  *httpparse.Request
}

// Request is the request itself.
func (f *First) Request() *httpparse.Request {
	if f.req == nil {
		f.req = new(httpparse.Request)
		if _, err := f.req.Parse(f.Head, &httpparse.Limits{MaxHead: len(f.Head) + 1, MaxTarget: len(f.Head) + 1, MaxFields: len(f.Head) + 1}); err != nil {
			f.req = new(httpparse.Request) // dropped
		}
	}
	return f.req
}

// URL is the request's target.
func (f *First) URL() string { return string(f.Request().Target) }

// Query is the first value of a parameter of the target.
func (f *First) Query(name string) string {
	v, _ := QueryValue(f.Request().RawQuery, name)
	return v
}

// Queries are all parameters of the target.
func (f *First) Queries() url.Values {
	v, _ := url.ParseQuery(string(f.Request().RawQuery))
	return v
}

// Header is the first value of a field.
func (f *First) Header(name string) string { return string(f.Request().Get(name)) }

// Headers are all fields.
func (f *First) Headers() http.Header { return Header(f.Request().Fields) }

// Cookie is the value of a cookie, "" if there is none.
func (f *First) Cookie(name string) string {
	r := http.Request{Header: http.Header{"Cookie": f.Headers().Values("Cookie")}}
	if c, err := r.Cookie(name); err == nil {
		return c.Value
	}
	return ""
}

// QueryValue is the first value of a parameter; ok says that there is one that
// can be read.
func QueryValue(query []byte, name string) (value string, ok bool) {
	raw, ok := httpparse.QueryGet(query, name)
	if !ok {
		return "", false
	}
	v, err := httpparse.Unescape(nil, raw, true)
	return string(v), err == nil
}
