package cli

import (
	"fmt"
	"os"

	"github.com/tornadio/tornadio/bench/internal/compare"
	"github.com/tornadio/tornadio/bench/internal/report"
)

// compareMain is `bench compare a.json b.json`.
func compareMain(args []string) int {
	if len(args) != 2 {
		fmt.Fprintln(os.Stderr, "write: compare a.json b.json")
		return exitUsage
	}
	a, err := report.Read(args[0])
	if err == nil {
		var b *report.File
		if b, err = report.Read(args[1]); err == nil {
			compare.Files(os.Stdout, a, b)
			return 0
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return exitFailed
}
