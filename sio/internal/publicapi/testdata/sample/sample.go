// Package sample has a bit of everything.
package sample

// A is exported.
const A = 1

// Kind is a kind.
type Kind uint8

// The kinds.
const (
	B Kind = iota
	C
	d
)

// E is an error, f is not.
var (
	E error
	f error
)

// String is a method.
func (k Kind) String() string { return "" }

func (k Kind) hidden() {}

// Alias is another name.
type Alias = Kind

// Stringer has one method.
type Stringer interface{ String() string }

// Face has several.
type Face interface {
	Stringer
	Do(x int) error
	hidden()
}

// S is a struct.
type S struct {
	Kind
	X, Y int // and its fields
	F    func(int) bool
	z    int
}

// G is generic.
type G[K comparable] struct{}

// F is, too.
func F[T any](x T, more ...int) (n int, err error) { return 0, nil }
