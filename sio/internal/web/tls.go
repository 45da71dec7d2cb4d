package web

import (
	"github.com/tornadio/tornadio/httpparse"
	"github.com/tornadio/tornadio/ioloop"
)

// AcceptTLS is Accept for a connection whose TLS handshake is through. One that
// has agreed on another protocol than HTTP/1.1 (ALPN), as a certificate
// authority does that only looks at the certificate, is closed.
func (f *Front) AcceptTLS(c *ioloop.Conn) ioloop.Handler {
	if p := c.TLS().NegotiatedProtocol; p != "" && p != "http/1.1" {
		return nil
	}
	return f.Accept(c)
}

// NotTLS answers what came to a TLS port in plain HTTP, in net/http's words. A
// peer of anything else gets no answer.
func (f *Front) NotTLS(c *ioloop.Conn, data []byte) {
	f.hub.RefusedNow(c.Loop().Index(), 400)
	if httpparse.CheckStart(data) != nil {
		return
	}
	c.Write([]byte("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"))
}
