package ioloop

// Congested tells that the kernel took less than was written: what is written
// now waits behind it. OnWritable tells when that is over.
func (c *Conn) Congested() bool { return c.stream != nil && c.stream.buffered() > 0 }
