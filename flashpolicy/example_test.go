package flashpolicy_test

import (
	"context"
	"fmt"
	"io"
	"net"

	"github.com/tornadio/tornadio/flashpolicy"
	"github.com/tornadio/tornadio/ioloop"
)

// ask does what Flash does.
func ask(addr string) string {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	fmt.Fprint(c, flashpolicy.Request)
	policy, _ := io.ReadAll(c)
	return string(policy)
}

// A program that serves nothing else.
func ExampleRun() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // signal.NotifyContext, in a program
	err := flashpolicy.Run(ctx, flashpolicy.Config{
		Addrs: []string{"127.0.0.1:0"}, // ":843", ":10843"
	})
	fmt.Println(err)
	// Output: <nil>
}

// On the loops of a program that has some, with a policy of its own.
func ExampleServer_Listen() {
	policy, err := flashpolicy.Allow("*.example.org:80,8001")
	if err != nil {
		fmt.Println(err)
	}
	srv, err := flashpolicy.New(flashpolicy.Config{
		Addrs:  []string{"127.0.0.1:0", "127.0.0.1:0"},
		Policy: policy,
	})
	if err != nil {
		fmt.Println(err)
	}
	loops, _ := ioloop.NewGroup(ioloop.Config{Loops: 1})
	defer loops.Stop(context.Background())
	open, err := srv.Listen(loops)
	fmt.Println(len(open), err)
	_ = loops.Start()
	answer := ask(open[1].String())
	fmt.Printf("%d bytes, the last is %d\n", len(answer), answer[len(answer)-1])
	// Output:
	// 2 <nil>
	// 225 bytes, the last is 0
}

// both answers requests for the policy, and everything else in its own way.
type both struct{ policy *flashpolicy.Server }

func (b both) OnData(c *ioloop.Conn, data []byte) int {
	switch flashpolicy.Match(data) {
	case flashpolicy.More:
		return 0
	case flashpolicy.Asked:
		b.policy.Answer(c)
	default:
		c.Write([]byte("hello"))
		c.Close()
	}
	return len(data)
}

func (both) OnWritable(*ioloop.Conn)     {}
func (both) OnClose(*ioloop.Conn, error) {}

// On the port of another protocol. What has not come within [flashpolicy.Server.Wait]
// is to be closed, by a timer of your own.
func ExampleMatch() {
	srv, _ := flashpolicy.New(flashpolicy.Config{Policy: []byte("<cross-domain-policy/>")})
	loops, _ := ioloop.NewGroup(ioloop.Config{Loops: 1})
	defer loops.Stop(context.Background())
	addr, _ := loops.Listen("tcp", "127.0.0.1:0", func(*ioloop.Conn) ioloop.Handler { return both{srv} })
	_ = loops.Start()
	fmt.Printf("%q\n", ask(addr.String()))
	fmt.Println(srv.Stats().Answered)
	// Output:
	// "<cross-domain-policy/>\x00"
	// 1
}

func ExampleAllow() {
	policy, err := flashpolicy.Allow("*:8001")
	fmt.Println(len(policy), err)
	_, err = flashpolicy.Allow("everybody")
	fmt.Println(err)
	// Output:
	// 209 <nil>
	// flashpolicy: Allow("everybody"): write host:ports, such as "*:*", "example.org:80" or "*.example.org:80,8000-8010"
}
