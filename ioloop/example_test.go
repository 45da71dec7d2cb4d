//go:build !windows

package ioloop_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"

	"github.com/tornadio/tornadio/ioloop"
)

// shout answers each line in capitals.
type shout struct{}

func (shout) OnData(c *ioloop.Conn, data []byte) int {
	line := bytes.IndexByte(data, '\n') + 1
	c.Write(bytes.ToUpper(data[:line]))
	return line // what comes before the line's end is kept
}

func (shout) OnWritable(*ioloop.Conn)     {}
func (shout) OnClose(*ioloop.Conn, error) {}

func Example() {
	g, err := ioloop.NewGroup(ioloop.Config{})
	if err != nil {
		panic(err)
	}
	addr, err := g.Listen("tcp", "127.0.0.1:0", func(*ioloop.Conn) ioloop.Handler { return shout{} })
	if err != nil {
		panic(err)
	}
	if err := g.Start(); err != nil {
		panic(err)
	}
	defer g.Stop(context.Background())

	c, err := net.Dial("tcp", addr.String())
	if err != nil {
		panic(err)
	}
	defer c.Close()
	fmt.Fprintln(c, "hello")
	answer, _ := bufio.NewReader(c).ReadString('\n')
	fmt.Print(answer)
	// Output: HELLO
}
