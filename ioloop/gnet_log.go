//go:build !windows

package ioloop

import (
	"fmt"
	"log/slog"
)

// gnetLogger makes debug lines of what gnet says: what matters in it we see
// ourselves.
type gnetLogger struct{ log *slog.Logger }

func (g gnetLogger) line(level, format string, args []any) {
	g.log.Debug("ioloop: gnet", "level", level, "text", fmt.Sprintf(format, args...))
}

func (g gnetLogger) Debugf(format string, args ...any) { g.line("debug", format, args) }
func (g gnetLogger) Infof(format string, args ...any)  { g.line("info", format, args) }
func (g gnetLogger) Warnf(format string, args ...any)  { g.line("warn", format, args) }
func (g gnetLogger) Errorf(format string, args ...any) { g.line("error", format, args) }
func (g gnetLogger) Fatalf(format string, args ...any) { g.line("fatal", format, args) }
