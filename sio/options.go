package sio

import "github.com/tornadio/tornadio/sio/internal/web"

// options are those of the HTTP side that few servers set.
func (c *Config) options(*Server) web.Options {
	return web.Options{CORS: c.CORS.web()}
}
