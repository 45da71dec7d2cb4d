package httpparse_test

import (
	"fmt"

	"github.com/tornadio/tornadio/httpparse"
)

// A server's read loop: bytes arrive in any pieces, a head is parsed in place
// once it is complete, then its body, then what was pipelined behind it.
func Example() {
	c := conn{limits: httpparse.Limits{MaxHead: 1024, MaxBody: 64}}
	for _, piece := range []string{
		"POST /say HTTP/1.1\r\nHo", "st: a\r\nContent-Length: 5\r\n\r\nhel", "loGET /x?y=1 HTTP/1.1\r\nHost: a\r\n\r", "\nGET / HTTP/1.1\r\nHost : a\r\n",
	} {
		if err := c.onBytes([]byte(piece)); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// POST /say
	// body "hello"
	// GET /x
	// httpparse: 400 at byte 20: white space in field name
}

type conn struct {
	limits  httpparse.Limits
	pending []byte // a head that is not complete
	seen    int    // how much of it HeadEnd has looked at
	req     httpparse.Request
	body    httpparse.Body
	text    []byte
}

func (c *conn) onBytes(data []byte) error {
	c.pending = append(c.pending, data...)
	for len(c.pending) > 0 {
		if !c.body.Done() {
			chunk, n, err := c.body.Next(c.pending)
			if err != nil {
				return err
			}
			c.text = append(c.text, chunk...)
			c.pending = c.pending[n:]
			if c.body.Done() {
				fmt.Printf("body %q\n", c.text)
			}
			continue
		}
		if c.seen > 0 && len(c.pending) < c.limits.MaxHead && httpparse.HeadEnd(c.pending, c.seen) < 0 {
			c.seen = len(c.pending)
			return nil
		}
		n, err := c.req.Parse(c.pending, &c.limits)
		if err == httpparse.ErrMore {
			c.seen = len(c.pending)
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Printf("%s %s\n", c.req.Method, c.req.Path)
		c.pending, c.seen, c.text = c.pending[n:], 0, nil
		if err := c.body.Start(&c.req, &c.limits); err != nil {
			return err
		}
	}
	return nil
}

func ExampleQueryGet() {
	raw, ok := httpparse.QueryGet([]byte("EIO=4&name=J%C3%BCrgen+B"), "name")
	name, err := httpparse.Unescape(nil, raw, true)
	fmt.Println(ok, string(name), err)
	// Output: true Jürgen B <nil>
}
