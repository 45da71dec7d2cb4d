package siotest

import (
	"fmt"
	"log/slog"
	"strings"
)

// TB is what a [World] needs of a test; *testing.T, *testing.B and *testing.F
// have it.
type TB interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	FailNow()
	Failed() bool
	Cleanup(func())
}

// noTest stands for the test where there is none: in examples and programs. A
// failure panics.
type noTest struct{}

func (noTest) Helper()                           {}
func (noTest) Logf(string, ...any)               {}
func (noTest) Errorf(format string, args ...any) { panic("siotest: " + fmt.Sprintf(format, args...)) }
func (noTest) FailNow()                          { panic("siotest: failed") }
func (noTest) Failed() bool                      { return false }
func (noTest) Cleanup(func())                    {}

// testLog writes a server's log lines to the test's log.
type testLog struct{ t TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Logf("%s", strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}

// logger logs into the test, without the wall clock's time.
func logger(t TB) *slog.Logger {
	if _, none := t.(noTest); none {
		return nil
	}
	return slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
}
