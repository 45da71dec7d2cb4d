package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/tornadio/tornadio/bench/internal/compare"
)

var errInterrupted = errors.New("interrupted")

// write reports: the table always, and the files that were asked for.
func (s *session) write() error {
	s.line.Clear()
	s.file.Table(s.out)
	var errs []error
	for _, f := range []struct {
		path  string
		write func(string) error
	}{{s.json, s.file.Write}, {s.html, s.file.WriteHTML}, {s.svg, s.file.WriteSVG}, {s.md, s.file.WriteMarkdown}} {
		if f.path == "" {
			continue
		}
		err := f.write(f.path)
		if where, aerr := filepath.Abs(f.path); err == nil && aerr == nil {
			fmt.Fprintf(s.out, "\nwritten: %s", where)
		}
		errs = append(errs, err)
	}
	fmt.Fprintln(s.out)
	for _, name := range s.peers {
		if strings.HasPrefix(name, "ours@") {
			fmt.Fprintf(s.out, "\nfrom %s to ours:\n", name)
			compare.Print(s.out, compare.Within(&s.file, name, "ours"))
		}
	}
	if s.guard != "" {
		errs = append(errs, compare.Guard(s.out, &s.file, s.guard))
	}
	return errors.Join(append(errs, s.outcome())...)
}

// outcome is an error if the user ended it, or a run failed.
func (s *session) outcome() error {
	failed := 0
	for _, r := range s.file.Results {
		if r.Faults.Any() || r.Note != "" && !r.Interrupted {
			failed++
		}
	}
	switch {
	case failed > 0:
		return fmt.Errorf("%d of %d results failed: see above", failed, len(s.file.Results))
	case s.ctx.Err() != nil:
		return fmt.Errorf("%w: %d of %d runs were begun", errInterrupted, s.made, s.all)
	}
	return nil
}
