// Package clients proves the library with clients that this project did not
// write: socket.io-client 0.9.17 and 4.8 in Node, and both pages of the chat
// example in Chromium, each against a real program on a real socket.
//
// The reference server stands beside ours in TestReference, which compares the
// answers to raw requests.
//
// It holds tests alone. They need Node, the npm packages of package-lock.json
// and Chromium, and fail where those are missing; "make clients" installs them.
// The scripts are in scripts/, the second server in server/.
package clients
