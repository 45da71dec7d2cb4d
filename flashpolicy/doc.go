// Package flashpolicy serves the Flash socket policy file: the permission that
// Flash asks for before it opens a socket to another host or port.
//
// Flash connects to port 843 first, and then to the port that it was going to
// use, and sends 23 bytes: "<policy-file-request/>" and a NUL ([Request]). The
// answer is an XML file and a NUL; then the server closes. Clients of Socket.IO
// from 0.8.3 ask at port 10843, too.
//
// # On ports of its own
//
// [Run] is a whole program's main. In a program that has loops of package
// ioloop already, [Server.Listen] opens the ports on these, which costs no
// goroutine but the one that accepts.
//
// # On another protocol's port
//
// [Match] tells from the first bytes of a connection whether they are a request
// for the policy, and [Server.Answer] answers it. No request of HTTP begins with
// "<", so both protocols can share a port. It must not be done within TLS.
//
// # The policy
//
// [Allow] makes one from pairs of host and port, Config.File reads one. Without
// either everyone may open every port of this host, which is what a Socket.IO
// server for pages of other hosts needs. It is no protection of a server: only
// Flash asks.
//
// # Limits
//
// A connection has Config.Wait to bring its 23 bytes, and is closed at the first
// byte that does not belong there; Config.MaxConns bounds how many wait.
//
// The request, the ports and who asks for them: revision 1 of Socket.IO's
// protocol, 9.
package flashpolicy
