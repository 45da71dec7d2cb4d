package ioloop

// What a record and a handshake message look like on the wire (RFC 8446, 5.1
// and 4).
const (
	recordHeader    = 5
	recordHandshake = 22
	messageHeader   = 4
	maxRecord       = 16 << 10
	maxHello        = 64 << 10 // crypto/tls takes no longer messages
)

// helloState is what helloComplete finds.
type helloState uint8

const (
	helloPart  helloState = iota // more has to come
	helloReady                   // a whole message, or something only crypto/tls can judge
	helloNever                   // not TLS
)

// helloComplete tells whether p, the first bytes of a connection, holds the whole
// first message, so that no goroutine has to wait for the rest of it.
func helloComplete(p []byte) helloState {
	if len(p) == 0 {
		return helloPart
	}
	if p[0] != recordHandshake {
		if p[0]&0x80 != 0 {
			return helloReady // SSL 2.0, which is told to go in its own words
		}
		return helloNever
	}
	if len(p) > recordHeader+maxRecord {
		return helloReady // longer than any hello needs to be: not to be read again and again
	}
	if len(p) > 1 && p[1] != 3 {
		return helloNever
	}
	return helloWhole(p)
}

// helloWhole looks for the end of the message, which may lie in several records.
func helloWhole(p []byte) helloState {
	var head [messageHeader]byte
	got := 0
	for len(p) >= recordHeader {
		n := int(p[3])<<8 | int(p[4])
		if p[0] != recordHandshake || n == 0 || n > maxRecord {
			return helloReady // a fault
		}
		body := p[recordHeader:min(recordHeader+n, len(p))]
		if got < messageHeader {
			copy(head[got:], body)
		}
		got += len(body)
		if got >= messageHeader {
			whole := messageHeader + (int(head[1])<<16 | int(head[2])<<8 | int(head[3]))
			if whole > maxHello || got >= whole {
				return helloReady
			}
		}
		if len(p) < recordHeader+n {
			break
		}
		p = p[recordHeader+n:]
	}
	return helloPart
}
