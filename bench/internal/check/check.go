// Package check makes the messages of a run and judges those that come back: a
// lost, doubled, reordered or corrupt one fails the run.
package check

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Messages makes and reads the messages of a run. What a message says follows
// from who sent it and its number, so that every byte can be checked.
type Messages struct {
	text []byte // of which each message shows a part
	size int
	buf  []byte
}

// NewMessages makes messages whose text is size bytes long.
func NewMessages(size int) *Messages {
	// Words, as people write, so that deflate has something to do.
	words := strings.Fields("the quick brown fox jumps over lazy dogs while 5 boxing wizards sit and judge 12 vows of black quartz")
	m := &Messages{size: size}
	x := uint32(2463534242)
	for len(m.text) < size+1024 {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		m.text = append(append(m.text, words[x%uint32(len(words))]...), ' ')
	}
	return m
}

// Append appends the JSON of message number seq of sender from. Keys are in
// the order of the alphabet, in which servers that decode them write them
// again.
func (m *Messages) Append(dst []byte, from, seq int) []byte {
	dst = strconv.AppendInt(append(dst, `{"from":`...), int64(from), 10)
	dst = strconv.AppendInt(append(dst, `,"seq":`...), int64(seq), 10)
	return append(append(append(dst, `,"text":"`...), m.part(from, seq)...), `"}`...)
}

// Binary is the attachment that belongs to a message.
func (m *Messages) Binary(from, seq int) []byte {
	b := append([]byte{0, 0xff, byte(from), byte(seq)}, m.part(from, seq)...)
	return b
}

func (m *Messages) part(from, seq int) []byte {
	at := (from*31 + seq*7) & 1023
	return m.text[at : at+m.size]
}

// Parse reads a message. ok is false if a single byte is not as Append made it.
func (m *Messages) Parse(b []byte) (from, seq int, ok bool) {
	from, rest, ok := number(b, `{"from":`)
	if !ok {
		return 0, 0, false
	}
	if seq, _, ok = number(rest, `,"seq":`); !ok {
		return 0, 0, false
	}
	m.buf = m.Append(m.buf[:0], from, seq)
	return from, seq, bytes.Equal(m.buf, b)
}

func number(b []byte, before string) (n int, rest []byte, ok bool) {
	if len(b) < len(before) || string(b[:len(before)]) != before {
		return 0, nil, false
	}
	i := len(before)
	for i < len(b) && '0' <= b[i] && b[i] <= '9' && n < 1<<50 {
		n = n*10 + int(b[i]-'0')
		i++
	}
	return n, b[i:], i > len(before)
}

// Faults are what was wrong with the messages of a run.
type Faults struct {
	Lost      int `json:"lost"`
	Doubled   int `json:"doubled"`
	Reordered int `json:"reordered"`
	Corrupt   int `json:"corrupt"`
	Down      int `json:"down"` // connections that ended by themselves
}

// Any reports whether there are some.
func (f Faults) Any() bool { return f != Faults{} }

// Add adds others.
func (f *Faults) Add(o Faults) {
	f.Lost += o.Lost
	f.Doubled += o.Doubled
	f.Reordered += o.Reordered
	f.Corrupt += o.Corrupt
	f.Down += o.Down
}

// String lists those that there are.
func (f Faults) String() string {
	var parts []string
	for _, x := range []struct {
		n    int
		what string
	}{{f.Lost, "lost"}, {f.Doubled, "doubled"}, {f.Reordered, "reordered"}, {f.Corrupt, "corrupt"}, {f.Down, "connections down"}} {
		if x.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", x.n, x.what))
		}
	}
	return strings.Join(parts, ", ")
}

// Stream is what one receiver has seen of one sender: a number for most, and a
// list only once something is amiss.
type Stream struct {
	next    int
	missing map[int]struct{}
}

// maxMissing bounds what a stream remembers.
const maxMissing = 10_000

// Start says which number comes first; before it all is taken as seen.
func (s *Stream) Start(seq int) { s.next = seq }

// Next is the number that is due.
func (s *Stream) Next() int { return s.next }

// See takes the message seq, and counts what is wrong. It reports whether the
// message is one that was not there yet.
func (s *Stream) See(seq int, f *Faults) bool {
	switch {
	case seq == s.next:
		s.next++
		return true
	case seq > s.next:
		for i := s.next; i < seq && len(s.missing) < maxMissing; i++ {
			if s.missing == nil {
				s.missing = map[int]struct{}{}
			}
			s.missing[i] = struct{}{}
		}
		s.next = seq + 1
		return true
	}
	if _, late := s.missing[seq]; late {
		delete(s.missing, seq)
		f.Reordered++
		return true
	}
	f.Doubled++
	return false
}

// Missing is the first message before sent that has not come, -1 if all have.
func (s *Stream) Missing(sent int) int {
	first := -1
	for seq := range s.missing {
		if first < 0 || seq < first {
			first = seq
		}
	}
	if first < 0 && s.next < sent {
		first = s.next
	}
	return first
}

// End counts what never came, of the messages before sent.
func (s *Stream) End(sent int, f *Faults) {
	f.Lost += len(s.missing) + max(0, sent-s.next)
	s.missing = nil
	s.next = max(s.next, sent)
}

// Outstanding is the count of messages before sent that have not come.
func (s *Stream) Outstanding(sent int) int { return len(s.missing) + max(0, sent-s.next) }
