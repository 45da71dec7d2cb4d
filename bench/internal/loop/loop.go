// Package loop is the reactor beneath the load tool's clients: one goroutine,
// one epoll instance, tens of thousands of sockets. It is apart from the
// library's own reactor on purpose: a tool that judges a server must not share
// its faults.
//
// Everything here belongs to the goroutine that calls [Loop.Run], but for
// [Loop.Post].
package loop

import (
	"container/heap"
	"errors"
	"fmt"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Handler gets what happens to a connection. Its methods run on the loop.
type Handler interface {
	// OnOpen is called once the connection stands, for TLS after its handshake.
	OnOpen(c *Conn)
	// OnData gets the bytes that came and were not used yet, and returns how
	// many it used. They are lent until it returns.
	OnData(c *Conn, b []byte) int
	// OnClose is called once, also for a connection that never opened, but
	// not after Conn.Close. A nil error is the peer's orderly end.
	OnClose(c *Conn, err error)
}

// Loop is the reactor.
type Loop struct {
	ep     int
	wake   int
	conns  []*Conn // by file descriptor
	live   int
	timers timers
	buf    []byte
	events []unix.EpollEvent

	mu     sync.Mutex
	posted []func()
}

// New makes a loop.
func New() (*Loop, error) {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		_ = unix.Close(ep)
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	l := &Loop{ep: ep, wake: wake, buf: make([]byte, 256<<10), events: make([]unix.EpollEvent, 1024)}
	ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(wake)}
	if err := unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, wake, &ev); err != nil {
		return nil, fmt.Errorf("epoll_ctl: %w", err)
	}
	return l, nil
}

// Close closes all connections, without calling their handlers, and the loop.
func (l *Loop) Close() {
	for _, c := range l.conns {
		if c != nil {
			c.Close()
		}
	}
	_ = unix.Close(l.wake)
	_ = unix.Close(l.ep)
}

// Live is the count of connections.
func (l *Loop) Live() int { return l.live }

// Post runs f on the loop soon. Any goroutine.
func (l *Loop) Post(f func()) {
	l.mu.Lock()
	l.posted = append(l.posted, f)
	l.mu.Unlock()
	one := [8]byte{1}
	_, _ = unix.Write(l.wake, one[:])
}

func (l *Loop) runPosted() {
	var b [8]byte
	_, _ = unix.Read(l.wake, b[:])
	l.mu.Lock()
	todo := l.posted
	l.posted = nil
	l.mu.Unlock()
	for _, f := range todo {
		f()
	}
}

// Run works until done says so, which is asked after every batch of events, or
// until the time is over. It returns whether done was the reason.
func (l *Loop) Run(deadline time.Time, done func() bool) (bool, error) {
	for !done() {
		now := time.Now()
		if !now.Before(deadline) {
			return false, nil
		}
		l.timers.fire(now)
		if err := l.poll(l.wait(now, deadline)); err != nil {
			return false, err
		}
	}
	return true, nil
}

// wait is the time to the next timer, at most 50 ms so that done is asked in
// time.
func (l *Loop) wait(now, deadline time.Time) time.Duration {
	next := min(50*time.Millisecond, deadline.Sub(now))
	if len(l.timers) > 0 {
		next = min(next, l.timers[0].when.Sub(now))
	}
	return max(0, next)
}

// epollWait waits with the precision of nanoseconds (Linux 5.11), since paced
// messages that leave up to a millisecond late would spoil every latency.
func (l *Loop) epollWait(d time.Duration) (int, error) {
	ts := unix.NsecToTimespec(int64(d))
	n, _, errno := unix.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(l.ep), uintptr(unsafe.Pointer(&l.events[0])),
		uintptr(len(l.events)), uintptr(unsafe.Pointer(&ts)), 0, 0)
	if errno == unix.ENOSYS {
		return unix.EpollWait(l.ep, l.events, int(d/time.Millisecond))
	}
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

func (l *Loop) poll(d time.Duration) error {
	n, err := l.epollWait(d)
	if errors.Is(err, unix.EINTR) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("epoll_wait: %w", err)
	}
	for _, ev := range l.events[:n] {
		if int(ev.Fd) == l.wake {
			l.runPosted()
		} else if c := l.conns[ev.Fd]; c != nil {
			c.ready(ev.Events)
		}
	}
	return nil
}

// Timer is a callback to come.
type Timer struct {
	when time.Time
	f    func()
	at   int
}

// After calls f once d has passed.
func (l *Loop) After(d time.Duration, f func()) *Timer {
	t := &Timer{when: time.Now().Add(d), f: f}
	heap.Push(&l.timers, t)
	return t
}

// Stop keeps a timer from firing. A nil timer and one that fired are fine.
func (l *Loop) Stop(t *Timer) {
	if t != nil && t.at >= 0 {
		heap.Remove(&l.timers, t.at)
	}
}

type timers []*Timer

func (h *timers) fire(now time.Time) {
	for len(*h) > 0 && !(*h)[0].when.After(now) {
		heap.Pop(h).(*Timer).f()
	}
}

// The methods of container/heap.

func (h timers) Len() int           { return len(h) }
func (h timers) Less(i, j int) bool { return h[i].when.Before(h[j].when) }
func (h timers) Swap(i, j int)      { h[i], h[j] = h[j], h[i]; h[i].at, h[j].at = i, j }
func (h *timers) Push(x any)        { t := x.(*Timer); t.at = len(*h); *h = append(*h, t) }
func (h *timers) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.at = -1
	return t
}
