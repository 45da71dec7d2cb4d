package ioloop

// receive offers new bytes, behind those kept, to the handler.
func (c *Conn) receive(p []byte) {
	switch c.state {
	case open:
	case moving:
		c.setKept(append(c.kept(), p...))
		return
	default:
		return // a closing connection discards its input
	}
	if c.in == nil {
		if rest := c.offer(p); len(rest) > 0 {
			c.setKept(append([]byte(nil), rest...)) // p is the loop's own buffer
		}
		return
	}
	c.setKept(append(*c.in, p...)) // amortised: a peer sending byte by byte costs linear work
	c.keep(c.offer(*c.in))
}

// kept is the input not used yet.
func (c *Conn) kept() []byte {
	if c.in == nil {
		return nil
	}
	return *c.in
}

func (c *Conn) setKept(p []byte) {
	switch {
	case len(p) == 0:
		c.in = nil
	case c.in == nil:
		c.in = new([]byte)
		fallthrough
	default:
		*c.in = p
	}
}

// offerKept offers the kept bytes, to a new handler or on a new loop.
func (c *Conn) offerKept() {
	c.isOffered = false
	if c.state != open || c.in == nil {
		return
	}
	l := c.Loop()
	l.current = c
	c.keep(c.offer(*c.in))
	l.current = nil
	c.flush()
}

// offer gives p to the handler, and what that leaves to the next one if it
// switched. It returns what is to be kept.
func (c *Conn) offer(p []byte) []byte {
	l := c.Loop()
	c.receiving = true
	for len(p) > 0 {
		c.switched = false
		used := l.callData(c, p)
		p = p[min(max(used, 0), len(p)):]
		if !c.switched || c.state != open {
			break
		}
	}
	c.receiving = false
	if c.state > moving {
		return nil
	}
	return p
}

// keep holds on to rest, which is the end of what is kept: in place, or in a buffer of
// its size where most of the old one would be idle.
func (c *Conn) keep(rest []byte) {
	const slack = 512
	in := c.kept()
	switch {
	case len(rest) == 0:
		c.in = nil
	case cap(in) > 2*len(rest)+slack:
		c.setKept(append([]byte(nil), rest...))
	case len(rest) < len(in):
		c.setKept(in[:copy(in, rest)])
	}
}
