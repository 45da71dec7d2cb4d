package session

import "github.com/tornadio/tornadio/ioloop"

// Headroom is the count of bytes that every message leaves free in front of
// its payload: the longest header of a server's websocket frame (RFC 6455,
// 5.2). The encoder writes the frame's header there, right before the payload,
// so that one buffer serves websocket and polling, and all receivers.
const Headroom = 10

// Message is one encoded outgoing packet. Its buffer is shared by all
// receivers and counts references.
type Message struct {
	Buf    *ioloop.Buf
	Frame  uint8 // where the websocket frame begins in Buf
	Binary bool
	Plain  bool // not to be compressed
}

// queue is messages that wait, with the count of their bytes. Most wait alone,
// or with one other.
type queue struct {
	ms    []Message // first's memory, until there are more
	bytes int
	first [2]Message
}

func newQueue() *queue {
	q := new(queue)
	q.ms = q.first[:0]
	return q
}

// Payload is the packet without the frame's header.
func (m Message) Payload() []byte { return m.Buf.Bytes()[Headroom:] }

// Enqueue queues one message and takes over one reference of its buffer. It
// leaves when the running callback of this very session ends, or with all the
// others at the end of the batch.
//
// A client that takes nothing any more is cut once more than MaxQueueBytes
// wait for it; a single message of any size is let through. The cut comes with
// the end of the turn, never inside Enqueue, whose caller may be walking over
// the members of a room.
func (s *Session) Enqueue(m Message) {
	if s.enqueue(m) {
		s.m.answering = s.m.answering || s.m.current == s
		s.touch()
	}
}

// EnqueueShared is Enqueue for a message that others get too: it leaves with
// theirs at the end of the batch, also where it is this session's callback that
// runs. In a busy room that saves each who speaks a write for its own words.
func (s *Session) EnqueueShared(m Message) {
	if s.enqueue(m) {
		s.later()
	}
}

// enqueue queues a message within the bounds, and tells whether the queue is to
// be looked at.
func (s *Session) enqueue(m Message) bool {
	if s.state > stateOpen {
		m.Buf.Release()
		return false
	}
	n := m.Buf.Len() - Headroom
	if waiting := s.Waiting(); s.overflow || waiting > 0 && waiting+n > s.m.cfg.MaxQueueBytes {
		m.Buf.Release()
		s.overflow = true
	} else {
		s.push(m)
	}
	return true
}

// push appends to the queue.
func (s *Session) push(m Message) {
	if s.queue == nil {
		s.queue = s.m.borrow()
	}
	n := m.Buf.Len() - Headroom
	s.queue.ms = append(s.queue.ms, m)
	s.queue.bytes += n
	s.m.Queued.Add(int64(n))
}

// count is how many messages wait here.
func (s *Session) count() int {
	if s.queue == nil {
		return 0
	}
	return len(s.queue.ms)
}

// queued is how many bytes wait here.
func (s *Session) queued() int {
	if s.queue == nil {
		return 0
	}
	return s.queue.bytes
}

// Writable reports whether a message would leave with this turn: there is a
// transport and nothing waits in front of it. Volatile messages ask this.
func (s *Session) Writable() bool {
	return s.state == stateOpen && s.link != nil && s.link.Ready() && s.up == nil
}

// Waiting is the count of bytes that wait for the client, here and in its
// transport.
func (s *Session) Waiting() int {
	n := s.queued()
	if s.link != nil {
		n += s.link.Backlog()
	}
	return n
}

// touch makes sure that the queue is looked at when the turn ends, or the write
// delay.
func (s *Session) touch() {
	if s.m.current == s {
		return
	}
	s.later()
}

// later makes sure of it for the end of the batch, or of the write delay.
func (s *Session) later() {
	if s.m.cfg.WriteDelay > 0 && s.full() {
		s.m.hurry()
	}
	if !s.dirty {
		s.dirty = true
		s.m.mark(s)
	}
}

// The write delay is for small messages: one client's are gathered up to
// gatherBytes, those of all clients of a loop up to gatherTotal.
const (
	gatherBytes = 16 << 10
	gatherTotal = 16 << 20
)

// full reports whether no more is to be gathered.
func (s *Session) full() bool {
	return s.queued() >= gatherBytes || s.m.Queued.Load() >= gatherTotal || s.overflow
}

// gathers reports whether what is queued waits for more.
func (s *Session) gathers() bool {
	return s.m.cfg.WriteDelay > 0 && s.state == stateOpen && s.count() > 0 && !s.full()
}

// Flush hands the queue to the transport if that can take it now.
func (s *Session) Flush() {
	if s.state == stateClosing {
		s.finishClosing()
		return
	}
	if s.overflow && s.state == stateOpen {
		s.endFor(TransportError, errQueue)
		return
	}
	if s.count() == 0 || s.link == nil || !s.link.Ready() {
		return
	}
	s.sendQueue()
}

// sendQueue gives all that is queued to the transport.
func (s *Session) sendQueue() {
	if q := s.takeQueue(); q != nil {
		s.m.Sent.Add(uint64(len(q.ms)))
		s.link.Send(q.ms)
		s.m.giveBack(q)
	}
}

// Mark is a place in the queue to which Rollback can return within the same
// callback of this session.
func (s *Session) Mark() int { return s.count() }

// Rollback takes back what was queued since Mark.
func (s *Session) Rollback(mark int) {
	for q := s.queue; s.count() > mark; {
		last := len(q.ms) - 1
		n := q.ms[last].Buf.Len() - Headroom
		q.bytes -= n
		s.m.Queued.Add(-int64(n))
		q.ms[last].Buf.Release()
		q.ms[last] = Message{}
		q.ms = q.ms[:last]
	}
}

// takeQueue empties the queue; the caller gives it back. Nil: there was none.
func (s *Session) takeQueue() *queue {
	q := s.queue
	s.queue = nil
	if q != nil {
		s.m.Queued.Add(-int64(q.bytes))
	}
	return q
}

// dropQueue releases what will never be sent.
func (s *Session) dropQueue() {
	if q := s.takeQueue(); q != nil {
		for _, m := range q.ms {
			m.Buf.Release()
		}
		s.m.giveBack(q)
	}
}

// Enter tells that callbacks of this session begin; what they queue for it
// leaves with Leave. They nest.
func (s *Session) Enter() (before *Session) {
	before = s.m.current
	s.m.current = s
	return before
}

// Leave ends what Enter began.
func (s *Session) Leave(before *Session) {
	s.m.current = before
	answering := s.m.answering
	s.m.answering = false
	switch {
	case s.state != stateOpen, s.overflow:
		s.Flush()
	case s.gathers():
		s.later()
	case answering, !s.dirty:
		s.Flush()
	}
}
