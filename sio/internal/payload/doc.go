// Package payload frames messages for transports, as pure functions on bytes:
// Engine.IO 3 (eio3.go) and 4 (eio4.go, open.go) and revision 1 of Socket.IO
// (rev1.go). It knows the kinds of messages and nothing of what they carry.
//
// Slices in answers point into the input. Reading and appending allocate
// nothing, except for errors, and take time linear in the input.
package payload
