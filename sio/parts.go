package sio

import (
	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/web"
)

// What of a Config the layers below are told.

func (c *Config) loop() ioloop.Config {
	return ioloop.Config{Loops: c.Loops, MaxConns: c.MaxConns, Logger: c.Logger, SlowCallback: c.SlowHandler,
		MaxHandshakes: c.MaxHandshakes, HandshakeTimeout: c.TLSTimeout}
}

func (c *Config) session() *session.Config {
	return &session.Config{
		PingInterval: c.PingInterval, PingTimeout: c.PingTimeout, UpgradeTimeout: c.UpgradeTimeout,
		HeartbeatInterval: c.HeartbeatInterval, HeartbeatTimeout: c.HeartbeatTimeout,
		CloseTimeout: c.CloseTimeout, PollDuration: c.PollDuration, Expiry: c.SessionExpiry,
		MaxQueueBytes: c.MaxQueue, MaxStream: c.MaxStream,
		GlobalHeartbeats: c.GlobalHeartbeats, ClientTimeout: c.ClientTimeout, WriteDelay: c.WriteDelay,
	}
}

func (c *Config) web(s *Server) web.Config {
	return web.Config{
		Path: c.Path, MaxMessage: c.MaxMessage,
		Polling: c.on(enginePolling), WebSocket: c.on("websocket"), WebTransport: c.on(engineWebTransport), Rev1: c.rev1(), Rev3: !c.DisableEIO3, WebSocketCheck: c.WebSocketCheck,
		HeadTimeout: c.HeaderTimeout, BodyTimeout: c.BodyTimeout, IdleTimeout: c.IdleTimeout,
		Limits: httpparse.Limits{MaxHead: c.MaxHeader}, MaxBody: c.MaxBody, Handler: s.host.Mux(), Log: c.Logger, Options: c.options(s),
		Proxies: c.proxies().Web(), VerifyIP: c.VerifyRemoteIP, FlashPolicy: s.makePolicy(),
	}
}
