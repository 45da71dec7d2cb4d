//go:build race

package clients

// Under the race detector the programs are built with it too.
var raceFlags = []string{"-race"}
