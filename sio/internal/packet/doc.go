// Package packet reads and writes Socket.IO packets as pure functions on
// bytes: no clock, no I/O, no logging, no goroutine.
//
// Three generations are here, each in a file of its own: revision 1 (clients
// 0.7 to 0.9, rev1.go), protocol 4 (clients 1.x and 2.x, rev4.go) and protocol 5
// (clients 3.x and 4.x, rev5.go). All fill the same [Packet]. Reading happens in three steps, so that nothing is
// decoded that no handler asks for:
//
//  1. ParseRev1 or ParseRev5 splits a message into type, namespace, id and
//     data;
//  2. [SplitRev1Event], [SplitEvent] or [SplitAck] splits the data into name
//     and [Args], the raw JSON text of the arguments;
//  3. a handler that wants values decodes single arguments ([Args.Next]).
//
// # Who checks the JSON
//
// Each packet's JSON is checked exactly once, by the function named here, and
// trusted afterwards:
//
//	protocol 5, every type        ParseRev5
//	revision 1, JSON and Ack      ParseRev1
//	revision 1, Event             SplitRev1Event, while it splits
//	revision 1, Message           not JSON
//
// Functions that trust their input never panic and never read out of range on
// bad input either; what they answer is then unspecified. The check covers
// syntax and nesting ([MaxDepth]), not UTF-8: transports check the text of a
// whole message before it comes here.
//
// # Memory
//
// Parsed packets and arguments are slices of the input and live as long as it
// does. Parsing and appending allocate nothing, except for an event name that
// contains a backslash, and for errors. Every function runs in time linear in
// its input.
package packet
