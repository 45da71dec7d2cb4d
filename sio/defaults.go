package sio

import (
	"log/slog"
	"runtime"
	"time"

	"github.com/tornadio/tornadio/sio/internal/host"
)

// withDefaults fills in the zero fields.
func (c Config) withDefaults() Config {
	host.Set(&c.Path, "/socket.io")
	c.Path = host.Path(c.Path)
	if c.Transports == nil {
		c.Transports = allTransports
	}
	host.Set(&c.PingInterval, 25*time.Second)
	host.Set(&c.PingTimeout, 20*time.Second)
	host.Set(&c.UpgradeTimeout, 10*time.Second)
	host.Set(&c.ConnectTimeout, 45*time.Second)
	host.Set(&c.HeartbeatInterval, 25*time.Second)
	host.Set(&c.HeartbeatTimeout, 60*time.Second)
	host.Set(&c.CloseTimeout, 60*time.Second)
	host.Set(&c.PollDuration, 20*time.Second)
	host.Set(&c.ClientTimeout, 5*time.Second)
	host.Set(&c.SessionExpiry, 30*time.Second)
	host.Set(&c.AckTimeout, 30*time.Second)
	host.Set(&c.AskTimeout, 10*time.Second)
	host.Set(&c.MaxMessage, 1_000_000)
	host.Set(&c.MaxQueue, 4<<20)
	host.Set(&c.MaxStream, 1<<20)
	host.Set(&c.MaxAttachments, 10)
	host.Set(&c.MaxNamespaces, 64)
	host.Set(&c.MaxDynamicNamespaces, 100_000)
	host.Set(&c.MaxNamespaceName, 256)
	host.Set(&c.MaxRooms, 10_000)
	host.Set(&c.MaxAcks, 1000)
	host.Set(&c.MaxAnswers, 16<<20)
	host.Set(&c.MaxWaiting, 100)
	host.Set(&c.MaxHeld, 1000)
	host.Set(&c.MaxHandlers, 10_000)
	host.Set(&c.HTTPCompression, 1024)
	host.Set(&c.MaxAsking, 10_000)
	host.Set(&c.MaxSessions, 1_000_000)
	host.Set(&c.MaxHandshakes, 1000)
	host.Set(&c.MaxHeader, 16<<10)
	host.Set(&c.MaxBody, 10<<20)
	host.Set(&c.TLSTimeout, 10*time.Second)
	host.Set(&c.HeaderTimeout, 10*time.Second)
	host.Set(&c.BodyTimeout, 30*time.Second)
	host.Set(&c.IdleTimeout, 75*time.Second)
	host.Set(&c.ShutdownTimeout, 10*time.Second)
	c.Recovery = c.Recovery.withDefaults()
	host.Set(&c.Loops, runtime.GOMAXPROCS(0))
	host.Set(&c.Logger, slog.Default())
	c.ownDefaults()
	return c
}
