package sio

import (
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/tornadio/tornadio/sio/internal/clientfiles"
	"github.com/tornadio/tornadio/sio/internal/host"
	"github.com/tornadio/tornadio/sio/internal/web"
)

// options are those of the HTTP side that few servers set.
func (c *Config) options(s *Server) web.Options {
	var files http.Handler
	if !c.NoClientFiles {
		files = clientfiles.New(c.Path, c.ClientFiles)
	}
	return web.Options{
		ClientFiles: files, Deflate: (*host.Deflate)(c.PerMessageDeflate).Web(), Compress: max(c.HTTPCompression, 0),
		CORS: (*host.CORS)(c.CORS).Web(), Middleware: slices.Clone(c.Middleware),
		AllowRequest: c.AllowRequest, GenerateID: c.GenerateID, AskTimeout: c.AskTimeout, MaxAsking: c.MaxAsking,
		NoSlash: c.NoTrailingSlash, NoUpgrades: c.NoUpgrades, InitialPacket: c.InitialPacket, Cookie: (*host.Cookie)(c.Cookie).Web(),
		InitialHeaders: s.hook("InitialHeaders", c.InitialHeaders), Headers: s.hook("Headers", c.Headers),
		OnRefused: c.reporter(s),
	}
}

// hook is a function of Config that runs on a loop and may panic.
func (s *Server) hook(name string, f func(http.Header, *http.Request)) func(int, http.Header, *http.Request) {
	if f == nil {
		return nil
	}
	return func(loop int, h http.Header, r *http.Request) { s.shards[loop].Guard(name, func() { f(h, r) }) }
}

func (c *Config) checkOptions(bad host.Bad) {
	(*host.CORS)(c.CORS).Check(bad)
	(*host.Deflate)(c.PerMessageDeflate).Check(bad)
	(*host.Cookie)(c.Cookie).Check(bad)
	for _, m := range c.Middleware {
		bad(m != nil, "Middleware has a nil: leave it out")
	}
	bad(utf8.ValidString(c.InitialPacket), "InitialPacket is not UTF-8: write text")
	bad(len(c.InitialPacket) <= c.MaxMessage, "InitialPacket has %d bytes: write at most MaxMessage (%d)", len(c.InitialPacket), c.MaxMessage)
}
