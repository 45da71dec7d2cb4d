package sio

import (
	"errors"

	"github.com/tornadio/tornadio/sio/internal/host"
)

// Errors that calls return; test for them with errors.Is.
var (
	// ErrServerClosed is returned by the listening calls after Shutdown. It is
	// net/http's.
	ErrServerClosed = host.ErrServerClosed
	// ErrClosed says that the socket is not open: its OnOpen has not begun, or
	// it is closed.
	ErrClosed = errors.New("sio: socket is closed")
	// ErrBinary says that a client cannot be sent binary data: those of 0.7 to
	// 0.9 know none. In a broadcast all others have got the event.
	ErrBinary = errors.New("sio: clients of Socket.IO 0.7 to 0.9 can't receive binary data")
	// ErrAckTimeout says that no acknowledgement came in time. The words are
	// the reference's.
	ErrAckTimeout = errors.New("operation has timed out")
	// ErrTooManyAcks says that Config.MaxAcks acknowledgements are outstanding.
	ErrTooManyAcks = errors.New("sio: too many acknowledgements outstanding on this socket (Config.MaxAcks)")
	// ErrTooManyAnswers says that the answers to a broadcast were larger than
	// Config.MaxAnswers.
	ErrTooManyAnswers = errors.New("sio: the answers to a broadcast are too large (Config.MaxAnswers)")
	// ErrTooManyRooms says that the socket is in Config.MaxRooms rooms.
	ErrTooManyRooms = errors.New("sio: socket is in too many rooms (Config.MaxRooms)")
	// ErrReserved says that an event's name has a meaning of its own in
	// Socket.IO and can't be emitted or registered.
	ErrReserved = errors.New("sio: reserved event name")
	// ErrReplied says that an event was acknowledged before, or that its
	// client asked for no acknowledgement.
	ErrReplied = errors.New("sio: event was acknowledged before, or asks for no acknowledgement")
)

// RefusedError is an error whose Data goes to the refused client beside the
// message, as err.data of Socket.IO 4. Return it from OnOpen or a middleware.
type RefusedError struct {
	Message string
	Data    any // encoded as JSON; nil is left out
}

// Error implements error.
func (e *RefusedError) Error() string { return e.Message }
