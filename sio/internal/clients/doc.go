// Package clients proves the library with clients that this project did not
// write: socket.io-client from 0.7.11 to 4.8 in Node, plain and over TLS, the
// browser builds of 0.7.11 to 0.9.17 in Chromium, python-socketio, and the
// pages of the examples in Chromium, each against a real program on a real
// socket; at last all of them together in one room.
//
// The reference server stands beside ours in TestReference, which compares the
// answers to raw requests.
//
// It holds tests alone. They need Node, the npm packages of package-lock.json,
// Chromium and Debian's python3-socketio, and fail where those are missing;
// "make clients" installs them.
// The scripts are in scripts/; the servers beside the examples are in server/
// and, for the clients of 0.7 to 0.9 and TLS, in rev1server/.
package clients
