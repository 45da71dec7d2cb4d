package sio

import (
	"time"

	"github.com/tornadio/tornadio/sio/internal/host"
)

// check looks for mistakes in a Config whose defaults are filled in.
func (c *Config) check() error { return host.Check("sio", c.checkAll) }

func (c *Config) checkAll(bad host.Bad) {
	bad(len(c.Path) > 1, "Path is %q: write a path such as \"/socket.io\"", c.Path)
	host.Transports(bad, c.Transports, knownTransports)
	bad(c.Parser <= ParserMsgpack, "Parser is %d: write sio.ParserDefault or sio.ParserMsgpack", c.Parser)
	host.Durations(bad, c.durations())
	host.Limits(bad, c.limits())
	bad(c.WriteDelay >= 0 && c.WriteDelay <= time.Second, "WriteDelay is %v: write 0 to 1 s", c.WriteDelay)
	bad(c.Loops <= 1<<15, "Loops is %d: write at most 32768", c.Loops)
	c.checkRev1(bad)
	c.checkOptions(bad)
	c.Recovery.check(bad)
	c.proxies().Check(bad)
	c.checkFlash(bad)
}

// checkRev1 looks at the times of clients 0.7 to 0.9 beside each other.
func (c *Config) checkRev1(bad host.Bad) {
	heartbeat, end := c.HeartbeatTimeout.Truncate(time.Second), c.CloseTimeout.Truncate(time.Second) // as announced
	bad(c.PollDuration < heartbeat && c.PollDuration < end,
		"PollDuration is %v: write less than HeartbeatTimeout (announced as %v) and CloseTimeout (announced as %v), or clients give their polls up",
		c.PollDuration, heartbeat, end)
	bad(c.HeartbeatInterval < heartbeat && c.HeartbeatInterval < end,
		"HeartbeatInterval is %v: write less than HeartbeatTimeout (announced as %v) and CloseTimeout (announced as %v), which clients wait for any packet",
		c.HeartbeatInterval, heartbeat, end)
	bad(c.HeartbeatTimeout >= time.Second && c.CloseTimeout >= time.Second,
		"HeartbeatTimeout and CloseTimeout are announced in whole seconds: write at least 1 s (they are %v and %v)",
		c.HeartbeatTimeout, c.CloseTimeout)
}

func (c *Config) durations() map[string]time.Duration {
	return map[string]time.Duration{
		"PingInterval": c.PingInterval, "PingTimeout": c.PingTimeout, "UpgradeTimeout": c.UpgradeTimeout,
		"ConnectTimeout": c.ConnectTimeout, "HeartbeatInterval": c.HeartbeatInterval,
		"HeartbeatTimeout": c.HeartbeatTimeout, "CloseTimeout": c.CloseTimeout, "PollDuration": c.PollDuration,
		"SessionExpiry": c.SessionExpiry, "ClientTimeout": c.ClientTimeout, "AckTimeout": c.AckTimeout, "HeaderTimeout": c.HeaderTimeout,
		"AskTimeout": c.AskTimeout, "TLSTimeout": c.TLSTimeout,
		"BodyTimeout": c.BodyTimeout, "IdleTimeout": c.IdleTimeout, "ShutdownTimeout": c.ShutdownTimeout,
	}
}

func (c *Config) limits() map[string]int64 {
	return map[string]int64{
		"MaxMessage": int64(c.MaxMessage), "MaxStream": int64(c.MaxStream), "MaxQueue": int64(c.MaxQueue), "MaxAttachments": int64(c.MaxAttachments),
		"MaxDynamicNamespaces": int64(c.MaxDynamicNamespaces), "MaxNamespaceName": int64(c.MaxNamespaceName),
		"MaxNamespaces": int64(c.MaxNamespaces), "MaxRooms": int64(c.MaxRooms),
		"MaxWaiting": int64(c.MaxWaiting), "MaxHeld": int64(c.MaxHeld), "MaxHandlers": int64(c.MaxHandlers), "MaxAcks": int64(c.MaxAcks),
		"MaxAnswers": int64(c.MaxAnswers), "MaxHandshakes": int64(c.MaxHandshakes),
		"MaxSessions": int64(c.MaxSessions), "MaxConns": int64(c.MaxConns) + 1, "MaxHeader": int64(c.MaxHeader),
		"MaxBody": c.MaxBody, "Loops": int64(c.Loops), "MaxAsking": int64(c.MaxAsking),
	}
}
