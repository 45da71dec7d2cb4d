// Package ioloop is a reactor: a Group of Loops, one goroutine each, and on them
// connections, timers and posted tasks. All that happens to a connection happens
// on its loop, so its callbacks need no locks and it needs no goroutine; an idle
// connection is a struct and nothing else.
//
// # The model
//
// A loop takes what is ready (bytes, new connections, due timers, posts) and
// runs one callback after another. A callback must not block: while it runs, its
// loop serves nobody else, and a watchdog reports it by name if it takes long.
//
// What a callback writes to its own connection leaves in one system call when
// the callback ends. What it writes to other connections of its loop leaves once
// all that was ready has been handled, again in one call for each. From another
// goroutine, or for a connection of another loop, use Loop.Post.
//
// # Threads
//
// Methods of Group, and Loop.Post, PostTask, AfterFunc, InLoop, Index and Group
// are safe from any goroutine. All else belongs to the loop, unless its comment
// says otherwise; builds with the race detector check that and panic.
//
// # Backends
//
// NewGroup runs on gnet (epoll, kqueue). NewSim makes a simulated network and
// clock, on which the same types run in one goroutine, without sleeping, the
// same way each time for the same seed.
//
// # Limits
//
// A peer that ends its own direction of a connection ends the connection: gnet
// closes it. See Handler.OnClose for what can still be said. There is no way to
// stop reading from a peer; bound what you keep, and close.
package ioloop
