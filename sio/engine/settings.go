package engine

import (
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/host"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/web"
)

// Defaults, checks, and what of a Config the layers below are told.

var (
	allTransports   = []string{"polling", "websocket"} // that are on by default
	knownTransports = []string{"polling", "websocket", webTransport}
)

const webTransport = "webtransport"

func (c Config) withDefaults() Config {
	host.Set(&c.Path, "/engine.io")
	c.Path = host.Path(c.Path)
	if c.Transports == nil {
		c.Transports = allTransports
	}
	c.TrustedProxies = slices.Clone(c.TrustedProxies)
	for field, d := range map[*time.Duration]time.Duration{
		&c.AskTimeout: 10 * time.Second, &c.PingInterval: 25 * time.Second, &c.PingTimeout: 20 * time.Second,
		&c.UpgradeTimeout: 10 * time.Second, &c.CloseTimeout: 30 * time.Second, &c.TLSTimeout: 10 * time.Second,
		&c.HeaderTimeout: 10 * time.Second, &c.BodyTimeout: 30 * time.Second, &c.IdleTimeout: 75 * time.Second,
		&c.ShutdownTimeout: 10 * time.Second,
	} {
		host.Set(field, d)
	}
	for field, n := range map[*int]int{
		&c.MaxAsking: 10_000, &c.HTTPCompression: 1024, &c.MaxMessage: 1_000_000, &c.MaxQueue: 4 << 20,
		&c.MaxSessions: 1_000_000, &c.MaxHandshakes: 1000, &c.MaxHeader: 16 << 10, &c.Loops: runtime.GOMAXPROCS(0),
	} {
		host.Set(field, n)
	}
	host.Set(&c.MaxBody, 10<<20)
	host.Set(&c.Logger, slog.Default())
	return c
}

// check looks for mistakes in a Config whose defaults are filled in.
func (c *Config) check() error { return host.Check("engine", c.checkAll) }

func (c *Config) checkAll(bad host.Bad) {
	bad(len(c.Path) > 1, "Path is %q: write a path such as \"/engine.io\"", c.Path)
	host.Transports(bad, c.Transports, knownTransports)
	host.Durations(bad, map[string]time.Duration{
		"AskTimeout": c.AskTimeout, "PingInterval": c.PingInterval, "PingTimeout": c.PingTimeout,
		"UpgradeTimeout": c.UpgradeTimeout, "CloseTimeout": c.CloseTimeout, "TLSTimeout": c.TLSTimeout,
		"HeaderTimeout": c.HeaderTimeout, "BodyTimeout": c.BodyTimeout, "IdleTimeout": c.IdleTimeout,
		"ShutdownTimeout": c.ShutdownTimeout,
	})
	host.Limits(bad, map[string]int64{
		"MaxAsking": int64(c.MaxAsking), "MaxMessage": int64(c.MaxMessage), "MaxQueue": int64(c.MaxQueue),
		"MaxSessions": int64(c.MaxSessions), "MaxConns": int64(c.MaxConns) + 1, "MaxHandshakes": int64(c.MaxHandshakes),
		"MaxHeader": int64(c.MaxHeader), "MaxBody": c.MaxBody, "Loops": int64(c.Loops),
	})
	bad(c.WriteDelay >= 0 && c.WriteDelay <= time.Second, "WriteDelay is %v: write 0 to 1 s", c.WriteDelay)
	bad(c.Loops <= 1<<15, "Loops is %d: write at most 32768", c.Loops)
	for _, m := range c.Middleware {
		bad(m != nil, "Middleware has a nil: leave it out")
	}
	bad(utf8.ValidString(c.InitialPacket), "InitialPacket is not UTF-8: write text")
	bad(len(c.InitialPacket) <= c.MaxMessage, "InitialPacket has %d bytes: write at most MaxMessage (%d)", len(c.InitialPacket), c.MaxMessage)
	(*host.CORS)(c.CORS).Check(bad)
	(*host.Deflate)(c.PerMessageDeflate).Check(bad)
	(*host.Cookie)(c.Cookie).Check(bad)
	c.proxies().Check(bad)
}

func (c *Config) proxies() host.Proxies {
	return host.Proxies{Trusted: c.TrustedProxies, Header: c.ProxyHeader}
}

func (c *Config) loop() ioloop.Config {
	return ioloop.Config{Loops: c.Loops, MaxConns: c.MaxConns, Logger: c.Logger, SlowCallback: c.SlowHandler,
		MaxHandshakes: c.MaxHandshakes, HandshakeTimeout: c.TLSTimeout}
}

func (c *Config) session() *session.Config {
	return &session.Config{PingInterval: c.PingInterval, PingTimeout: c.PingTimeout, UpgradeTimeout: c.UpgradeTimeout,
		Expiry: c.CloseTimeout, MaxQueueBytes: c.MaxQueue, WriteDelay: c.WriteDelay}
}

func (c *Config) web(s *Server) web.Config {
	return web.Config{
		Path: c.Path, MaxMessage: c.MaxMessage, Rev3: !c.DisableEIO3,
		Polling: slices.Contains(c.Transports, "polling"), WebSocket: slices.Contains(c.Transports, "websocket"),
		WebTransport: slices.Contains(c.Transports, webTransport),
		HeadTimeout:  c.HeaderTimeout, BodyTimeout: c.BodyTimeout, IdleTimeout: c.IdleTimeout,
		Limits: httpparse.Limits{MaxHead: c.MaxHeader}, MaxBody: c.MaxBody, Handler: s.host.Mux(), Log: c.Logger,
		Proxies: c.proxies().Web(), VerifyIP: c.VerifyRemoteIP, Options: c.options(s),
	}
}

func (c *Config) options(s *Server) web.Options {
	return web.Options{
		EngineOnly: true, NoSlash: c.NoTrailingSlash, NoUpgrades: c.NoUpgrades, InitialPacket: c.InitialPacket,
		AllowRequest: c.AllowRequest, GenerateID: c.GenerateID, AskTimeout: c.AskTimeout, MaxAsking: c.MaxAsking,
		Middleware: slices.Clone(c.Middleware), Compress: max(c.HTTPCompression, 0),
		CORS: (*host.CORS)(c.CORS).Web(), Deflate: (*host.Deflate)(c.PerMessageDeflate).Web(), Cookie: (*host.Cookie)(c.Cookie).Web(),
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

// reporter tells OnConnectionError of refusals.
func (c *Config) reporter(s *Server) func(int, web.Refused) {
	f := c.OnConnectionError
	if f == nil {
		return nil
	}
	return func(loop int, r web.Refused) {
		sh := s.shards[loop]
		if e := sh.reports.May(sh.Loop.Now(), r); e != nil {
			sh.Guard("OnConnectionError", func() { f((*ConnectionError)(e)) })
		}
	}
}
