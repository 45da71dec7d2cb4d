package engine

import (
	"log/slog"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestConfig: the zero value works, with the defaults of the npm package, and
// every field that can be wrong says so by its name.
func TestConfig(t *testing.T) {
	c := Config{}.withDefaults()
	if err := c.check(); err != nil {
		t.Error(err)
	}
	if c.Path != "/engine.io" || c.PingInterval != 25*time.Second || c.PingTimeout != 20*time.Second ||
		c.UpgradeTimeout != 10*time.Second || c.MaxMessage != 1_000_000 || c.HTTPCompression != 1024 {
		t.Errorf("defaults %+v", c)
	}
	v := reflect.TypeFor[Config]()
	for i := range v.NumField() {
		f := v.Field(i)
		bad := Config{Logger: slog.New(slog.DiscardHandler)}
		field := reflect.ValueOf(&bad).Elem().Field(i)
		switch {
		case f.Name == "HTTPCompression" || f.Name == "SlowHandler": // negative: never
			continue
		case f.Type.Kind() == reflect.Int || f.Type.Kind() == reflect.Int64:
			field.SetInt(-2)
		default:
			continue
		}
		if err := New(bad).Err(); err == nil || !strings.Contains(err.Error(), "engine: Config."+f.Name) {
			t.Errorf("%s negative: %v", f.Name, err)
		}
	}
	for name, bad := range map[string]Config{
		"Path":              {Path: "/"},
		"Transports":        {Transports: []string{"polling", "flashsocket"}},
		"Middleware":        {Middleware: append(Config{}.Middleware, nil)},
		"InitialPacket":     {InitialPacket: "\xff"},
		"CORS":              {CORS: &CORS{Patterns: []*regexp.Regexp{nil}}},
		"PerMessageDeflate": {PerMessageDeflate: &Deflate{Threshold: -1}},
		"Cookie":            {Cookie: &Cookie{Name: "a b"}},
		"ProxyHeader":       {ProxyHeader: "X-Forwarded-For"},
	} {
		bad.Logger = slog.New(slog.DiscardHandler)
		s := New(bad)
		if err := s.Err(); err == nil || !strings.Contains(err.Error(), "engine: Config."+name) {
			t.Errorf("%s: %v", name, err)
		}
		if s.ListenAndServe("127.0.0.1:0") == nil || s.Start() == nil || s.Stats().Sessions != 0 || s.Shutdown(t.Context()) != nil {
			t.Errorf("%s: a broken server listens", name)
		}
		s.With("AAAAAAAAAAAAAAAAAAAA", nil)
		_ = s.Send("x")
	}
}
