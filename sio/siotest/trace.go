package siotest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// lastNotes is how much of its talk with the server a client remembers, for
// the report of a failure.
const lastNotes = 24

// note is one thing that a client sent or received.
type note struct {
	at   time.Time
	dir  byte
	what string
	text string
}

// noteText bounds what is kept of one.
const noteText = 120

func (c *Conn) note(dir byte, what string, p []byte) {
	text := p
	if len(text) > noteText {
		text = text[:noteText]
	}
	n := note{at: c.w.Now(), dir: dir, what: what, text: string(text)}
	if len(c.notes) == lastNotes {
		copy(c.notes, c.notes[1:])
		c.notes[lastNotes-1] = n
		return
	}
	c.notes = append(c.notes, n)
}

// story is what the client has last sent (>) and received (<).
func (c *Conn) story() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s, at %s:", c, c.since(c.w.Now()))
	for _, n := range c.notes {
		fmt.Fprintf(&b, "\n  %9s %c %s", c.since(n.at), n.dir, n.what)
		if n.text != "" {
			fmt.Fprintf(&b, " %q", n.text)
		}
	}
	return b.String()
}

func (c *Conn) since(t time.Time) string { return t.Sub(c.born).Round(time.Millisecond / 10).String() }

// violated fails the test: the server broke the protocol. The client ends.
func (c *Conn) violated(format string, args ...any) {
	c.w.t.Helper()
	c.w.errorf("the server broke the protocol: %s%s", fmt.Sprintf(format, args...), c.story())
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
