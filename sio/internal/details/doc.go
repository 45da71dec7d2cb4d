// Package details holds tests only: one for each detail of Engine.IO 3 and 4 and
// of Socket.IO's protocols 4 and 5 that servers get wrong most often. Each test
// bears the detail's number and name, and quotes it.
//
//   - requests_test.go    1 to 3, 7 to 9: refusals, the open packet, polls and posts
//   - engine_test.go      4 to 6, 10, 11: heartbeats, lengths, the upgrade, the close
//   - packets_test.go     12 to 16: Socket.IO's packets, recovery, fragments
//   - session_fuzz_test.go  all of it at random: peers of every generation, as a
//     fuzz target
//   - rig_test.go         the server, and raw clients
//
// All of it runs on the simulated network, in bytes. Package clients has the
// reference server's own answers, and package hostile the same over real
// sockets.
package details
