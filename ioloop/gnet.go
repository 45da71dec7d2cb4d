package ioloop

import "errors"

// NewGroup makes a group on sockets, carried by gnet.
func NewGroup(cfg Config) (*Group, error) {
	return nil, errors.New("ioloop: not there yet")
}
