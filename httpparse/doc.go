// Package httpparse reads and writes HTTP/1.1 as pure functions on bytes: no
// I/O, no clock, no goroutine, and after warm-up no allocation. A server that
// owns its read buffer parses in place; a client or a test reads responses the
// same way.
//
// # Reading a request
//
// [Request.Parse] takes the bytes received so far and answers with the length
// of the head, with [ErrMore], or with an [*Error] that knows the status to
// answer. It judges strictly from left to right, so garbage (a TLS hello, a
// Flash policy request, binary) is refused from its first bytes, and however
// the bytes were split on their way the verdict is the same: what was refused
// once stays refused, at the same offset, whatever follows.
//
// Parse starts at the beginning each time. To keep a peer that sends byte by
// byte from costing quadratic work, call it for the first bytes, and after
// [ErrMore] only when [HeadEnd] has seen an empty line or the head outgrew its
// limit:
//
//	if seen > 0 && len(data) < maxHead && httpparse.HeadEnd(data, seen) < 0 {
//		seen = len(data)
//		return // still waiting
//	}
//	n, err := req.Parse(data, &limits)
//	if err == httpparse.ErrMore {
//		seen = len(data)
//		return
//	}
//
// Then [Body.Start] and [Body.Next] decode what follows the head; the bytes
// past the body are the next, pipelined request.
//
// All slices of a Request, Response or chunk point into the caller's buffer
// and are valid as long as its bytes are.
//
// # What is refused
//
// Leniency is refused where it is a known attack (RFC 9112 sections 2.2, 3.2,
// 5.1, 5.2, 6.1, 6.3, 7.1 and 11.2): bare CR, bare LF, control bytes, folded
// lines, white space before the colon or inside the request line, repeated,
// listed or malformed Content-Length, Content-Length beside
// Transfer-Encoding, transfer codings on HTTP/1.0, chunked repeated or not
// last, white space and malformed extensions in chunk lines, no Host, several
// or malformed ones. The folder testdata shows each case, as a person reads it.
package httpparse
