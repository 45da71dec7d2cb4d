package sio

import (
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/tornadio/tornadio/sio/internal/clientfiles"
	"github.com/tornadio/tornadio/sio/internal/web"
)

// options are those of the HTTP side that few servers set.
func (c *Config) options(s *Server) web.Options {
	var files http.Handler
	if !c.NoClientFiles {
		files = clientfiles.New(c.Path, c.ClientFiles)
	}
	return web.Options{
		ClientFiles: files, Deflate: c.PerMessageDeflate.web(), Compress: max(c.HTTPCompression, 0),
		CORS: c.CORS.web(), Middleware: slices.Clone(c.Middleware),
		AllowRequest: c.AllowRequest, GenerateID: c.GenerateID, AskTimeout: c.AskTimeout, MaxAsking: c.MaxAsking,
		NoSlash: c.NoTrailingSlash, NoUpgrades: c.NoUpgrades, InitialPacket: c.InitialPacket, Cookie: c.Cookie.web(),
		InitialHeaders: s.hook("InitialHeaders", c.InitialHeaders), Headers: s.hook("Headers", c.Headers),
		OnRefused: c.reporter(s),
	}
}

// hook is a function of Config that runs on a loop and may panic.
func (s *Server) hook(name string, f func(http.Header, *http.Request)) func(int, http.Header, *http.Request) {
	if f == nil {
		return nil
	}
	return func(loop int, h http.Header, r *http.Request) { s.shards[loop].guard(name, func() { f(h, r) }) }
}

func (c *Config) checkOptions(bad func(ok bool, format string, args ...any)) {
	c.CORS.check(bad)
	c.PerMessageDeflate.check(bad)
	c.Cookie.check(bad)
	for _, m := range c.Middleware {
		bad(m != nil, "Middleware has a nil: leave it out")
	}
	bad(utf8.ValidString(c.InitialPacket), "InitialPacket is not UTF-8: write text")
	bad(len(c.InitialPacket) <= c.MaxMessage, "InitialPacket has %d bytes: write at most MaxMessage (%d)", len(c.InitialPacket), c.MaxMessage)
}
