package web

import (
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
)

// corsVector is what the npm package cors answered (2.8.5 and 2.8.6 the same): its options as they
// were given to it, a request, and the fields of the answer in their order.
// A status says that it has answered a preflight, error that it called next
// with one.
type corsVector struct {
	Options struct {
		Origin               any      `json:"origin"`
		Func                 bool     `json:"func"`
		Methods              []string `json:"methods"`
		AllowedHeaders       []string `json:"allowedHeaders"`
		ExposedHeaders       []string `json:"exposedHeaders"`
		Credentials          bool     `json:"credentials"`
		MaxAge               *int     `json:"maxAge"`
		PreflightContinue    bool     `json:"preflightContinue"`
		OptionsSuccessStatus int      `json:"optionsSuccessStatus"`
	}
	Method, Origin, Want string
	Fields               []string
	Status               int
	Error                bool
}

func (v *corsVector) config() *CORS {
	o := &v.Options
	c := &CORS{Methods: o.Methods, AllowedHeaders: o.AllowedHeaders, ExposedHeaders: o.ExposedHeaders,
		Credentials: o.Credentials, MaxAge: -1, Continue: o.PreflightContinue, Success: o.OptionsSuccessStatus}
	if o.Methods == nil {
		c.Methods = strings.Split("GET,HEAD,PUT,PATCH,POST,DELETE", ",")
	}
	if o.MaxAge != nil {
		c.MaxAge = *o.MaxAge
	}
	if c.Success == 0 {
		c.Success = 204
	}
	switch origin := o.Origin.(type) {
	case string:
		c.Origin = origin
	case bool:
		c.Reflect = origin
	case []any:
		for _, x := range origin {
			c.add(x)
		}
	case map[string]any:
		c.add(origin)
	}
	if o.Func {
		c.Func = func(origin string) (bool, error) {
			if origin == "https://evil.example" {
				return false, errors.New("no")
			}
			return origin == "https://a.example", nil
		}
	}
	return c
}

// add adds an origin, or {"pattern": …}.
func (c *CORS) add(x any) {
	if p, ok := x.(map[string]any); ok {
		c.Patterns = append(c.Patterns, regexp.MustCompile(p["pattern"].(string)))
	} else {
		c.Origins = append(c.Origins, x.(string))
	}
}

func TestCORSVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/cors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []corsVector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		c := v.config()
		a, err := c.answer(v.Method, v.Origin, v.Want)
		got := string(a.fields)
		if a.preflight {
			got += "Content-Length: 0\r\n" // the answer's own
		}
		want := strings.Join(append(v.Fields, ""), "\r\n")
		if got != want || (err != nil) != v.Error || a.preflight != (v.Status != 0) || a.preflight && c.Success != v.Status {
			t.Errorf("%+v %s from %q: %q, preflight %v, %v; want %q, status %d, error %v",
				v.Options, v.Method, v.Origin, got, a.preflight, err, want, v.Status, v.Error)
		}
	}
	if len(vectors) < 400 {
		t.Errorf("%d vectors", len(vectors))
	}
}
