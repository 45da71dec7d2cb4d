package sio

import (
	"context"
	"errors"
	"slices"

	"github.com/tornadio/tornadio/sio/internal/session"
)

// Middlewares: who is asked before a client joins a namespace.

// middleware is asked on the loop (f) or in a goroutine (wait).
type middleware struct {
	f    func(*Handshake) error
	wait func(context.Context, *Handshake) error
}

// Use adds a middleware: it is asked, in the order of the calls, before a
// client joins, and refuses it by an error; see [RefusedError]. It runs on the
// client's loop and must not block it. For "/" it is asked at the handshake of
// clients 0.7 to 0.9, which get 403 with the error's text.
func (n *Namespace[C]) Use(f func(*Handshake) error) {
	if f == nil {
		n.ns.srv.mistake("Use on %q: the middleware is nil", n.ns.name)
		return
	}
	n.ns.update(func(t *table) { t.middleware = append(t.middleware, middleware{f: f}) })
}

// UseContext adds a middleware that may wait, for a database say: it runs in a
// goroutine, and the client joins, or is asked the next one, when it has
// returned. ctx ends when the client leaves, and after Config.ConnectTimeout;
// what f returns then has no effect, or refuses. A panic refuses.
//
// At most Config.MaxHandlers such functions and handlers that wait run at a
// time; clients above it are refused. Clients of 0.7 to 0.9 are asked with
// their first transport, not with their handshake.
func (n *Namespace[C]) UseContext(f func(ctx context.Context, h *Handshake) error) {
	if f == nil {
		n.ns.srv.mistake("UseContext on %q: the middleware is nil", n.ns.name)
		return
	}
	n.ns.update(func(t *table) { t.middleware = append(t.middleware, middleware{wait: f}) })
}

var errBusy = errors.New("server is busy")

// askAtHandshake asks the middlewares of "/" for a client of revision 1: those
// in front of the first one that waits.
func (c *client) askAtHandshake() error {
	root, h := c.sh.srv.static("/"), c.handshake("/", nil, nil)
	for _, m := range root.middlewares() {
		if m.wait != nil {
			break
		}
		if err := c.ask(root, m, h); err != nil {
			return err
		}
	}
	c.keepValues(h.values)
	return nil
}

// keepValues keeps what the client's next handshakes know, if there is any.
func (c *client) keepValues(ctx context.Context) {
	if ctx == nil {
		return
	}
	if c.sh.values == nil {
		c.sh.values = make(map[*client]context.Context)
	}
	c.sh.values[c] = ctx
}

func (c *client) dropValues() {
	if len(c.sh.values) > 0 {
		delete(c.sh.values, c)
	}
}

// afterHandshake are the middlewares that askAtHandshake left.
func afterHandshake(all []middleware) []middleware {
	i := slices.IndexFunc(all, func(m middleware) bool { return m.wait != nil })
	if i < 0 {
		return nil
	}
	return all[i:]
}

// ask runs a middleware on the loop.
func (c *client) ask(ns *namespace, m middleware, h *Handshake) (err error) {
	if crashed := c.sh.Guard(ns.name+" middleware", func() { err = m.f(h) }); crashed {
		return errInternal
	}
	return err
}

// join takes the client into a namespace, or refuses it.
func (c *client) join(name string, auth, query []byte) {
	h := c.handshake(name, auth, query)
	ns, err := c.sh.lookup(name, h)
	if err != nil {
		c.refuse(name, err)
		return
	}
	rest := ns.middlewares()
	if c.sess.Rev() == session.Rev1 && name == "/" {
		rest = afterHandshake(rest)
		c.dropValues() // they were set for "/"
	}
	if ns.rec == nil || ns.rec.cfg.AskMiddlewares {
		c.admit(ns, h, rest)
		return
	}
	c.recoverFirst(ns, h, func(h *Handshake, back *comeback) {
		if back == nil {
			c.admit(ns, h, rest)
			return
		}
		c.open(ns, h, back)
		ns.release()
	})
}

// admit asks the middlewares, and opens the socket when all agree. It releases
// ns in the end.
func (c *client) admit(ns *namespace, h *Handshake, rest []middleware) {
	for i, m := range rest {
		if m.wait != nil {
			c.askAside(ns, h, rest[i:])
			return
		}
		if err := c.ask(ns, m, h); err != nil {
			c.refuse(ns.name, err)
			ns.release()
			return
		}
		if !c.sess.Open() {
			break
		}
	}
	if ns.rec == nil || !ns.rec.cfg.AskMiddlewares {
		c.open(ns, h, nil)
		ns.release()
		return
	}
	c.recoverFirst(ns, h, func(h *Handshake, back *comeback) {
		c.open(ns, h, back)
		ns.release()
	})
}

// admission is a client's request to join while a middleware waits.
type admission struct {
	c      *client
	ns     *namespace
	h      *Handshake
	rest   []middleware // the first one runs
	cancel context.CancelFunc
}

// askAside runs the first of the middlewares in a goroutine.
func (c *client) askAside(ns *namespace, h *Handshake, rest []middleware) {
	sh := c.sh
	if !sh.srv.waiting.enter(sh.srv.cfg.MaxHandlers) {
		sh.stats.busy.Add(1)
		c.refuse(ns.name, errBusy)
		ns.release()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), sh.srv.cfg.ConnectTimeout)
	a := &admission{c: c, ns: ns, h: h.Clone(), rest: rest, cancel: cancel}
	if sh.admissions == nil {
		sh.admissions = make(map[*client][]*admission)
	}
	sh.admissions[c] = append(sh.admissions[c], a)
	sh.loop.Group().Go(func() { a.run(ctx) })
}

// run is the goroutine of one middleware.
func (a *admission) run(ctx context.Context) {
	sh := a.c.sh
	var err error
	defer func() {
		if v := recover(); v != nil {
			sh.Crashed(a.ns.name+" middleware", v)
			err = errInternal
		}
		a.cancel()
		// A loop that takes no posts has ended, and with it the client.
		_ = sh.loop.Post(func() { a.done(err) })
		sh.srv.waiting.leave()
	}()
	err = a.rest[0].wait(ctx, a.h)
}

// done goes on, on the loop, with the answer.
func (a *admission) done(err error) {
	if !a.remove() {
		a.ns.release() // the client has left, or given up
		return
	}
	before := a.c.sess.Enter()
	if err != nil {
		a.c.refuse(a.ns.name, err)
		a.ns.release()
	} else {
		a.c.admit(a.ns, a.h, a.rest[1:])
	}
	a.c.sess.Leave(before)
}

// remove takes the admission off its client's list. It reports whether it was
// there.
func (a *admission) remove() bool {
	all := a.c.sh.admissions[a.c]
	i := slices.Index(all, a)
	if i < 0 {
		return false
	}
	if all = slices.Delete(all, i, i+1); len(all) == 0 {
		delete(a.c.sh.admissions, a.c)
	} else {
		a.c.sh.admissions[a.c] = all
	}
	return true
}

// admission is the client's request for a namespace that waits, nil if none.
func (c *client) admission(ns []byte) *admission {
	for _, a := range c.sh.admissions[c] {
		if a.ns.name == string(ns) {
			return a
		}
	}
	return nil
}

// giveUp ends all requests of a client that has left.
func (c *client) giveUp() {
	for _, a := range c.sh.admissions[c] {
		a.cancel()
	}
	delete(c.sh.admissions, c)
}

// asked counts the namespaces that the client is in or asks for.
func (c *client) asked() int { return c.count() + len(c.sh.admissions[c]) }
