// Package simtest proves properties of whole servers on the simulated network:
// many worlds, each from a seed, with clients of every kind, latencies, writes
// split at any byte, stalls and faults. A failing world prints its seed, and
//
//	SIOTEST_SEED=n go test ./sio/internal/simtest -run TestOrder -worlds 1
//
// runs it again. `-worlds n` sets how many are tried.
package simtest
