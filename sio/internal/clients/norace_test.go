//go:build !race

package clients

var raceFlags []string
