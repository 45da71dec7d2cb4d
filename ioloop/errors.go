package ioloop

import "errors"

var (
	// ErrClosed says that the group, or the connection, is closed already.
	ErrClosed = errors.New("ioloop: closed")

	// ErrStarted says that the group was started before.
	ErrStarted = errors.New("ioloop: group was started before")

	// ErrOnLoop says that a call which waits for the loops was made on one of
	// them. Make it from another goroutine.
	ErrOnLoop = errors.New("ioloop: call would wait for the loop it was made on")

	// ErrPanic is what Handler.OnClose gets when a callback of the connection
	// panicked.
	ErrPanic = errors.New("ioloop: a callback panicked")

	// ErrEngine says that the engine beneath the loops ended without Stop; all
	// its connections are gone.
	ErrEngine = errors.New("ioloop: engine ended by itself")

	// ErrMoving says that the connection is on its way to another loop already.
	ErrMoving = errors.New("ioloop: connection is being moved")

	// ErrMoveTimeout says that queued bytes did not leave in time, so that the
	// connection was not moved.
	ErrMoveTimeout = errors.New("ioloop: queued bytes did not leave in time to move the connection")
)
