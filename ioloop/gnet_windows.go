package ioloop

import (
	"errors"
	"fmt"
)

// NewGroup fails: gnet is made for tests only on Windows. NewSim works.
func NewGroup(Config) (*Group, error) {
	return nil, fmt.Errorf("ioloop: no sockets on windows: %w", errors.ErrUnsupported)
}
