// Package host is what a server is around the protocol that it serves: its
// listeners, ordinary routes, TLS, start and shutdown; the mistakes of who uses
// it; the user's callbacks of a loop; and those settings whose form does not
// depend on the protocol. Packages sio and engine are built on it.
//
//   - host.go         listeners, routes, mistakes, start
//   - guest.go        transports that packages beside serve
//   - shutdown.go     the end
//   - tls.go, certificate.go     TLS, and certificates that are renewed
//   - callbacks.go    user's callbacks, one after the other, panics survived
//   - check.go        defaults, and what looks for mistakes in a Config
//   - cors.go, cookie.go, deflate.go, proxies.go, refusals.go     settings
package host
