package wire

import "fmt"

// Proto is a generation of the protocol.
type Proto uint8

// The generations.
const (
	EIO4 Proto = iota // clients 3.x and 4.x: Engine.IO 4, Socket.IO 5
	EIO3              // clients 1.x and 2.x: Engine.IO 3, Socket.IO 4
	Rev1              // clients 0.7 to 0.9: Socket.IO revision 1
)

var protoNames = [...]string{EIO4: "eio4", EIO3: "eio3", Rev1: "rev1"}

// String is the name as in flags.
func (p Proto) String() string { return protoNames[p] }

// ParseProto is the inverse of String. The numbers 4, 3 and 1 are fine too.
func ParseProto(s string) (Proto, error) {
	switch s {
	case "eio4", "4":
		return EIO4, nil
	case "eio3", "3":
		return EIO3, nil
	case "rev1", "1", "0.9":
		return Rev1, nil
	}
	return 0, fmt.Errorf("unknown protocol %q: write eio4, eio3 or rev1", s)
}

// Kind is what a packet is for.
type Kind uint8

// The kinds, over both layers and all generations.
const (
	Bad Kind = iota
	Open
	Close
	Ping
	Pong
	Noop
	Connect
	Disconnect
	Event
	Ack
	Refused // CONNECT_ERROR, or revision 1's error
)

// Packet is a packet that a client got.
type Packet struct {
	Kind Kind
	ID   int    // of an acknowledgement; of an event that asks for one; or -1
	Name []byte // of an event
	Args []byte // JSON with commas between, without the array's brackets; or what else the packet carries
	Bin  int    // attachments that follow
}

// Parse reads a packet; what it returns are parts of b.
func (p Proto) Parse(b []byte) Packet {
	if p == Rev1 {
		return parseRev1(b)
	}
	return parseEngine(b)
}
