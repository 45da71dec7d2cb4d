package session

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
)

// IDLen is the length of an id on the wire: 15 bytes in URL-safe base64, as
// the Engine.IO reference makes them. It contains no ':' and no '/', which
// clients of 0.7 to 0.9 need (they split the handshake at every colon and put
// the id into a path).
const IDLen = 20

// ID is a session's or a socket's identity in raw form.
//
// The first two bytes are the number of the owning loop, masked with the next
// two; 13 bytes are random. A session id is the only credential of its
// session, and 104 random bits can't be guessed.
type ID [15]byte

// String is the id on the wire.
func (id ID) String() string {
	return string(id.Append(make([]byte, 0, IDLen)))
}

// Append appends the id in its wire form.
func (id ID) Append(dst []byte) []byte {
	return base64.RawURLEncoding.AppendEncode(dst, id[:])
}

// Loop is the number of the loop that made the id. For an id that a peer sent
// it can be any number: check it against the count of loops.
func (id ID) Loop() int {
	return int(binary.BigEndian.Uint16(id[0:]) ^ binary.BigEndian.Uint16(id[2:]))
}

// key is what the tables of a loop are indexed by. Collisions are refused
// when an id is made, and the whole id is compared after a look-up.
func (id ID) key() uint64 { return binary.BigEndian.Uint64(id[7:]) }

// Key is a number that is as good as unique among the ids of one process.
func (id ID) Key() uint64 { return id.key() }

// ParseID reads an id in wire form.
func ParseID(b []byte) (id ID, ok bool) {
	if len(b) != IDLen {
		return id, false
	}
	n, err := base64.RawURLEncoding.Decode(id[:], b)
	return id, err == nil && n == len(id)
}

// idSource hands out random bytes from a block, so that a connect storm does
// not pay a system call for each id.
type idSource struct {
	block [13 * 64]byte
	left  int
}

func (s *idSource) next(loop int) (id ID) {
	if s.left == 0 {
		// Since Go 1.24 rand.Read never returns an error.
		_, _ = rand.Read(s.block[:])
		s.left = len(s.block)
	}
	copy(id[2:], s.block[s.left-13:s.left])
	s.left -= 13
	binary.BigEndian.PutUint16(id[0:], uint16(loop)^binary.BigEndian.Uint16(id[2:]))
	return id
}
