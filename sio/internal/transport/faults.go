package transport

import (
	"errors"
	"io"
)

// What clients do wrong on their transport, for the layer above: the causes of
// session.TransportError and session.ParseError.
var (
	errPolls   = errors.New("two polls at a time")
	errPosts   = errors.New("two POSTs at a time")
	errDropped = errors.New("a poll that was broken off")
	errBroken  = errors.New("a POST that was broken off")
	errBinary  = errors.New("binary data where the protocol has none")
	errPings   = errors.New("pings of a client that does not read their answers")
)

// wrongPost is what is wrong with a POST that must not be.
func (p *Polling) wrongPost() error {
	if p.posting {
		return errPosts
	}
	return errBinary
}

// broken is why a connection ended, nil if the peer closed it in order.
func broken(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
