// Package quirks holds tests only: one for each row of the two tables about
// revision 1 in which the released servers differ from each other (section 11)
// and the clients of 0.7 to 0.9 from what one would expect (section 12). Each
// test is named after its row and quotes it. Rows about what a client does by
// itself test what the server must tolerate.
//
//   - servers_test.go, packets_test.go, sessions_test.go    section 11
//   - clients_test.go, transports_test.go                   section 12
//   - rig_test.go                                           the server, and raw clients
//
// All of it runs on the simulated network; the same transports over real
// sockets, cut and split at every place, are in package hostile.
package quirks
