package ioloop

import (
	"context"
	"net"
	"time"
)

// This file is the seam between the loops and what carries them: gnet, or the
// simulated network.
//
// Downwards, a group calls a backend, a loop its poller, a Conn its stream.
// Upwards, a backend enters a loop by one of five calls, each of them a turn:
//
//	open     a stream was accepted
//	data     bytes arrived for a Conn
//	lost     the stream of a Conn is gone (end of file or a fault)
//	arrived  a Conn which was moved is here, or came back
//	wakeup   wake was called, or the time given to setDeadline has come
//
// All five are called on the goroutine of the loop (the simulation's driver
// plays it for all loops), and never from within a turn of any loop; but for
// lost, which gnet calls from inside a write. open, data and arrived are never
// called for a Conn after lost or after its stream was closed or detached.

// backend is what stands beneath a group.
type backend interface {
	// poller gives what stands beneath the loop l. It is called once for each
	// loop, in their order, when the group is made.
	poller(l *Loop) poller

	// listen and listenOn are Group.Listen and Group.ListenOn. Every stream
	// accepted goes to Loop.open with accept.
	listen(network, address string, accept func(*Conn) Handler) (net.Addr, error)
	listenOn(ln net.Listener, accept func(*Conn) Handler) error

	// maxConns is the bound where Config sets none.
	maxConns() int

	// start lets the loops run, and wakes each of them once.
	start() error

	// stopListening ends accepting. Safe to be called again.
	stopListening() error

	// await waits until ch is closed (true), or d has passed on the backend's
	// clock or ctx is done (false). The simulation runs itself meanwhile.
	await(ctx context.Context, ch <-chan struct{}, d time.Duration) bool

	// stop ends the loops, on which nothing is open any more, and returns when
	// they have ended. It is called once, and also if start never was.
	stop() error
}

// poller is what stands beneath a Loop.
type poller interface {
	// wake makes Loop.wakeup be called, once the batch of events which is under
	// way is done. Any goroutine. A loop calls it at most once until wakeup is
	// near its end, where it may ask for another one; input comes between.
	wake()

	// now is the backend's clock. Any goroutine.
	now() time.Time

	// setDeadline makes Loop.wakeup be called at that time, in place of the time
	// set before; the zero time: not at all. On the loop.
	setDeadline(at time.Time)
}

// stream is what stands beneath a Conn. All is called on its loop, but for
// localAddr.
type stream interface {
	// writev accepts all bytes of bufs, whose elements it may change and whose
	// bytes it must copy if it keeps them. What the kernel does not take it
	// keeps and sends by itself. After an error the stream is closed, and
	// nothing more is called on it.
	writev(bufs [][]byte) error

	// buffered is how many bytes the kernel has not taken.
	buffered() int

	// shutdownWrite sends the end of the stream to the peer; input goes on.
	shutdownWrite() error

	// close ends the stream now. reset: the peer is to see that bytes were lost.
	close(reset bool)

	// localAddr is this end's address; nil if not to be had. Any goroutine, as
	// long as close does not run.
	localAddr() net.Addr

	// move takes the stream off its loop and puts it on the loop `to`. It ends
	// with one call of Loop.arrived: on `to` with the stream there; or, where
	// that failed, on the old loop with the stream there and the error; or on
	// `to` with no stream and the error, when the stream was lost on the way.
	// Nothing is buffered when it is called.
	move(c *Conn, to *Loop)
}
