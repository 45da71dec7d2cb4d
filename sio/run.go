package sio

// Run is a whole program's main: it listens on TCP addresses (beside those of
// [Server.Listen] and [Server.ListenTLS] before), serves, and shuts
// down when the process is told to end (SIGINT or SIGTERM; a second one ends it
// at once). Clients get up to Config.ShutdownTimeout to take what is queued for
// them. It returns nil after a shutdown, else what went wrong.
func (s *Server) Run(addrs ...string) error { return s.host.Run(s.cfg.ShutdownTimeout, addrs...) }
