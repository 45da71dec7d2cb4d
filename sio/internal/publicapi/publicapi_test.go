package publicapi

import (
	"path/filepath"
	"testing"
)

// TestAPI: the public API of each package is what its testdata/api.txt says.
func TestAPI(t *testing.T) {
	for _, dir := range []string{"flashpolicy", "httpparse", "ioloop", "sio", "sio/adaptertest", "sio/engine", "sio/siotest", "sio/webtransport"} {
		t.Run(dir, func(t *testing.T) { Test(t, filepath.Join("../../..", filepath.FromSlash(dir))) })
	}
}

// TestOf: what of a package is its API, and in which words.
func TestOf(t *testing.T) {
	got, err := Of("testdata/sample")
	if err != nil {
		t.Fatal(err)
	}
	const want = `const A = 1
const B Kind = iota
const C
func (k Kind) String() string
func F[T any](x T, more ...int) (n int, err error)
type Alias = Kind
type Face interface
type Face interface, Do(x int) error
type Face interface, embedded Stringer
type G[K comparable] struct
type Kind uint8
type S struct
type S struct, F func(int) bool
type S struct, X int
type S struct, Y int
type S struct, embedded Kind
type Stringer interface
type Stringer interface, String() string
var E error
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
