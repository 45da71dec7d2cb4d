// Package hostile holds tests only: a real server on real sockets, attacked
// through raw connections, with well-behaved clients of both generations beside
// the attacker that must notice nothing.
//
// Where to look:
//
//   - refusals_test.go     the exact codes, bodies and headers of every refusal
//   - http_test.go         garbage, slow, oversized and overlapping requests
//   - frames_test.go       websocket frames that break RFC 6455
//   - json_test.go         nested, endless and costly JSON; attachments_test.go
//     the same for binary values
//   - sessions_test.go     ids guessed, foreign loops, parallel polls
//   - rev1_test.go         the transports of revision 1 in bytes: split, cut, idle
//   - rev3_test.go         Engine.IO 3 in bytes: payloads, overlaps, probes, floods
//   - queue_test.go        peers that never read; slow_test.go those that trickle
//   - panic_test.go        handlers that panic
//   - limits_test.go       every limit of sio.Config, at and above it;
//     timeouts_test.go     every time-out
//   - linear_test.go       the cost of what a peer can make the server parse
//   - ordinary_test.go     ordinary HTTP beside Socket.IO, compared with
//     net/http's own server; stream_test.go its long answers
//   - shutdown_test.go     the end of the server, for everyone
//
// The tools: rig_test.go (the server), peer_test.go (a raw connection),
// client_test.go (clients of both generations), witness_test.go (those that
// must not notice), main_test.go (no goroutine outlives the tests).
package hostile
