package ioloop

// check panics if it is not called on the loop, in checked builds.
func (l *Loop) check() {
	if checked && !l.InLoop() {
		panic("ioloop: call from another goroutine, or outside of a callback; use Loop.Post")
	}
}

func (c *Conn) check() { c.Loop().check() }
