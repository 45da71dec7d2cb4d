//go:build race

package ioloop

// checked makes calls from the wrong goroutine panic, in builds with the race
// detector.
const checked = true
