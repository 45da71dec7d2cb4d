// Package proc reads what Linux tells about a process and about its network:
// /proc/PID and its neighbours.
package proc

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// tick is the unit of times in /proc/PID/stat: USER_HZ, which is 100 on every
// platform that Go supports.
const tick = 10 * time.Millisecond

// CPU is the time that a process has used, all its threads and those gone.
type CPU struct{ User, System time.Duration }

// Sub is the difference.
func (c CPU) Sub(o CPU) CPU { return CPU{c.User - o.User, c.System - o.System} }

// Total is both together.
func (c CPU) Total() time.Duration { return c.User + c.System }

// ReadCPU reads /proc/PID/stat.
func ReadCPU(pid int) (CPU, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return CPU{}, err
	}
	return parseStat(b)
}

// parseStat finds utime and stime, the fields 14 and 15. The second field is
// the program's name in brackets and may hold anything, brackets too.
func parseStat(b []byte) (CPU, error) {
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 13 {
		return CPU{}, fmt.Errorf("/proc/PID/stat has %d fields behind the name", len(f))
	}
	user, err := strconv.ParseInt(f[11], 10, 64)
	if err != nil {
		return CPU{}, err
	}
	system, err := strconv.ParseInt(f[12], 10, 64)
	return CPU{time.Duration(user) * tick, time.Duration(system) * tick}, err
}

// ReadRSS is the resident size of a process in bytes, from /proc/PID/statm.
func ReadRSS(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	f := strings.Fields(string(b))
	if len(f) < 2 {
		return 0, fmt.Errorf("/proc/%d/statm: %q", pid, b)
	}
	pages, err := strconv.ParseInt(f[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// Kernel is what the whole system's kernel holds, in bytes. For connections
// over loopback it counts both ends.
type Kernel struct {
	Slab   int64 // what the kernel's objects take: sockets, files, epoll entries
	Socket int64 // TCP's buffers
}

// ReadKernel reads /proc/meminfo and /proc/net/sockstat.
func ReadKernel() (k Kernel, err error) {
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return k, err
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "Slab:" {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			k.Slab = n << 10
		}
	}
	b, err = os.ReadFile("/proc/net/sockstat")
	if err != nil {
		return k, err
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		for i := 1; i+1 < len(f) && f[0] == "TCP:"; i += 2 {
			if f[i] == "mem" {
				n, _ := strconv.ParseInt(f[i+1], 10, 64)
				k.Socket = n * int64(os.Getpagesize())
			}
		}
	}
	return k, nil
}

// Sum is all of it.
func (k Kernel) Sum() int64 { return k.Slab + k.Socket }

// Pin binds all threads of this process to the CPUs, and those to come.
func Pin(cpus []int) error {
	var set unix.CPUSet
	for _, c := range cpus {
		set.Set(c)
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range tasks {
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			continue
		}
		if err := unix.SchedSetaffinity(id, &set); err != nil {
			return fmt.Errorf("sched_setaffinity %v: %w", cpus, err)
		}
	}
	return nil
}

// RaiseFiles raises the limit of open files as far as it may go, for this
// process and its children, and returns it.
func RaiseFiles() int {
	var lim unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &lim) != nil {
		return 1024
	}
	if more := (unix.Rlimit{Cur: 1 << 20, Max: 1 << 20}); lim.Max < 1<<20 && unix.Setrlimit(unix.RLIMIT_NOFILE, &more) == nil {
		lim = more
	}
	lim.Cur = lim.Max
	_ = unix.Setrlimit(unix.RLIMIT_NOFILE, &lim)
	return int(min(lim.Cur, 1<<30))
}
