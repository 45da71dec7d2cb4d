//go:build !windows

package ioloop

import "syscall"

// raiseOpenFiles raises the soft limit of open files to the hard one, and gives
// the limit that holds then; 0 if it cannot be told.
func raiseOpenFiles() int {
	var r syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r) != nil {
		return 0
	}
	if r.Cur < r.Max {
		raised := syscall.Rlimit{Cur: r.Max, Max: r.Max}
		if syscall.Setrlimit(syscall.RLIMIT_NOFILE, &raised) == nil {
			r = raised
		}
	}
	return int(min(uint64(r.Cur), 1<<30))
}

// maxConns leaves a sixteenth of the descriptors, at least 32 and at most 1024,
// but never more than half, to listeners, loops, moves (two for a moment) and
// the rest of the process.
func (b *gnetBackend) maxConns() int {
	if b.limit == 0 {
		return 1 << 30
	}
	reserve := min(max(b.limit/16, 32), 1024, b.limit/2)
	return b.limit - reserve
}
