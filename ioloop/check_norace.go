//go:build !race

package ioloop

const checked = false
