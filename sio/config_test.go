package sio

import (
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

func TestZeroConfigWorks(t *testing.T) {
	c := Config{}.withDefaults()
	if err := c.check(); err != nil {
		t.Error(err)
	}
}

func TestConfigMistakes(t *testing.T) {
	tests := []struct {
		name string
		c    Config
		want []string // parts of the message: the field, and what to write
	}{
		{"negative duration", Config{PingInterval: -1}, []string{"Config.PingInterval", "positive duration"}},
		{"negative limit", Config{MaxMessage: -1}, []string{"Config.MaxMessage", "positive number"}},
		{"only a slash", Config{Path: "/"}, []string{"Config.Path"}},
		{"unknown transport", Config{Transports: []string{"websockets"}}, []string{"Config.Transports", `"websockets"`, `write names out of "websocket"`}},
		{"transport twice", Config{Transports: []string{"websocket", "polling", "websocket"}}, []string{"Config.Transports", `"websocket" twice`}},
		{"no transport", Config{Transports: []string{}}, []string{"Config.Transports", "leave it nil"}},
		{"poll too long", Config{PollDuration: time.Minute}, []string{"Config.PollDuration", "less than"}},
		{"heartbeats too rare", Config{HeartbeatInterval: time.Hour}, []string{"Config.HeartbeatInterval", "less than"}},
		{"no whole seconds", Config{HeartbeatTimeout: 900 * time.Millisecond, HeartbeatInterval: time.Millisecond, PollDuration: time.Millisecond},
			[]string{"whole seconds"}},
		{"CORS in two ways", Config{CORS: &CORS{Reflect: true, Origin: "x"}}, []string{"Config.CORS", "write one of"}},
		{"CORS star in a list", Config{CORS: &CORS{Origins: []string{"*"}}}, []string{"Config.CORS.Origins", "Reflect"}},
		{"CORS with nobody", Config{CORS: &CORS{Origins: []string{}}}, []string{"Config.CORS.Origins", "leave it nil"}},
		{"CORS nil pattern", Config{CORS: &CORS{Patterns: []*regexp.Regexp{nil}}}, []string{"Config.CORS.Patterns"}},
		{"CORS credentials for all", Config{CORS: &CORS{Credentials: true}}, []string{"Config.CORS.Credentials", "Reflect"}},
		{"CORS status", Config{CORS: &CORS{OptionsSuccessStatus: 404}}, []string{"Config.CORS.OptionsSuccessStatus", "204"}},
		{"cookie's name", Config{Cookie: &Cookie{Name: "a b"}}, []string{"Config.Cookie", "token"}},
		{"cookie's age", Config{Cookie: &Cookie{MaxAge: -1}}, []string{"Config.Cookie.MaxAge", "positive"}},
		{"nil middleware", Config{Middleware: []func(http.Handler) http.Handler{nil}}, []string{"Config.Middleware", "leave it out"}},
		{"initial packet", Config{InitialPacket: "\xff"}, []string{"Config.InitialPacket", "UTF-8"}},
		{"long initial packet", Config{InitialPacket: "four", MaxMessage: 3}, []string{"Config.InitialPacket", "MaxMessage"}},
		{"too many loops", Config{Loops: 1<<15 + 1}, []string{"Config.Loops"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.c.Logger = silent
			s := New(tt.c)
			for what, err := range map[string]error{"Err": s.Err(), "ListenAndServe": s.ListenAndServe("127.0.0.1:0"), "Start": s.Start()} {
				if err == nil {
					t.Fatalf("%s returned nil", what)
				}
				for _, part := range tt.want {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%s: %q does not say %q", what, err, part)
					}
				}
			}
		})
	}
}

func TestEveryDurationAndLimitIsChecked(t *testing.T) {
	c := Config{}.withDefaults()
	for name := range c.durations() {
		if !strings.HasSuffix(name, "Interval") && !strings.HasSuffix(name, "Timeout") && !strings.HasSuffix(name, "Duration") && !strings.HasSuffix(name, "Expiry") {
			t.Errorf("%s is in the list of durations", name)
		}
	}
	durations, limits := c.durations(), c.limits()
	for i := range reflect.TypeFor[Config]().NumField() {
		f := reflect.TypeFor[Config]().Field(i)
		_, duration := durations[f.Name]
		_, limit := limits[f.Name]
		switch {
		case f.Name == "SlowHandler" || f.Name == "HTTPCompression" || f.Name == "WriteDelay": // may be negative, or 0
		case f.Type == reflect.TypeFor[time.Duration]() && !duration:
			t.Errorf("%s is to be added to durations", f.Name)
		case (f.Type.Kind() == reflect.Int || f.Type.Kind() == reflect.Int64) && f.Type != reflect.TypeFor[time.Duration]() && !limit:
			t.Errorf("%s is to be added to limits", f.Name)
		}
	}
}

func TestRegistrationMistakes(t *testing.T) {
	type other struct{ Socket }
	tests := []struct {
		name string
		do   func(s *Server)
		want string
	}{
		{"reserved", func(s *Server) { On0(s.Of("/"), "disconnect", func(*Socket) {}) }, "reserved"},
		{"duplicate", func(s *Server) {
			On0(s.Of("/"), "a", func(*Socket) {})
			On0(s.Of("/"), "a", func(*Socket) {})
		}, "has a handler already"},
		{"nil handler", func(s *Server) { On[*Socket, int](s.Of("/"), "a", nil) }, "is nil"},
		{"nil middleware", func(s *Server) { s.Of("/").Use(nil) }, "middleware is nil"},
		{"bad name", func(s *Server) { s.Of("/a,b") }, "comma"},
		{"two types", func(s *Server) { Of[other](s, "/x", nil); s.Of("/x") }, "*sio.other"},
		{"twice", func(s *Server) { Of[other](s, "/x", nil); Of[other](s, "/x", nil) }, "exists already"},
		{"bad pattern", func(s *Server) { s.HandleFunc("/", nil) }, "handler is nil"},
		{"route twice", func(s *Server) { s.Handle("/x", http.NotFoundHandler()); s.Handle("/x", http.NotFoundHandler()) }, "/x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := New(Config{Logger: silent})
			tt.do(s)
			err := s.Err()
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("Err is %v, want one that says %q", err, tt.want)
			}
			if _, err := s.Listen("tcp", "127.0.0.1:0"); err == nil {
				t.Error("Listen goes on in spite of it")
			}
		})
	}
}
