package ioloop

import "sync"

// Task is posted to a loop without a closure.
type Task interface{ Run() }

type funcTask func()

func (f funcTask) Run() { f() }

// mailbox takes tasks from any goroutine, in order, for one loop. Two slices
// take turns: posters fill one under the lock, the loop empties the other
// without it.
type mailbox struct {
	mu     sync.Mutex
	in     []Task
	closed bool

	// Only the loop touches these.
	out  []Task
	next int // in out
}

// keepTasks is the most capacity a slice keeps once it is empty.
const keepTasks = 4096

// put appends t. It tells whether the box is open, and whether it was empty
// before, so that the loop has to be woken.
func (m *mailbox) put(t Task) (open, first bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false, false
	}
	m.in = append(m.in, t)
	return true, len(m.in) == 1
}

// take gives the next task, on the loop.
func (m *mailbox) take() (Task, bool) {
	if m.next == len(m.out) && !m.swap() {
		return nil, false
	}
	t := m.out[m.next]
	m.out[m.next] = nil
	m.next++
	return t, true
}

// swap fetches what was posted since, and tells whether there was anything.
func (m *mailbox) swap() bool {
	empty := m.out[:0]
	if cap(empty) > keepTasks {
		empty = nil
	}
	m.mu.Lock()
	m.out, m.in = m.in, empty
	m.mu.Unlock()
	m.next = 0
	return len(m.out) > 0
}

// pending tells whether take would give a task, on the loop.
func (m *mailbox) pending() bool {
	if m.next < len(m.out) {
		return true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.in) > 0
}

// closeEmpty closes the box if nothing is in it, on the loop.
func (m *mailbox) closeEmpty() bool {
	if m.next < len(m.out) {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.in) > 0 {
		return false
	}
	m.closed = true
	return true
}

// close takes no more, whatever is in it. Any goroutine.
func (m *mailbox) close() {
	m.mu.Lock()
	m.closed = true
	m.in = nil
	m.mu.Unlock()
}
