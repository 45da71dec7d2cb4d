// Package siotest tests handlers of a Socket.IO server without sockets and
// without sleeping: server and clients live in a simulated network with a
// clock of its own, in one goroutine.
//
//	func TestSay(t *testing.T) {
//		w := siotest.New(t, siotest.Options{})
//		srv := w.Server(sio.Config{})
//		chat.Register(srv) // what the program does, too
//
//		ann := w.Connect(siotest.Client{Query: url.Values{"name": {"ann"}}})
//		old := w.Connect(siotest.Client{Generation: sio.Legacy})
//		ann.Emit("say", "hi")
//
//		var who, text string
//		old.Wait("said").Decode(&who, &text)
//		if who != "ann" || text != "hi" {
//			t.Errorf("got %q of %q", text, who)
//		}
//	}
//
// # Worlds
//
// A [World] is the network, its clock and what lives in it. Nothing happens
// in it but while one of its methods, or a method of a client that waits, is
// running: [World.Connect], [World.Advance], [World.Until], [Socket.Wait],
// [Ack.Wait] and their like. They run all that is due, servers included, in
// the test's goroutine. An hour of virtual time costs no time of yours.
//
// Waiting is bounded by Options.Timeout of virtual time; past it the test
// fails and ends, with what the client has last sent and received.
//
// Every random choice (latencies, splits, faults) comes from one seed. A
// world whose test fails prints it, and SIOTEST_SEED=n in the environment runs
// the test with it again.
//
// # Clients
//
// [World.Connect] gives a client of any generation, over any transport,
// that has joined a namespace or was refused. [World.Dial] gives one that has
// only begun, for scripts that run many at a time.
//
// A client answers heartbeats by itself, as real ones do, and is strict: a
// server that breaks the protocol (framing, order, codes, content types, a
// packet that must not be) fails the test. For talking to the server in bytes
// there is [World.HTTP].
//
// # Threads
//
// A World and all that belongs to it are for the test's goroutine. Callbacks
// (Client.OnEvent, Socket.OnClose, ...) run in it too, while the simulation
// runs; they can call what does not wait.
//
// # Where to look
//
//   - world.go                 the network, its clock and its servers
//   - client.go, socket.go     a client, and its place in a namespace
//   - event.go, args.go        what it gets, and how arguments are encoded
//   - modern.go, classic.go, legacy.go     Socket.IO packets by generation
//   - engine.go, polling.go, upgrade.go    sessions of Engine.IO 3 and 4
//   - rev1.go                  sessions of revision 1
//   - http.go, agent.go, websocket.go      what carries them
//   - raw.go                   a connection for tests of the protocol
package siotest
