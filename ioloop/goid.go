package ioloop

import (
	"bytes"
	"runtime"
	"strconv"

	"github.com/petermattis/goid"
)

// goroutineID tells which goroutine runs, for Loop.InLoop. goid reads it from
// the runtime's own structure, whose layout it must know; if a new Go release
// moved it, the test at start finds out and we parse a stack trace instead:
// right, only slow.
var goroutineID = pickGoid()

func pickGoid() func() int64 {
	ok := make(chan bool)
	go func() { ok <- goid.Get() == slowGoid() }()
	if goid.Get() == slowGoid() && <-ok {
		return goid.Get
	}
	return slowGoid
}

// slowGoid reads the number out of "goroutine 18 [running]:".
func slowGoid() int64 {
	var buf [64]byte
	b := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	n, _, _ := bytes.Cut(b, []byte(" "))
	id, err := strconv.ParseInt(string(n), 10, 64)
	if err != nil {
		panic("ioloop: cannot tell goroutines apart: " + err.Error())
	}
	return id
}
