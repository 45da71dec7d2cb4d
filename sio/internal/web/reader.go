package web

import "errors"

// A peer that sends requests and does not read the answers costs memory: the
// engine beneath never refuses a write. So the next request waits while more
// than a window is unread, and a peer that reads nothing for BodyTimeout is
// cut, whether an ordinary handler is still writing or its requests wait.

var errDeaf = errors.New("web: the client does not read its answers")

// full reports whether the next request has to wait; OnWritable goes on.
func (w *Conn) full() bool {
	if w.c.Backlog() <= window {
		return false
	}
	if w.c.Flush(); !w.c.Congested() {
		return false
	}
	w.phase = phaseFull
	w.owed = 0
	w.deadline(w.sh.front.cfg.BodyTimeout)
	return true
}

// watchReader sees to it that a peer which has stopped to read is noticed. While
// the body of its request is coming, that has the timer.
func (w *Conn) watchReader() {
	if !w.serving.body.open() && !w.timer.Pending() {
		w.owed = 0
		w.deadline(w.sh.front.cfg.BodyTimeout)
	}
}

// checkReader cuts a peer that has read nothing since the last look.
func (w *Conn) checkReader() {
	left := w.c.Backlog()
	switch {
	case left == 0:
	case w.owed > 0 && left >= w.owed:
		w.c.Abort(errDeaf)
	default:
		w.owed = left
		w.deadline(w.sh.front.cfg.BodyTimeout)
	}
}
