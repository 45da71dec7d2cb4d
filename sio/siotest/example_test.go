package siotest_test

import (
	"fmt"
	"time"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// What a test of handlers looks like. (In a test it is New(t, ...), which ends
// the world with the test and fails the test where something is wrong.)
func Example() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	ns := srv.Of("/")
	sio.Answer(ns, "add", func(_ *sio.Socket, all []int) (sum int) {
		for _, n := range all {
			sum += n
		}
		return sum
	})

	for _, g := range []sio.Generation{sio.Modern, sio.Classic, sio.Legacy} {
		var sum int
		w.Connect(siotest.Client{Generation: g}).EmitAck("add", []int{1, 2, 3}).Wait().Decode(&sum)
		fmt.Println(g, sum)
	}
	// Output:
	// 4.x 6
	// 1.x/2.x 6
	// 0.x 6
}

// Time passes when the test says so: an hour takes no time.
func ExampleWorld_Advance() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	mute := w.Connect(siotest.Client{Mute: true}) // answers no heartbeats
	w.Advance(30 * time.Second)
	fmt.Println(mute.Ended(), srv.Stats().Sessions)
	w.Advance(time.Hour)
	fmt.Println(mute.Ended(), srv.Stats().Sessions)
	// Output:
	// false 1
	// true 0
}

// A bad network: what is written comes late and in pieces. Clients are strict:
// whatever breaks the protocol fails the test.
func ExampleOptions() {
	w := siotest.New(nil, siotest.Options{
		Seed:    1,
		Network: ioloop.SimConfig{LatencyMin: 20 * time.Millisecond, LatencyMax: 300 * time.Millisecond, Split: true},
	})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.On(ns, "say", func(s *sio.Socket, n int) { _ = ns.To().Emit("said", n) })
	k := w.Connect(siotest.Client{Transport: "upgrade"})
	for i := range 3 {
		k.Emit("say", i)
	}
	for range 3 {
		var n int
		k.Wait("said").Decode(&n)
		fmt.Println(n)
	}
	// Output:
	// 0
	// 1
	// 2
}

// Bytes of one's own, for tests of what clients do wrong.
func ExampleWorld_HTTP() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	w.Server(sio.Config{})
	answer := w.HTTP().Get("/socket.io/?EIO=4&transport=pigeon")
	fmt.Println(answer.Status, string(answer.Body))
	k := w.HTTP()
	k.Upgrade("/socket.io/?EIO=4&transport=websocket")
	k.Text() // the open packet
	k.WriteFrame(siotest.Text, "4nonsense")
	k.WaitClosed()
	// Output: 400 {"code":0,"message":"Transport unknown"}
}
