package ioloop

// simEvent is something that happens at a moment of virtual time: kind and n
// say to whom it happens what. Events are values, for there may be millions.
type simEvent struct {
	at   int64  // virtual nanoseconds
	seq  uint64 // breaks ties: first come, first served
	who  simActor
	n    int32
	kind simKind
}

// simActor is what an event happens to: a connection, a loop's poller, or a
// script's func.
type simActor interface {
	// happen tells whether anything was left to do.
	happen(kind simKind, n int) bool
}

type simKind uint8

const (
	simFuncDue   simKind = iota // a script's func
	simWake                     // poller.wake was called
	simDeadline                 // the time given to poller.setDeadline
	simOpen                     // a dialled connection reaches its listener
	simUp                       // n bytes reach the server
	simUpEnd                    // the client's end of stream does
	simUpReset                  // the client's reset does
	simDown                     // n bytes reach the client
	simDownEnd                  // the server's end of stream does
	simDownReset                // the server's reset does
	simArrive                   // a moved connection reaches the loop n
)

// simQueue is a binary heap in the order of time.
type simQueue []simEvent

func (q simQueue) before(i, j int) bool {
	a, b := &q[i], &q[j]
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}

func (q *simQueue) push(e simEvent) {
	*q = append(*q, e)
	h := *q
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if !h.before(i, up) {
			return
		}
		h[i], h[up] = h[up], h[i]
		i = up
	}
}

// pop takes out the first event. There must be one.
func (q *simQueue) pop() simEvent {
	h := *q
	first, last := h[0], len(h)-1
	h[0] = h[last]
	h[last] = simEvent{}
	h = h[:last]
	*q = h
	for i := 0; ; {
		down := 2*i + 1
		if down >= len(h) {
			return first
		}
		if down+1 < len(h) && h.before(down+1, down) {
			down++
		}
		if !h.before(down, i) {
			return first
		}
		h[i], h[down] = h[down], h[i]
		i = down
	}
}
