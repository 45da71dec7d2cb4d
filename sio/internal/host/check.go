package host

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Set fills in the default of a field that is zero.
func Set[T comparable](field *T, def T) {
	var zero T
	if *field == zero {
		*field = def
	}
}

// Path is the path of a protocol's requests in the form in which the HTTP side
// wants it: with a slash in front, and none behind.
func Path(p string) string { return "/" + strings.Trim(p, "/") }

// Bad records a mistake unless ok. Its text begins with the field's name.
type Bad func(ok bool, format string, args ...any)

// Check has f look for mistakes in a Config of the package with this name.
func Check(name string, f func(bad Bad)) error {
	var errs []error
	f(func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(name+": Config."+format, args...))
		}
	})
	return errors.Join(errs...)
}

// Durations looks for mistakes in fields of this kind.
func Durations(bad Bad, all map[string]time.Duration) {
	for name, d := range all {
		bad(d > 0, "%s is %v: write a positive duration, or 0 for the default", name, d)
	}
}

// Limits looks for mistakes in fields of this kind.
func Limits(bad Bad, all map[string]int64) {
	for name, n := range all {
		bad(n > 0, "%s is %d: write a positive number, or 0 for the default", name, n)
	}
}

// Transports looks for mistakes in a list of names out of known.
func Transports(bad Bad, names, known []string) {
	seen := make(map[string]bool)
	for _, t := range names {
		bad(slices.Contains(known, t), "Transports has %q: write names out of \"%s\"", t, strings.Join(known, `", "`))
		bad(!seen[t], "Transports has %q twice: write each name once", t)
		seen[t] = true
	}
	bad(len(names) > 0, "Transports is empty: name at least one, or leave it nil for all")
}
